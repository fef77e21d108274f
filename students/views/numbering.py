"""Pages of 学籍号编发: the answer sheet and its dry run, the opening of the case, and who still waits for a number."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import school_ids_where
from approvals.errors import Refused

from ..filters import BY_NAME
from ..importing.findings import WorkbookRefused
from ..models import Numbering
from ..numbering import services
from ..numbering.forms import AnswerForm, WaitingFilter
from ..numbering.judging import Judged, judge_sheet
from ..numbering.presenting import rows_of, without_formal
from ..numbering.sheet import read_answer
from ..paging import page_of
from ..presenting import with_places
from .makers import makers_bureau

RECENT = 10
# Rows and sentences shown at once; the counts say how many there are.
GLANCE = 200


@require_http_methods(["GET", "POST"])
def numbering(request):
    """Upload an answer sheet and look at what would be done; nothing is kept yet."""
    bureau = makers_bureau(request, services.NOT_THE_CLERK)
    form = AnswerForm(request.POST or None, request.FILES or None)
    seen, refusal = {}, []
    if request.method == "POST" and form.is_valid():
        try:
            seen = dry_run(request, form, bureau)
        except WorkbookRefused as refused:
            refusal = [{"message": refused.message}]
    return shown(request, form, refusal=refusal, **seen)


def dry_run(request, form: AnswerForm, bureau) -> dict:
    """What the sheet would do, and the seal that lets this person confirm it today."""
    file, day = form.cleaned_data["workbook"], form.cleaned_data["answered_on"]
    sheet = read_answer(file.read())
    judged = judge_sheet(sheet, bureau.pk)
    token = services.token_of(sheet, judged, by=request.user, answered_on=day, file_name=file.name)
    return findings_of(judged, token if judged.good else "") | {"file_name": file.name}


def findings_of(judged: Judged, token: str) -> dict:
    return {
        "judged": judged,
        "rows": rows_of(judged)[:GLANCE],
        "sentences": [finding.text for finding in judged.findings[:GLANCE]],
        "token": token,
    }


def shown(request, form, *, refusal=(), **seen):
    recent = Numbering.objects.visible_to(request.user).select_related("opened_by").order_by("-pk")[:RECENT]
    context = {"form": form, "refusal": refusal, "recent": recent, "glance": GLANCE, **seen}
    return render(request, "students/numbering.html", context, status=422 if form.errors or refusal else 200)


@require_POST
def open_case(request):
    """Open the case with the good rows of the dry run; when the register has moved, show the new dry run instead."""
    makers_bureau(request, services.NOT_THE_CLERK)
    try:
        sheet, day, name = services.opened(request.POST.get("token", ""), request.user)
        case = services.open_numbering(sheet, by=request.user, answered_on=day, file_name=name)
    except services.Moved as moved:
        lines = [line for line, _ in moved.judged.good]
        sheet.lines = lines
        token = services.token_of(sheet, moved.judged, by=request.user, answered_on=day, file_name=name)
        seen = findings_of(moved.judged, token if lines else "")
        return shown(request, AnswerForm(), refusal=[{"message": str(moved)}], **seen)
    except Refused as refused:
        return shown(request, AnswerForm(), refusal=[{"message": sentence} for sentence in refused.sentences])
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
