"""批量核查: the list and its purpose, the result in tabs, the masked workbook."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import school_ids_where
from approvals.errors import Refused

from .. import handing_out
from ..checking import looking, presenting
from ..checking.forms import CheckForm
from ..checking.sheet import pasted, uploaded
from ..importing.findings import WorkbookRefused
from ..importing.presenting import slice_of
from ..models import CheckRun

RECENT, PAGE = 10, 100


@require_http_methods(["GET", "POST"])
def checks(request):
    """Ask about a list; the last ones of the person stand below."""
    if not any(school_ids_where(request.user, right) for right in looking.RIGHTS):
        raise PermissionDenied(looking.NOT_YOURS)
    form, refusal = CheckForm(request.POST or None, request.FILES or None), []
    if request.method == "POST" and form.is_valid():
        given, book = form.cleaned_data, form.cleaned_data["workbook"]
        try:
            lines = uploaded(book.read()) if book else pasted(given["listed"])
            return redirect(looking.check(lines, purpose=given["purpose"], by=request.user))
        except WorkbookRefused as refused:
            refusal = [{"message": refused.message}]
        except Refused as refused:
            refusal = refused.rows
    runs = CheckRun.objects.visible_to(request.user).defer("sealed")[:RECENT]
    context = {"form": form, "refusal": refusal, "runs": runs}
    return render(request, "students/checks.html", context, status=422 if form.errors or refusal else 200)


@require_GET
@never_cache
def check(request, pk):
    """One result, tab by tab; only for the person who asked."""
    run = get_object_or_404(CheckRun.objects.visible_to(request.user), pk=pk)
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in looking.Tab.values else ""
    lines = [line for line in run.lines if not chosen or line["tab"] == chosen]
    rows, page = slice_of(lines, request.GET.get("after", ""), len(lines), PAGE)
    context = {
        "run": run,
        "tabs": presenting.tabs_of(run, chosen),
        "lines": presenting.with_words(rows),
        "count": len(lines),
        "page": {"next": page["next"], "previous": ""},
        "back": page["back"],
    }
    return render(request, "students/check.html", context)


@require_POST
@never_cache
@transaction.atomic
def workbook(request, pk):
    """The result as a workbook, masked as the page."""
    run = get_object_or_404(CheckRun.objects.visible_to(request.user), pk=pk)
    return handing_out.workbook(presenting.workbook_of(run, request.user), f"批量核查结果 {run.on:%Y%m%d}.xlsx")
