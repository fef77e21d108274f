"""Pages of the import: upload, preview with progress, confirmation, and the children of a registration batch."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import may, school_ids_where
from approvals.errors import NotYourHand, Refused
from jianping_xueji.jobs import Job

from .. import batch as batches
from .. import handing_out
from ..importing import drafting, presenting, service
from ..importing.forms import CommitForm, UploadForm
from ..importing.headers import is_silent
from ..importing.undoing import may_be_undone, why_closed
from ..intake.presenting import of_batch_page
from ..models import ImportFile, Registration

RECENT = 20


@require_http_methods(["GET", "POST"])
def upload(request):
    """Choose a workbook for one's own school; the job begins at once."""
    if not school_ids_where(request.user, "make_change"):
        raise PermissionDenied("学籍采集导入由学校的学籍管理员办理。")
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["workbook"]
        file = service.upload(given.read(), given.name, form.cleaned_data["school"], request.user, partial=form.partial)
        return redirect(file)
    recent = ImportFile.objects.visible_to(request.user).select_related("school", "uploaded_by", "registration")
    context = {"form": form, "files": recent[:RECENT]}
    return render(request, "students/import.html", context, status=422 if form.errors else 200)


def visible(request, pk: int) -> ImportFile:
    """The upload, or 404 for whoever has no part in the school."""
    files = ImportFile.objects.visible_to(request.user).select_related("school", "uploaded_by", "registration")
    return get_object_or_404(files, pk=pk)


def own(request, pk: int) -> ImportFile:
    """The same for an act: 403 for those who only look."""
    file = visible(request, pk)
    if not may(request.user, "make_change", file.school_id):
        raise PermissionDenied("名册由本校学籍管理员提交或放弃。")
    return file


@require_GET
def preview(request, pk):
    return render(request, "students/import_preview.html", page_of(request, visible(request, pk)))


def page_of(request, file: ImportFile, form: CommitForm | None = None, **more) -> dict:
    """What the preview shows; while the job works, its progress only."""
    job = Job.objects.filter(pk=file.job_id).first()
    if job and not job.finished:
        mine = job.requested_by_id == request.user.pk
        return {"file": file, "job": job if mine else None, "working": True, **more}
    report = file.report
    differences = report["differences"]
    rows, page = presenting.slice_of(differences, request.GET.get("after", ""), len(differences))
    works = may(request.user, "make_change", file.school_id)
    acts = file.waits and works
    writes = file.counts.get("create", 0) + file.counts.get("update", 0)
    return {
        "file": file,
        "failed": failure_of(file, job),
        "figures": presenting.figures(file.counts, file.get_absolute_url()),
        "groups": presenting.groups(report["findings"], repair_url_of(file) if works else ""),
        "differences": rows,
        "difference_count": len(differences),
        "page": page,
        "unknown": [each for each in file.mapping if not each["attribute"] and not is_silent(each["header"])],
        "form": (form or CommitForm(counts=file.counts)) if acts and writes else None,
        "may_discard": works and file.may_be_given_up,
        "may_choose": works and file.may_be_read_otherwise and bool(report.get("outline")),
        "may_mark": works and bool(file.sheet) and bool(report["findings"]),
        "may_undo": works and may_be_undone(file),
        "undo_closed": why_closed(file) if works else "",
        "corrections": drafting.page_of(file, request.GET.get("drafted", "")),
        "may_draft": works,
        **more,
    }


def repair_url_of(file: ImportFile) -> str:
    """Where an automatic repair is taken back, while the list may still be read otherwise."""
    return reverse("students:import_repair", args=[file.pk]) if file.may_be_read_otherwise else ""


def failure_of(file: ImportFile, job: Job | None) -> str:
    """Why the last job on this file did not end well, in words."""
    if job and job.state == Job.State.FAILED:
        return job.error
    stopped = job and job.state == Job.State.CANCELLED and file.state in ("reading", "parsed")
    return "任务已取消，学籍没有任何改动。" if stopped else ""


@require_GET
def findings(request, pk):
    """All findings as a workbook."""
    file = visible(request, pk)
    return handing_out.workbook(presenting.workbook_of(file.report["findings"]), f"import-{file.pk}-findings.xlsx")


@require_POST
def commit(request, pk):
    """Let a job write what the preview showed; refused with the reasons when something is unsettled."""
    file = own(request, pk)
    form = CommitForm(request.POST, counts=file.counts)
    form.is_valid()
    try:
        file = service.ask_to_commit(file, request.user, **form.choices)
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        rows = refusal.rows
        return render(request, "students/import_preview.html", page_of(request, file, form, refusal=rows), status=422)
    return redirect(file)


@require_POST
def discard(request, pk):
    """Give the upload up; the file is erased."""
    file = own(request, pk)
    try:
        service.discard(file, request.user)
    except Refused as refusal:
        rows = refusal.rows
        return render(request, "students/import_preview.html", page_of(request, file, refusal=rows), status=409)
    messages.success(request, f"已放弃“{file.name}”，上传的文件已删除，学籍没有任何改动。")
    return redirect("students:import")


@require_GET
def batch(request, number):
    """All children of a registration batch, in pages."""
    case = get_object_or_404(Registration.objects.visible_to(request.user), number=number)
    count = case.entries.count()
    rows, page = presenting.slice_of(batches.listed(case), request.GET.get("after", ""), count, batches.PAGE)
    works = batches.may_work(case, request.user)
    context = {"case": case, "children": batches.rows_of(case, rows), "page": page, "count": count}
    context |= of_batch_page(case, works)
    return render(request, "students/batch.html", context)
