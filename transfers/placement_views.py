"""Pages of 选派学校: the bureau's draft with the schools near the family, and notices nobody acted upon."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import may, school_ids_where
from approvals.trying import tried
from law import clock
from schools.models import Bureau
from students.paging import PAGE, page_of

from .models import SchoolPlacement
from .placement_forms import OverdueFilter, PlacementForm
from .placements import keep_placement, overdue, schools_for, start_placement


@require_http_methods(["GET", "POST"])
def new(request):
    """What the family says, then the schools with a seat, nearest first, then the draft."""
    bureau = Bureau.objects.filter(school__in=school_ids_where(request.user, "bureau_make")).order_by("pk").first()
    if bureau is None:
        raise PermissionDenied("选派学校由教育局经办人员办理（第二十条）。")
    return sheet(request, PlacementForm(request.POST or None, bureau=bureau), bureau)


@require_http_methods(["GET", "POST"])
def draft(request, number):
    """The same sheet, open until it is handed in."""
    seen = SchoolPlacement.objects.visible_to(request.user).select_related("lead_school__bureau")
    case = get_object_or_404(seen, number=number)
    if not may(request.user, "bureau_make", case.lead_school_id):
        raise PermissionDenied("选派学校的草稿由教育局经办人员填写。")
    if case.state != case.State.DRAFT:
        return redirect(case)
    bureau = case.lead_school.bureau
    form = PlacementForm(request.POST or None, instance=case, initial={"school": case.lead_school_id}, bureau=bureau)
    return sheet(request, form, bureau, case)


def sheet(request, form: PlacementForm, bureau: Bureau, case: SchoolPlacement | None = None):
    """The page; a posted school makes (or keeps) the draft, without one the schools are listed."""
    choices, refusal = [], []
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        school = asked.pop("school")
        if school:
            act = partial(keep_placement, case) if case else start_placement
            kept, refusal = tried(act, school, ask=bureau, by=request.user, **asked)
            if kept:
                messages.success(request, "已保存。核对无误后报审核。")
                return redirect(kept)
        choices = schools_for(bureau, asked["grade"], asked["residence_division"], clock.today())
    context = {"form": form, "case": case, "choices": choices, "refusal": refusal, "chosen": form["school"].value()}
    return render(request, "transfers/placement_draft.html", context, status=422 if form.errors or refusal else 200)


@require_GET
def overdue_list(request):
    """未按通知书安置: who has not been placed by the day the notice names, and for how long."""
    chosen = OverdueFilter(request.GET, user=request.user)
    found = chosen.narrow(overdue(request.user))
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = page_of(found, ("valid_until", "pk"), size=PAGE, named="number", **cursors)
    for case in page.rows:
        case.days_over = (clock.today() - case.valid_until).days
    context = {
        "filter": chosen,
        "page": page,
        "cases": page.rows,
        "count": len(page.rows) if page.whole else found.count(),
    }
    return render(request, "transfers/placements_overdue.html", context)
