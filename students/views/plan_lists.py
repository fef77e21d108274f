"""The plan of many schools as one list: looked at first, then a draft for each school."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from approvals.errors import Refused
from law import articles
from law.school_time import grade_name, school_year_name

from ..plans.forms import PlanListForm
from ..plans.sheet import confirm as begin_drafts
from ..plans.sheet import judge_plans, read_plans, token_of
from .dry_runs import findings_of, looked_at, shown
from .makers import makers_bureau

NOT_THE_CLERK = "招生计划由教育局经办人员编报。"


@require_http_methods(["GET", "POST"])
def upload(request):
    """Upload the list and look at what would be begun; nothing is kept yet."""
    bureau = makers_bureau(request, NOT_THE_CLERK)
    form = PlanListForm(request.POST or None, request.FILES or None)

    def dry_run(given: dict) -> dict:
        file, year = given["workbook"], given["year"]
        sheet = read_plans(file.read())
        judged = judge_plans(sheet, bureau, year)
        about = {"year": year, "document": given["document"], "by": request.user}
        token = token_of(judged, **about) if judged.plans else ""
        seen = findings_of(sheet, judged, token, rows=rows_of(judged))
        return seen | {"file_name": file.name, "year_name": school_year_name(year)}

    return page(request, form, **looked_at(request, form, dry_run))


def rows_of(judged) -> list[dict]:
    return [
        {"school": school, "grade": grade_name(grade), "classes": classes, "size": size, "seats": classes * size}
        for school, lines in judged.plans.items()
        for grade, classes, size in lines
    ]


def page(request, form, **seen):
    return shown(request, "students/plan_list.html", form, article=articles.INTAKE_PLAN, **seen)


@require_POST
def confirm(request):
    """Begin the drafts; a school whose plan cannot begin is told, the others begin."""
    makers_bureau(request, NOT_THE_CLERK)
    try:
        begun, refusals = begin_drafts(request.POST.get("token", ""), by=request.user)
    except Refused as refused:
        return page(request, PlanListForm(), refusal=refused.rows)
    if begun:
        messages.success(request, f"已编报 {len(begun)} 所学校的招生计划草稿，请逐校核对后报审核。")
    return page(request, PlanListForm(), refusal=refusals) if refusals else redirect("students:plans")
