"""Pages of 控辍保学报告: the months of the schools, the quarters of the bureau, and the sheet of each."""

from calendar import monthrange
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import powers_of
from approvals.trying import tried
from law import clock
from schools.models import School

from ..ledger_reports import report_month, review_quarter
from ..reporting import NoteForm, ReportFilter, bureaus_of, month_sheet, quarter_sheet, reports_page, reviews_page
from .overdue import at_bureau, sees_schools

YEARS = 20  # a sheet of longer ago, or of so far ahead, is a mistyped address


@require_GET
def reports(request):
    """Which schools have reported a month, and which still owe it."""
    sees_schools(request)
    chosen = ReportFilter(request.GET, user=request.user)
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = reports_page(chosen, **cursors) | {"at_bureau": at_bureau(request)}
    return render(request, "supervision/ledger_reports.html", page)


@require_GET
def reviews(request):
    """Which quarters the bureau has reviewed."""
    if not at_bureau(request):
        raise PermissionDenied("季度复核由教育局人员登记和查看（第三十条）。")
    return render(request, "supervision/ledger_reviews.html", reviews_page(request.user))


@require_http_methods(["GET", "POST"])
def month(request, code, month):
    """The sheet of one school and month: to be signed, or as it was signed."""
    school = get_object_or_404(School, code=code, pk__in=powers_of(request.user).schools("view_school"))
    return _sheet(request, month_sheet, report_month, school, last_day(month))


@require_http_methods(["GET", "POST"])
def quarter(request, pk, month):
    """The sheet of one quarter, named by its last month."""
    bureau, end = get_object_or_404(bureaus_of(request.user), pk=pk), last_day(month)
    if end.month % 3:
        raise Http404
    return _sheet(request, quarter_sheet, review_quarter, bureau, end)


def last_day(said: str) -> date:
    """2026-09 → 30 September 2026; Http404 when there is no such month, or none this county could report."""
    try:
        first = date.fromisoformat(f"{said}-01")
    except ValueError as error:
        raise Http404 from error
    if abs(first.year - clock.today().year) > YEARS:
        raise Http404
    return first.replace(day=monthrange(first.year, first.month)[1])


def _sheet(request, shown, sign, unit, end: date):
    form, refusal = NoteForm(request.POST if request.method == "POST" else None), []
    if request.method == "POST" and form.is_valid():
        signed, refusal = tried(sign, unit, end, by=request.user, note=form.cleaned_data["note"])
        if signed:
            messages.success(request, f"{unit}{end:%Y年%-m月}的控辍保学报告已登记。")
            return redirect(request.path)
    page = shown(unit, end, request.user) | {"form": form, "refusal": refusal}
    return render(request, "supervision/ledger_report.html", page, status=422 if form.errors or refusal else 200)
