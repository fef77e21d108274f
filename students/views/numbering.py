"""Pages of 学籍号编发: the answer sheet and its dry run, the opening of the case, and who still waits for a number."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import school_ids_where
from approvals.errors import Refused
from approvals.presenting import with_days

from ..filters import BY_NAME
from ..importing.child_lists import Judged
from ..models import Numbering
from ..numbering import services
from ..numbering.forms import AnswerForm, WaitingFilter
from ..numbering.judging import judge_sheet
from ..numbering.presenting import rows_of, without_formal
from ..numbering.sheet import read_answer
from ..paging import page_of
from ..presenting import with_places
from .dry_runs import findings_of, looked_at, shown
from .makers import makers_bureau

RECENT = 10


@require_http_methods(["GET", "POST"])
def numbering(request):
    """Upload an answer sheet and look at what would be done; nothing is kept yet."""
    bureau = makers_bureau(request, services.NOT_THE_CLERK)
    form = AnswerForm(request.POST or None, request.FILES or None)

    def dry_run(given: dict) -> dict:
        file = given["workbook"]
        sheet = read_answer(file.read())
        seen = seen_of(request, sheet, judge_sheet(sheet, bureau.pk), given["answered_on"], file.name)
        return seen | {"file_name": file.name}

    return page(request, form, **looked_at(request, form, dry_run))


def seen_of(request, sheet, judged: Judged, day, name: str) -> dict:
    """What a dry run shows, with its seal when something may be confirmed."""
    token = services.token_of(sheet, judged, by=request.user, answered_on=day, file_name=name)
    return findings_of(sheet, judged, token if judged.good else "", rows=rows_of(judged))


def page(request, form, **seen):
    recent = Numbering.objects.visible_to(request.user).select_related("opened_by").order_by("-pk")[:RECENT]
    return shown(request, "students/numbering.html", form, recent=with_days(recent), **seen)


@require_POST
def open_case(request):
    """Open the case with the good rows of the dry run; when the register has moved, show the new dry run instead."""
    makers_bureau(request, services.NOT_THE_CLERK)
    try:
        sheet, day, name = services.opened(request.POST.get("token", ""), request.user)
        case = services.open_numbering(sheet, by=request.user, answered_on=day, file_name=name)
    except services.Moved as moved:
        seen = seen_of(request, sheet, moved.judged, day, name)
        return page(request, AnswerForm(), refusal=moved.rows, **seen)
    except Refused as refused:
        return page(request, AnswerForm(), refusal=refused.rows)
    messages.success(request, f"已建立学籍号编发 {case.number}。请核对后报审核。")
    return redirect(case)


@require_GET
def waiting(request):
    """Children on the roll without a formal number, per school and one by one (追踪名单)."""
    chosen = WaitingFilter(request.GET, user=request.user)
    found = chosen.narrow()
    rows = found.select_related("school").prefetch_related("numbers").defer("wrapped_key")
    page = page_of(rows, BY_NAME, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "filter": chosen,
        "schools": without_formal(chosen.schools) if len(chosen.schools) > 1 else [],
        "children": with_places(page.rows, request.user),
        "count": len(page.rows) if page.whole else found.count(),
        "page": page,
        "may_number": bool(school_ids_where(request.user, "bureau_make")),
    }
    return render(request, "students/numbering_waiting.html", context)
