"""Archive workbooks: template, upload, the dry run with every finding, the confirmation, giving up."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals.trying import tried
from jianping_xueji.jobs import Job
from students import handing_out
from students.importing.findings import WorkbookRefused
from students.importing.hidden import parted
from students.importing.presenting import workbook_of
from students.views.dry_runs import marked_file

from .. import entries, workbooks
from ..forms import WorkbookForm
from ..kinds import SHEETS
from ..models import ArchiveWorkbook
from ..periods import Moment
from ..reading import LIMITS

RECENT = 20
GLANCE = 50


def scopes(request) -> list[workbooks.Scope]:
    """Whose archives the person keeps; 403 for whoever keeps none."""
    found = workbooks.scopes_of(request.user)
    if not found:
        raise PermissionDenied(entries.NOT_YOURS)
    return found


def chosen_scope(request, found: list[workbooks.Scope]) -> workbooks.Scope:
    """The scope of the address or form, by its place in the list; the first one otherwise."""
    wanted = request.POST.get("scope") or request.GET.get("scope") or ""
    return next((scope for number, scope in enumerate(found) if str(number) == wanted), found[0])


@require_http_methods(["GET", "POST"])
def listing(request):
    """Upload a workbook; nothing is entered before the dry run was looked at and confirmed."""
    mine = scopes(request)
    scope = chosen_scope(request, mine)
    form = WorkbookForm(request.POST or None, request.FILES or None, initial=wanted(request))
    refusal = []
    if request.method == "POST" and form.is_valid():
        book, refusal = taken_in(request, scope, form)
        if book:
            return redirect(book)
    kind, term = wanted(request).values()
    context = {
        "form": form,
        "refusal": refusal,
        "scopes": [(number, each.name, each == scope) for number, each in enumerate(mine)],
        "scope": scope,
        "scope_number": mine.index(scope),
        "kinds": [(code, each.label, code == kind) for code, each in SHEETS.items()],
        "terms": [(code, name, code == term) for code, name in form.moment.choices],
        "books": with_labels(workbooks.visible_to(request.user)[:RECENT]),
    }
    return render(request, "archives/workbooks.html", context, status=422 if form.errors or refusal else 200)


def wanted(request) -> dict:
    """Kind and term of the address, where they are known."""
    kind = request.GET.get("kind", "")
    return {
        "kind": kind if kind in SHEETS else "marks",
        "term": Moment.now().period_of(request.GET.get("term", "")).code,
    }


def taken_in(request, scope, form) -> tuple[ArchiveWorkbook | None, list[dict]]:
    given, (kind, period) = form.cleaned_data["workbook"], form.chosen
    reason = form.cleaned_data["reason"]
    try:
        return tried(workbooks.take_in, given.read(), given.name, scope, kind, period, by=request.user, reason=reason)
    except WorkbookRefused as refused:
        return None, [{"message": refused.message}]


def with_labels(books) -> list[ArchiveWorkbook]:
    found = list(books)
    for book in found:
        kind, period = workbooks.kind_and_period(book)
        book.label, book.when = kind.label, period.name_for(kind)
        book.scope_name = workbooks.scope_of(book).name
    return found


@require_GET
@never_cache
def template(request):
    """The workbook to fill in, with what stands already."""
    scope = chosen_scope(request, scopes(request))
    chosen = wanted(request)
    kind, moment = SHEETS[chosen["kind"]], Moment.now()
    period = moment.period_for(kind, moment.period_of(chosen["term"]))
    content = workbooks.template_of(scope, kind, period, by=request.user)
    return handing_out.workbook(content, f"{scope.name}{kind.label}{period.name_for(kind)}.xlsx")


def visible(request, pk: int) -> ArchiveWorkbook:
    return get_object_or_404(workbooks.visible_to(request.user), pk=pk)


@require_GET
def workbook(request, pk):
    return page(request, visible(request, pk))


def page(request, book: ArchiveWorkbook, refusal=(), status: int = 200):
    """The dry run: counts and sentences; while the job writes, its progress."""
    job = Job.objects.filter(pk=book.job_id).first() if book.job_id else None
    report = book.report
    (said, unseen), changes = parted(report["findings"]), report["changes"]
    running = bool(job and not job.finished)
    context = {
        "book": with_labels([book])[0],
        "job": job if running and job.requested_by_id == request.user.pk else None,
        "failed": job.error if job and job.state == Job.State.FAILED else "",
        "counts": book.counts,
        "writes": book.counts.get("fresh", 0) + book.counts.get("changed", 0),
        "unreasoned": bool(book.counts.get("changed")) and not book.reason,
        "sentences": [each["message"] for each in said[:GLANCE]],
        "more": max(len(said) - GLANCE, 0),
        "unseen": unseen,
        "changes": changes[:GLANCE],
        "more_changes": max(len(changes) - GLANCE, 0),
        "acts": book.state == ArchiveWorkbook.State.WAITING and not running,
        "reason": request.POST.get("reason", "")[:200],
        "refusal": refusal,
    }
    return render(request, "archives/workbook.html", context, status=status)


@require_GET
def findings(request, pk):
    """All findings as a workbook, to be sent back to whoever filled it in."""
    found = visible(request, pk)
    return handing_out.workbook(workbook_of(found.findings), f"archive-{found.pk}-findings.xlsx")


@require_GET
def marked(request, pk):
    """The workbook as it came with its findings in it."""
    found = visible(request, pk)
    return marked_file(found, LIMITS, f"archive-{found.pk}-marked.xlsx")


@require_POST
def take(request, pk):
    """Let a job enter what was seen."""
    return acted(request, pk, partial(workbooks.confirm, reason=request.POST.get("reason", "")), "")


@require_POST
def discard(request, pk):
    """Give the upload up; the file is erased."""
    return acted(request, pk, workbooks.give_up, "已放弃这份工作簿，档案没有任何改动。")


def acted(request, pk, act, said: str):
    found = visible(request, pk)
    book, refusal = tried(act, found, by=request.user)
    if refusal:
        return page(request, found, refusal, 409)
    if said:
        messages.success(request, said)
        return redirect("archives:workbooks")
    return redirect(book)
