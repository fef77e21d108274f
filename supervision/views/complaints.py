"""Pages of complaints: the list, the sheet of registration, the complainant's number."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import may, powers_of, school_ids_where
from approvals.errors import NotYourHand, Refused
from approvals.trying import tried
from students.paging import page_of
from students.search import looks_like_number

from ..complaints import services
from ..complaints.case import Complaint
from ..complaints.forms import ComplaintFilter, ComplaintForm
from ..complaints.presenting import figures_of, rows_of
from .overdue import sees_schools

COPIED = ("complainant", "relation", "confidential", "matter", "content", "demand", "channel")


@require_GET
def complaints(request):
    """The complaints in sight, latest first, with what is open and late."""
    sees_schools(request)
    chosen = ComplaintFilter(request.GET, user=request.user)
    found = chosen.narrow().select_related("lead_school", "desk_school__bureau").prefetch_related("subjects__child")
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = page_of(found, ("id",), descending=True, named="number", **cursors)
    context = {
        "filter": chosen,
        "page": page,
        "cases": rows_of(page.rows, request.user),
        "count": found.count(),
        "makes": bool(powers_of(request.user).schools("bureau_make")),
        **figures_of(chosen.in_sight(), reverse("supervision:complaints")),
    }
    return render(request, "supervision/complaints.html", context)


@require_http_methods(["GET", "POST"])
def new(request):
    """A complaint as it comes in; with `original` another one by whoever does not accept the answer."""
    if not school_ids_where(request.user, "bureau_make"):
        raise PermissionDenied("学籍投诉由教育局经办人员登记（第三十六条）；学校收到的请告知家长向教育局反映。")
    form = ComplaintForm(request.POST or None, initial=known_of(request), user=request.user)

    def register(**asked):
        return services.register(form.cleaned_data["school"], by=request.user, **asked)

    return sheet(request, form, register)


def known_of(request) -> dict:
    """What the address already says: the child from its page, or the complaint that was answered before."""
    said = {name: request.GET.get(name, "")[:60] for name in ("child", "about", "school")}
    former = Complaint.objects.visible_to(request.user).filter(number=request.GET.get("original", "")[:20]).first()
    if former is None:
        return {name: value for name, value in said.items() if value and not looks_like_number(value)}
    copied = {name: getattr(former, name) for name in COPIED}
    child = former.child.name if former.child else ""
    return copied | {"school": former.lead_school_id, "child": child, "original": former.number}


@require_http_methods(["GET", "POST"])
def draft(request, number):
    """The same sheet, open until the check order is proposed."""
    seen = Complaint.objects.visible_to(request.user).select_related("lead_school__bureau", "about_case", "follows")
    case = get_object_or_404(seen, number=number)
    if not may(request.user, "bureau_make", case.lead_school_id):
        raise PermissionDenied("投诉的登记由教育局经办人员修改（第三十六条）。")
    if case.state != case.State.DRAFT:
        return redirect(case)
    known = {"child": case.child.name if case.child else ""}
    known |= {"about": case.about_case.number if case.about_case else ""}
    known |= {"original": case.follows.number if case.follows else ""}
    form = ComplaintForm(request.POST or None, instance=case, initial=known, user=request.user)

    def keep(phone="", **asked):
        return services.keep(case, by=request.user, phone=phone or None, **asked)

    return sheet(request, form, keep, case)


def sheet(request, form: ComplaintForm, act, case: Complaint | None = None):
    """The sheet; what was typed stays when the law or the desk says no."""
    refusal = []
    if request.method == "POST" and form.is_valid():
        kept, refusal = tried(partial(act, **form.asked), ask="县教育局")
        if kept:
            messages.success(request, f"{kept.number}已登记。核查要点写明后，报审核发出核查单。")
            return redirect(kept)
    context = {"form": form, "case": case, "refusal": refusal}
    return render(request, "supervision/complaint_new.html", context, status=422 if form.errors or refusal else 200)


@require_POST
@never_cache
def contact(request, number):
    """The complainant's number in full, for a reason that is kept."""
    case = get_object_or_404(Complaint.objects.visible_to(request.user), number=number)
    try:
        phone = services.reveal_contact(case, by=request.user, reason=request.POST.get("reason", ""))
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(phone, content_type="text/plain; charset=utf-8")
