"""Pages of breaches and orders (第三十八条): what the record shows, the list of orders, the sheet of one."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import may, powers_of, school_ids_where
from approvals.presenting import with_days
from approvals.trying import tried
from students.filters import whole_number
from students.paging import page_of

from ..complaints.case import Complaint
from ..orders import services
from ..orders.breaches import Breach
from ..orders.case import Rectification
from ..orders.forms import BreachFilter, OrderFilter, OrderForm
from ..orders.presenting import board_of, figures_of
from .overdue import sees_schools


@require_GET
def breaches(request):
    """The nine kinds, with what the record shows of each in sight."""
    sees_schools(request)
    chosen = BreachFilter(request.GET, user=request.user)
    context = {"filter": chosen, "chosen": chosen.chosen, **board_of(request.user, chosen.schools, chosen.chosen)}
    return render(request, "supervision/breaches.html", context)


@require_GET
def orders(request):
    """The orders in sight, latest first."""
    sees_schools(request)
    chosen = OrderFilter(request.GET, user=request.user)
    found = chosen.narrow()
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    rows = found.select_related("lead_school", "desk_school__bureau")
    page = page_of(rows, ("id",), descending=True, named="number", **cursors)
    context = {
        "filter": chosen,
        "page": page,
        "cases": with_days(page.rows),
        "count": found.count(),
        "makes": bool(powers_of(request.user).schools("bureau_make")),
        "figures": figures_of(chosen.in_sight(), reverse("supervision:orders")),
    }
    return render(request, "supervision/orders.html", context)


@require_http_methods(["GET", "POST"])
def new(request):
    """An order from a sign of the record, from a founded complaint, or from what the bureau found itself."""
    if not school_ids_where(request.user, "bureau_make"):
        raise PermissionDenied("责令改正由教育局经办人员拟令（第三十八条）。")
    complaint = Complaint.objects.visible_to(request.user).filter(number=request.GET.get("complaint", "")[:20]).first()
    known = known_of(request, complaint)
    form = OrderForm(request.POST or None, initial=known, user=request.user)

    def draw_up(**given):
        return services.draw_up(form.cleaned_data["school"], by=request.user, complaint=complaint, **given)

    return sheet(request, form, draw_up)


def known_of(request, complaint: Complaint | None) -> dict:
    """What the address says already: school and kind, and the first sentence of the facts."""
    if complaint:
        said = f"投诉{complaint.number}经核查{complaint.get_truth_display()}：{complaint.found}"
        known = {"school": complaint.lead_school_id, "breach": services.breach_of(complaint), "facts_text": said}
        return known | {"demand_text": complaint.opinion_text}
    school, breach = whole_number(request.GET.get("school")), request.GET.get("breach", "")
    if school not in school_ids_where(request.user, "bureau_make") or breach not in Breach.values:
        return {}
    shown = services.words_of(services.shown_at(school, breach))
    return {"school": school, "breach": breach, "facts_text": shown}


@require_http_methods(["GET", "POST"])
def draft(request, number):
    """The same sheet, open until it is proposed."""
    seen = Rectification.objects.visible_to(request.user).select_related("lead_school__bureau")
    case = get_object_or_404(seen, number=number)
    if not may(request.user, "bureau_make", case.lead_school_id):
        raise PermissionDenied("责令改正由教育局经办人员拟令（第三十八条）。")
    if case.state != case.State.DRAFT:
        return redirect(case)
    form = OrderForm(request.POST or None, instance=case, user=request.user)
    return sheet(request, form, partial(services.keep, case, by=request.user), case)


def sheet(request, form: OrderForm, act, case: Rectification | None = None):
    """The sheet; what was typed stays when the law or the desk says no."""
    refusal = []
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in Rectification.DRAFT}
        kept, refusal = tried(act, ask="县教育局", **given)
        if kept:
            messages.success(request, f"{kept.number}已保存，核对后报审核。")
            return redirect(kept)
    context = {"form": form, "case": case, "refusal": refusal}
    return render(request, "supervision/order_new.html", context, status=422 if form.errors or refusal else 200)
