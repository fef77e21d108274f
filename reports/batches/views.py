"""批量打印: choose, start, watch, cancel, take up again, fetch the file. A batch belongs to who asked for it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import powers_of
from approvals.errors import Refused
from jianping_xueji import audit
from jianping_xueji.vault import VaultError

from ..forms import FORMS
from . import services
from .choosing import BatchChoice
from .models import Batch, BatchPart
from .papers import schools_open_to

SHOWN = 30


@require_GET
def batches(request):
    """What can be printed at once, and the batches of the last time."""
    if not any(schools_open_to(form, powers_of(request.user)) for form in FORMS.values()):
        raise PermissionDenied("批量打印由能看学籍的人员办理。")
    choice = BatchChoice(request.GET, user=request.user)
    parts = Prefetch("parts", BatchPart.objects.defer("items", "prints", "sealed_faults"))
    found = Batch.objects.visible_to(request.user).select_related("binding").prefetch_related(parts)
    context = {"filter": choice, "count": len(choice.items), "named": choice.named(), "batches": found[:SHOWN]}
    return render(request, "reports/batches.html", context)


@require_POST
def start(request):
    """Start what is chosen; of a class only the children ticked, when some are."""
    choice = BatchChoice(request.POST, user=request.user)
    if choice.chosen is None:
        messages.error(request, "请先选择要打印的表格。")
        return redirect("reports:batches")
    if not choice.schools:
        raise PermissionDenied(f"您没有打印《{choice.chosen.title}》的权限（{choice.chosen.article}）。")
    return started(request, choice.chosen, ticked(request, choice), choice.subject)


def ticked(request, choice: BatchChoice) -> list[dict]:
    slugs = set(request.POST.getlist("child"))
    named = choice.named()
    return [{"child": child.pk} for child in named if str(child.slug) in slugs] if slugs and named else choice.items


def started(request, form, items: list[dict], subject: str):
    """The page of a new batch, or the page that says why there is none."""
    try:
        batch = services.start(form, items, subject, by=request.user, site=request.build_absolute_uri("/"))
    except Refused as refusal:
        return render(request, "reports/refused.html", {"form": form, "case": None, "refusal": refusal}, status=422)
    return redirect(batch)


def own(request, pk: int) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(request.user).select_related("binding"), pk=pk)


@require_GET
@never_cache
def batch(request, pk):
    return render(request, "reports/batch.html", {"batch": own(request, pk)})


@require_GET
@never_cache
def progress(request, pk):
    """The part of the page that asks again by itself until the batch has ended."""
    return render(request, "reports/_batch.html", {"batch": own(request, pk)})


@require_POST
def cancel(request, pk):
    found = own(request, pk)
    services.cancel(found)
    return redirect(found)


@require_POST
def again(request, pk):
    found = own(request, pk)
    services.take_up_again(found)
    return redirect(found)


@require_GET
@never_cache
def file(request, pk):
    """The finished file, streamed; its prints were registered, and the looks logged, when it was bound."""
    found = own(request, pk)
    try:
        pdf = found.content() if found.finished_at else None
    except VaultError:
        pdf = None
    if pdf is None:
        messages.error(request, "这批打印没有可以打开的文件，请重新打印。")
        return redirect(found)
    parts = found.parts.values_list("items", flat=True)
    audit.saw(*(item["child"] for items in parts for item in items if "child" in item))
    response = StreamingHttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{found.title}{found.pk}.pdf")
    return response
