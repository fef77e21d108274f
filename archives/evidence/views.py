"""证据包: ordered with its purpose, made by a job, downloaded by whoever ordered it; every download leaves a trace."""

import logging

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import powers_of
from approvals.errors import NotYourHand
from approvals.models import Case
from jianping_xueji.vault import VaultError
from law import articles
from students.models import Look, Student
from students.paging import page_of

from ..models import EvidencePack
from . import services
from .forms import AskForm

log = logging.getLogger(__name__)


@require_GET
def packs(request):
    """One's own packs, the latest first."""
    if not any(powers_of(request.user).schools(right) for right in services.RIGHTS):
        raise PermissionDenied(services.NOT_YOURS)
    found = EvidencePack.objects.visible_to(request.user).select_related("child", "case", "school", "job", "file")
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = page_of(found, ("id",), named="number", descending=True, **cursors)
    count = len(page.rows) if page.whole else found.count()
    return render(request, "evidence/packs.html", {"page": page, "count": count})


@require_http_methods(["GET", "POST"])
def of_child(request, slug):
    """A pack about one child in sight."""
    found = get_object_or_404(Student.objects.visible_to(request.user).select_related("school"), slug=slug)
    return asked(request, title=found.name, back=found.get_absolute_url(), child=found)


@require_http_methods(["GET", "POST"])
def of_case(request, number):
    """A pack about one case in sight."""
    seen = Case.objects.visible_to(request.user).select_related("lead_school", "peer_school")
    found = get_object_or_404(seen, number=number)
    return asked(request, title=f"{found.kind_name}{found.number}", back=found.get_absolute_url(), case=found)


def asked(request, *, title: str, back: str, **about):
    """The form that asks for the purpose; with it, the pack is ordered."""
    schools = services.schools_of(about.get("child"), about.get("case"))
    if services.school_behind(request.user, schools) is None:
        raise PermissionDenied(services.NOT_YOURS)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        site = request.build_absolute_uri("/").rstrip("/")
        made = services.ask(by=request.user, site=site, **form.cleaned_data, **about)
        messages.success(request, f"已受理，证据包{made.number}正在制作。")
        return redirect(made)
    context = {"form": form, "title": title, "back": back, "article": articles.WRITTEN_APPROVAL}
    return render(request, "evidence/ask.html", context, status=422 if form.errors else 200)


def own_pack(request, number: str) -> EvidencePack:
    seen = EvidencePack.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("child", "case", "school", "job", "asked_by"), number=number)


@require_GET
def pack(request, number):
    """How far the pack is; its hashes, and its download."""
    found = own_pack(request, number)
    looks = Look.objects.filter(kind=Look.Kind.FILE, user=request.user, reason__contains=found.number)
    context = {"pack": found, "job": found.job, "file": getattr(found, "file", None), "looks": looks}
    return render(request, "evidence/pack.html", context)


@require_POST
@never_cache
def download(request, number):
    """The ZIP, streamed."""
    found = own_pack(request, number)
    file = getattr(found, "file", None)
    if file is None:
        messages.error(request, "证据包还没有做好，请稍候再下载。")
        return redirect(found)
    try:
        content = services.take(found, by=request.user)
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except VaultError:
        log.error("pack %s cannot be opened", found.number)
        messages.error(request, "保存的证据包与登记的散列不符，不能交付。请重新制作，并报告数据管理员。")
        return redirect(found)
    answer = StreamingHttpResponse(content, content_type="application/zip")
    answer["Content-Length"] = file.size
    answer["Content-Disposition"] = content_disposition_header(True, f"{found.number}.zip")
    return answer
