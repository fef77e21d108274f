"""Pages of 招生计划: the county's plan per school, and the draft of one school's plan, by bureau or school."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import may, school_ids_where
from approvals.trying import tried
from law import clock
from law.school_time import school_year_name, school_year_of
from schools.models import School

from ..models import IntakePlan
from ..plans.forms import PlanForm, ProposalForm, YearFilter, form_of, new_form
from ..plans.presenting import chart_of, county_plan, is_written_by
from ..plans.services import keep_plan, propose_plan, start_plan


@require_GET
def plans(request):
    """The plan of every school in sight for one school year."""
    chosen = YearFilter(request.GET)
    schools = School.objects.filter(pk__in=school_ids_where(request.user, "view_school"), closed_on=None)
    words = chosen.cleaned_data.get("q", "").strip()
    schools = schools.filter(name__contains=words) if words else schools
    rows = county_plan(request.user, list(schools), chosen.chosen_year)
    context = {
        "filter": chosen,
        "year": chosen.chosen_year,
        "year_name": school_year_name(chosen.chosen_year),
        "rows": rows,
        "chart": chart_of(rows) if len(rows) > 2 else {},
        "makes": any(row["makes"] for row in rows),
    }
    return render(request, "students/plans.html", context)


@require_http_methods(["GET", "POST"])
def new(request, pk, year):
    """A new plan of one school, the bureau's or the school's own: refused at once when no signature could pass it."""
    if pk not in school_ids_where(request.user, "view_school"):
        raise Http404(pk)
    makes, proposes = (may(request.user, right, pk) for right in ("bureau_make", "make_change"))
    if not (makes or proposes):
        raise PermissionDenied("招生计划由学校的学籍管理员申报，或者由教育局经办人员编报（第八条）。")
    if not 0 <= year - school_year_of(clock.today()) <= 1:
        raise Http404(year)
    school = School.objects.select_related("bureau").get(pk=pk)
    form, act = (PlanForm, start_plan) if makes else (ProposalForm, propose_plan)
    form = new_form(form, school, year, request.POST or None)
    return answered(request, form, partial(act, school, year=year), school, year)


@require_http_methods(["GET", "POST"])
def draft(request, number):
    """The typed part of a draft, open until it is handed in."""
    case = get_object_or_404(IntakePlan.objects.visible_to(request.user), number=number)
    if case.state not in case.HANDED_IN_BY:
        return redirect(case)
    if not is_written_by(case, request.user):
        raise PermissionDenied(f"{case.number}现在由{case.desk_holder}经办填写。")
    form = form_of(case, request.POST or None)
    return answered(request, form, partial(keep_plan, case), case.lead_school, case.year, case)


def answered(request, form, act, school, year, case=None):
    """The form, what the law says against it, or the case page."""
    broken = []
    if request.method == "POST" and form.is_valid():
        done, broken = tried(act, ask=school.bureau, by=request.user, lines=form.lines, **form.words)
        if done:
            messages.success(request, f"已保存{done.number}。请核对后在“办理”中提交。")
            return redirect(done)
    context = {"form": form, "school": school, "year_name": school_year_name(year), "case": case, "refusal": broken}
    context |= {"article": IntakePlan.ARTICLE, "ahead": year > school_year_of(clock.today())}
    context["proposal"] = isinstance(form, ProposalForm)
    return render(request, "students/plan_draft.html", context, status=422 if form.errors or broken else 200)
