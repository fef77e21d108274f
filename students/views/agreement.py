"""对账: the report, uploads, the list of differences, and one of them with who is right."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import school_ids_where
from approvals.errors import Refused
from jianping_xueji.jobs import Job
from law import clock

from .. import handing_out
from ..agreement import presenting, services
from ..agreement.forms import ConfirmForm, DifferenceFilter, FileForm
from ..agreement.models import AgreementFile, Difference
from ..importing.presenting import workbook_of
from ..paging import page_of

RECENT, GLANCE = 10, 100
UPLOADS = ("bureau_make", "make_change")
SORTS = {"name": ("name", "pk"), "found": ("found_on", "pk"), "field": ("field", "name", "pk")}


def may_upload(user) -> bool:
    return any(school_ids_where(user, right) for right in UPLOADS)


@require_GET
def report(request):
    """What stands between the two systems, by school and field; the last comparison and what it closed."""
    standing = Difference.objects.visible_to(request.user).standing()
    rows = presenting.totals(standing)
    last = AgreementFile.objects.visible_to(request.user).filter(state="done").select_related("school").first()
    context = {
        "figures": presenting.figures_of(rows),
        "rows": rows,
        "fields": presenting.fields_of(standing),
        "chart": presenting.chart_of(rows),
        "last": last,
        "may_upload": may_upload(request.user),
    }
    return render(request, "students/agreement.html", context)


@require_http_methods(["GET", "POST"])
def files(request):
    """Upload an export; the job begins at once."""
    if not may_upload(request.user):
        raise PermissionDenied(services.NOT_YOURS)
    form, refusal = FileForm(request.POST or None, request.FILES or None, user=request.user), []
    if request.method == "POST" and form.is_valid():
        given, asked = form.cleaned_data["workbook"], form.cleaned_data
        try:
            return redirect(
                services.take_in(
                    given.read(), given.name, by=request.user, as_of=asked["as_of"], school=asked.get("school")
                )
            )
        except Refused as refused:
            refusal = refused.rows
    recent = AgreementFile.objects.visible_to(request.user).select_related("school", "uploaded_by")[:RECENT]
    context = {"form": form, "refusal": refusal, "files": recent}
    return render(request, "students/agreement_files.html", context, status=422 if form.errors or refusal else 200)


def visible_file(request, pk: int) -> AgreementFile:
    seen = AgreementFile.objects.visible_to(request.user).select_related("school", "uploaded_by")
    return get_object_or_404(seen, pk=pk)


@require_GET
def file(request, pk):
    """One comparison: its progress while it runs, then what it found and what it closed."""
    found = visible_file(request, pk)
    job = Job.objects.filter(pk=found.job_id).first() if found.job_id else None
    working = job if job and not job.finished else None
    said = found.findings
    context = {
        "file": found,
        "job": working if working and working.requested_by_id == request.user.pk else None,
        "working": bool(working),
        "failed": found.refusal or (job.error if job and job.state == Job.State.FAILED else ""),
        "figures": presenting.figures_of_file(found),
        "sentences": [each["message"] for each in said[:GLANCE]],
        "more": max(len(said) - GLANCE, 0),
    }
    return render(request, "students/agreement_file.html", context)


@require_GET
def findings(request, pk):
    """Rows and cells that were not compared, as a workbook."""
    found = visible_file(request, pk)
    return handing_out.workbook(workbook_of(found.findings), f"对账未比对的行 {found.as_of:%Y%m%d}.xlsx")


@require_GET
def differences(request):
    """The list in sight; by name unless asked otherwise."""
    chosen = DifferenceFilter(request.GET, user=request.user)
    found = chosen.narrow()
    wanted = request.GET.get("sort", "")
    page = page_of(
        found.select_related("school", "case"),
        SORTS.get(wanted.lstrip("-"), SORTS["name"]),
        after=cursor(request, "after"),
        before=cursor(request, "before"),
        descending=wanted.startswith("-"),
        named="pk",
    )
    context = {
        "filter": chosen,
        "page": page,
        "differences": presenting.with_words(page.rows, request.user),
        "count": len(page.rows) if page.whole else found.count(),
    }
    return render(request, "students/differences.html", context)


def cursor(request, name: str) -> str:
    """The key of a row as the address has it; anything else is the first page."""
    given = request.GET.get(name, "")
    return given if given.isascii() and given.isdecimal() and len(given) < 18 else ""


@require_POST
@never_cache
@transaction.atomic
def workbook(request):
    """The differences of the list as it is filtered; a longer list is to be narrowed first."""
    found = DifferenceFilter(request.POST, user=request.user).narrow()
    if (count := found.count()) > presenting.MOST:
        messages.error(
            request, f"符合条件的有{count}项，一个工作簿最多{presenting.MOST}项，请先按学校或栏目筛选再下载。"
        )
        return redirect("agreement:differences")
    content = presenting.workbook_of(found, request.user)
    return handing_out.workbook(content, f"对账差异 {clock.today():%Y%m%d}.xlsx")


@require_http_methods(["GET", "POST"])
def difference(request, pk):
    """One difference: both sides, why, the way out, and who is right."""
    seen = Difference.objects.visible_to(request.user).select_related("school", "case", "student", "seen_in")
    found = get_object_or_404(seen, pk=pk)
    confirms = services.may_confirm(request.user, found)
    if request.method == "POST" and not confirms:
        raise PermissionDenied("这项差异由责任单位的经办人员认定。")
    form, refusal = ConfirmForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm(found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            refusal = refused.rows
        else:
            messages.success(request, "已登记认定。学籍没有改动，请按页面上的办法办理。")
            return redirect(found)
    presenting.with_words([found], request.user, in_full=True)
    context = {
        "difference": found,
        "ways": presenting.ways_out(found, request.user),
        "rulings": found.rulings.select_related("by"),
        "form": form if confirms and found.state != "closed" else None,
        "refusal": refusal,
    }
    return render(request, "students/difference.html", context, status=422 if form.errors or refusal else 200)
