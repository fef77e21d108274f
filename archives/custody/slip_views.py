"""档案移交单: giving, printing, receiving by the QR or by its number, and the scan of the signed paper."""

import logging
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import may, school_ids_where
from accounts.roles import WORKS_ON_RECORDS
from approvals.errors import NotYourHand, Refused
from jianping_xueji.vault import ScanRefused, VaultError
from law import articles
from students.models import Enrolment
from students.paging import page_of

from ..models import Handover, ReceiptScan
from . import owed, services
from .forms import GiveForm, ReceiveForm, SlipFilter
from .presenting import entries_of, rows_of
from .views import told

log = logging.getLogger(__name__)
LINES_SHOWN = 200


def chosen_rows(request, given) -> list[Enrolment]:
    """The departures that were ticked, or all of one case, as far as the person sees their giver."""
    found = owed.owed(owed.GOES_ON + owed.LEAVES_SCHOOL)
    found = found.filter(giver__in=list(school_ids_where(request.user, "view_school")))
    if number := given.get("case", ""):
        found = found.filter(left_by__number=number)
        giver = given.get("giver", "")
        found = found.filter(giver=int(giver)) if giver.isdecimal() and len(giver) < 10 else found
    else:
        ticked = [int(pk) for pk in given.getlist("e") if pk.isascii() and pk.isdecimal() and len(pk) < 18]
        found = found.filter(pk__in=ticked)
    return list(found.select_related("student", "school", "left_by")[: services.MOST + 1])


def refuse_outsider(user) -> None:
    if not school_ids_where(user, "view_school"):
        raise PermissionDenied("移交单由学校和教育局查看（第十一条）。")


@require_http_methods(["GET", "POST"])
def new(request):
    """A slip for the ticked departures: how and by whom the files go; refused with the reason when they cannot."""
    refuse_outsider(request.user)
    rows = chosen_rows(request, request.POST or request.GET)
    if not rows:
        messages.error(request, "请先勾选要移交的学生；所选的可能已在移交途中。")
        return redirect("custody:owed")
    closing = rows[0].left_by.kind == owed.CLOSING
    if not services.gives(request.user, rows[0].giver, closing=closing):
        raise PermissionDenied("档案由移出学校的学籍管理员移交，已撤并学校的由教育局经办监交（第十一条）。")
    form, refusal = GiveForm(request.POST or None, rows=rows), []
    if request.method == "POST" and form.is_valid():
        try:
            slip = services.give(rows, by=request.user, **form.given)
        except Refused as refused:
            refusal = refused.rows
        else:
            messages.success(request, f"已开出移交单{slip.number}，请打印后随档案送出。")
            return redirect(slip)
    context = {"rows": rows_of(rows[:LINES_SHOWN], request.user), "count": len(rows), "form": form}
    context |= {"refusal": refusal, "article": articles.ARCHIVE_FOLLOWS, "closing": closing}
    return render(request, "custody/new.html", context, status=422 if form.errors or refusal else 200)


@require_GET
def slips(request):
    """Slips given and received, the latest first."""
    refuse_outsider(request.user)
    chosen = SlipFilter(request.GET, user=request.user)
    found = chosen.narrow()
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = page_of(found, ("id",), named="number", descending=True, **cursors)
    count = len(page.rows) if page.whole else found.count()
    return render(request, "custody/slips.html", {"filter": chosen, "page": page, "count": count})


def visible_slip(request, **which) -> Handover:
    """The slip with both sides, or 404 for whoever has no part in it."""
    seen = Handover.objects.visible_to(request.user)
    seen = seen.select_related("from_school__bureau", "to_school", "given_for", "given_by", "case", "receipt")
    return get_object_or_404(seen, **which)


@require_GET
def slip(request, number):
    return shown(request, visible_slip(request, number=number))


@require_GET
def scanned(request, token):
    """What the QR of the printed slip opens: the same page, once signed in."""
    return redirect(visible_slip(request, token=token))


def shown(request, found: Handover, form=None, refusal=()):
    """The slip with its lines, its receipt, and the form of whoever may sign for it."""
    entries, ended = entries_of(found), getattr(found, "receipt", None)
    signer = services.signer_of(found)
    signs = ended is None and may(request.user, "make_change", signer) and side_is_other(found, request.user)
    if signs and form is None:
        form = ReceiveForm(entries=entries, receiver=request.user.name if found.to_school_id else found.to_name)
    context = {
        "slip": found,
        "entries": entries[:LINES_SHOWN],
        "count": len(entries),
        "receipt": ended,
        "scans": ended.scans.all() if ended else [],
        "form": form if signs else None,
        "signer": signer,
        "refusal": refusal,
        "prints": services.side_of(found, request.user, WORKS_ON_RECORDS) is not None,
        "may_cancel": ended is None and services.may_cancel(found, request.user),
    }
    return render(request, "custody/slip.html", context, status=422 if refusal or form and form.errors else 200)


def side_is_other(found: Handover, user) -> bool:
    return found.to_school_id is None or found.given_by_id != user.pk


@require_POST
def receive(request, number):
    """签收."""
    found = visible_slip(request, number=number)
    services_permit(found, request.user)
    form = ReceiveForm(request.POST, request.FILES, entries=entries_of(found), receiver="")
    if not form.is_valid():
        return shown(request, found, form)
    try:
        services.receive(found, by=request.user, **form.given)
    except Refused as refused:
        return shown(request, found, form, refused.rows)
    except ScanRefused as refused:
        return shown(request, found, form, [{"message": f"移交单照片：{refused}"}])
    messages.success(request, f"{found.number}已签收。")
    return redirect(found)


def services_permit(found: Handover, user) -> None:
    try:
        services.refuse_hand(found, user)
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal


@require_POST
def cancel(request, number):
    """作废 a slip that never left."""
    found = visible_slip(request, number=number)
    reason = request.POST.get("opinion", "")[:300]
    return told(request, partial(services.cancel, found, by=request.user, reason=reason), "移交单已作废。", found)


@require_GET
@never_cache
def scan(request, number, pk):
    """The signed slip as a picture of its own origin: never run, never framed by others, never cached."""
    found = get_object_or_404(
        ReceiptScan.objects.select_related("receipt"), pk=pk, receipt__handover=visible_slip(request, number=number)
    )
    try:
        content = services.shown_scan(found)
    except VaultError:
        log.error("scan %s of slip %s cannot be opened", found.pk, number)
        return render(request, "custody/gone.html", {"number": number}, status=410)
    response = HttpResponse(content, content_type=found.mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Content-Disposition"] = f'inline; filename="receipt-{found.pk}"'
    return response
