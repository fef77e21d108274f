"""Uploads of the roster: the dry run with every finding, the confirmation, giving up."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals.errors import Refused
from jianping_xueji.jobs import Job

from .. import handing_out
from ..importing.findings import WorkbookRefused
from ..importing.hidden import parted
from ..importing.presenting import workbook_of
from ..models import RosterFile
from ..roster import taking
from ..roster.forms import RosterForm
from ..roster.models import bureaus_of
from ..roster.presenting import GLANCE
from ..roster.sheet import ROSTER
from .dry_runs import marked_file
from .makers import makers_bureau

RECENT = 10


@require_http_methods(["GET", "POST"])
def files(request):
    """Upload a roster; nothing is on it before the dry run was looked at and confirmed."""
    bureau = makers_bureau(request, taking.NOT_THE_CLERK)
    form = RosterForm(request.POST or None, request.FILES or None)
    refusal = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["workbook"]
        try:
            return redirect(taking.take_in(given.read(), given.name, form.cleaned_data["year"], by=request.user))
        except WorkbookRefused as refused:
            refusal = [{"message": refused.message}]
    recent = RosterFile.objects.filter(bureau=bureau).select_related("uploaded_by")[:RECENT]
    context = {"form": form, "refusal": refusal, "files": recent}
    return render(request, "students/roster_files.html", context, status=422 if form.errors or refusal else 200)


def visible(request, pk: int) -> RosterFile:
    """The upload, for the people of its bureau."""
    seen = RosterFile.objects.filter(bureau__in=bureaus_of(request.user))
    return get_object_or_404(seen.select_related("bureau", "uploaded_by"), pk=pk)


@require_GET
def file(request, pk):
    return page(request, visible(request, pk))


def page(request, found: RosterFile, refusal=(), status: int = 200):
    """The dry run: counts and sentences; while a job writes, its progress."""
    job = Job.objects.filter(pk=found.job_id).first() if found.job_id else None
    said, unseen = parted(found.findings)
    acts = found.state == RosterFile.State.WAITING and not (job and not job.finished)
    context = {
        "file": found,
        "job": job if job and job.requested_by_id == request.user.pk and not job.finished else None,
        "failed": job.error if job and job.state == Job.State.FAILED else "",
        "counts": found.counts,
        "writes": found.counts.get("fresh", 0) + found.counts.get("changed", 0),
        "sentences": [each["message"] for each in said[:GLANCE]],
        "more": max(len(said) - GLANCE, 0),
        "unseen": unseen,
        "acts": acts,
        "refusal": refusal,
    }
    return render(request, "students/roster_file.html", context, status=status)


@require_GET
def findings(request, pk):
    """All findings as a workbook, to be sent back to whoever made the list."""
    found = visible(request, pk)
    return handing_out.workbook(workbook_of(found.findings), f"roster-{found.pk}-findings.xlsx")


@require_GET
def marked(request, pk):
    """The roster as it came with its findings in it; it holds whole numbers, so only for the clerk."""
    found = visible(request, pk)
    makers_bureau(request, taking.NOT_THE_CLERK)
    return marked_file(found, ROSTER.limits, f"roster-{found.pk}-marked.xlsx")


@require_POST
def take(request, pk):
    """Write what was seen; when the roster has moved, show the new dry run instead."""
    found = visible(request, pk)
    makers_bureau(request, taking.NOT_THE_CLERK)
    try:
        found = taking.confirm(found, by=request.user)
    except taking.Moved as moved:
        found = taking.keep_preview(found, moved.plan)
        return page(request, found, moved.rows, 422)
    except Refused as refused:
        return page(request, found, refused.rows, 409)
    if found.state == RosterFile.State.TAKEN:
        messages.success(
            request, f"“{found.name}”已入册：新增{found.counts['fresh']}名，更新{found.counts['changed']}名。"
        )
    return redirect(found)


@require_POST
def discard(request, pk):
    """Give the upload up; the file is erased."""
    found = visible(request, pk)
    makers_bureau(request, taking.NOT_THE_CLERK)
    try:
        taking.give_up(found, by=request.user)
    except Refused as refused:
        return page(request, found, refused.rows, 409)
    messages.success(request, f"已放弃“{found.name}”，名册没有任何改动。")
    return redirect("students:roster_files")
