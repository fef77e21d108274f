"""Papers of a case: upload, check, send back, see the original, look at a scan."""

import logging

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from jianping_xueji.vault import ScanRefused, VaultError

from .. import materials
from ..errors import NotYourHand, Refused
from ..models import Material, Scan
from .cases import visible_case

log = logging.getLogger(__name__)

LONGEST_REASON = Material._meta.get_field("note").max_length


def hand_in(request, material):
    files = request.FILES.getlist("files")
    if not files:
        raise Refused(f"没有收到“{material.label}”的文件，请重新选择 JPG、PNG 或 PDF。")
    given = [(upload.read(), upload.name) for upload in files]
    materials.hand_in_paper(material, by=request.user, files=given)


def on_paper(request, material):
    materials.hand_in_paper(material, by=request.user, note="纸质原件已收")


def check(request, material):
    materials.check_paper(material, by=request.user, ok=True)


def send_back(request, material):
    reason = request.POST.get("reason", "")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"退回“{material.label}”的原因不超过{LONGEST_REASON}字，请写简要。")
    materials.check_paper(material, by=request.user, ok=False, reason=reason)


def original(request, material):
    materials.see_original(material, by=request.user)


ACTS = {"hand_in": hand_in, "on_paper": on_paper, "check": check, "return": send_back, "original": original}


@require_POST
def paper(request, number, code, act):
    """One act on one paper; a refusal is said on the page, the case stays as it was."""
    case = visible_case(request, number)
    material = get_object_or_404(case.materials.exclude(code__in=case.papers_hidden_from(request.user)), code=code)
    if act not in ACTS:
        raise Http404(act)
    try:
        ACTS[act](request, material)
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    except ScanRefused as refusal:
        messages.error(request, f"“{material.label}”：{refusal}")
    return redirect(f"{case.get_absolute_url()}#material-{code}")


@require_GET
@never_cache
def scan(request, number, pk):
    """A scan as an attachment of its own origin: never run, never framed by others, never cached."""
    case = visible_case(request, number)
    scans = Scan.objects.select_related("material__case").filter(material__case_id=case.pk)
    found = get_object_or_404(scans.exclude(material__code__in=case.papers_hidden_from(request.user)), pk=pk)
    try:
        content = materials.scan_bytes(found)
    except VaultError:
        log.error("scan %s of case %s cannot be opened", found.pk, case.pk)
        return render(request, "410.html", {"case": case, "material": found.material}, status=410)
    return shown_scan(content, found.mime, f"{found.material.code}-{found.pk}")


def shown_scan(content: bytes, mime: str, name: str) -> HttpResponse:
    """A file of a stranger as the browser may show it: never sniffed, never run."""
    response = HttpResponse(content, content_type=mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
