"""我的待办, the queue with its filters, and the lists of acts still to be entered in the national system."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery, Window, prefetch_related_objects
from django.db.models.functions import RowNumber
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from law import clock

from ..countdown.owed import groups_owed
from ..errors import NotYourHand, Refused
from ..filings import pending_for, record_filing, with_countdown
from ..forms import FilingForm
from ..models import Case, CaseSubject, CeimsFiling, Step
from ..presenting import with_days
from ..queue_filters import QueueFilter, first_scope
from ..starting import starts_of

PAGE = 50
GLANCE = 8
NAMED = 3  # of a batch of hundreds no row needs more
LONGEST_CURSOR = 18  # digits of a primary key at most


def with_places(cases):
    """Cases with the schools and the desk a list row names, and the number of their children."""
    counted = CaseSubject.objects.filter(case=OuterRef("pk")).values("case").annotate(n=Count("pk")).values("n")
    rows = cases.annotate(heads=Subquery(counted))
    return rows.select_related("lead_school", "peer_school", "desk_school__bureau")


def of_children() -> Prefetch:
    """The first children of each case: a row names two, and a third tells it that there are more."""
    ranked = CaseSubject.objects.annotate(rank=Window(RowNumber(), partition_by="case", order_by="pk"))
    return Prefetch("subjects", ranked.filter(rank__lte=NAMED).select_related("child").order_by("pk"))


def listed(cases):
    """Cases with everything a list row needs, in a fixed number of queries."""
    return with_places(cases).prefetch_related(of_children())


@require_GET
def workbench(request):
    """What is my turn, what waits on others, what happened, what is still to be filed."""
    mine = Case.objects.on_desk_of(request.user).open()
    seen = Case.objects.visible_to(request.user)
    waiting = seen.open().exclude(pk__in=mine.values("pk")).exclude(desk_right="")
    rows = list(with_places(mine).order_by("due_on", "pk")[:PAGE])
    others = list(with_places(waiting).order_by("due_on", "pk")[:GLANCE])
    prefetch_related_objects(with_days([*rows, *others]), of_children())
    figures = figures_of(mine, pending_for(request.user))
    context = {
        "starts": starts_of(request.user),
        "mine": rows,
        "limits": groups_owed(request.user),
        "mine_count": figures[0]["value"],
        "figures": figures,
        "waiting": others,
        "waiting_count": waiting.count(),
        "steps": steps_in(seen)[:GLANCE],
    }
    return render(request, "approvals/workbench.html", context)


def figures_of(mine, filings) -> list[dict]:
    """The four numbers on top of the workbench, in two queries."""
    late = Count("pk", filter=Q(due_on__lt=clock.today()))
    turn = mine.aggregate(all=Count("pk"), late=late)
    filed = filings.aggregate(no=Count("pk", filter=Q(filed_on=None)), yes=Count("filed_on"))
    url = reverse("approvals:filings")
    return [
        {"label": "轮到我办", "value": turn["all"], "url": "/cases/?scope=mine"},
        {"label": "其中超期", "value": turn["late"], "url": "/cases/?scope=mine&lateness=overdue", "tone": "refused"},
        {"label": "已批未录", "value": filed["no"], "url": url},
        {"label": "已录未核", "value": filed["yes"], "url": url},
    ]


def steps_in(cases):
    """Steps of these cases, the latest first, with who signed where."""
    people = ("case", "actor", "appointment__school", "appointment__bureau")
    return Step.objects.filter(case__in=cases).select_related(*people).order_by("-acted_on", "-pk")


@dataclass
class Page:
    """Keyset page of cases: cursors are the last and first primary keys shown."""

    rows: list
    previous: str | None = None
    next: str | None = None


def page_of_cases(cases, request) -> Page:
    """Fifty cases by (due, number), forward with ?after= and back with ?before=."""
    backwards = "before" in request.GET
    cursor = request.GET.get("before") or request.GET.get("after")
    ordered = cases.order_by("-id") if not backwards else cases.order_by("id")
    if cursor and cursor.isdecimal() and len(cursor) <= LONGEST_CURSOR:
        ordered = ordered.filter(**{"id__gt" if backwards else "id__lt": int(cursor)})
    rows = list(ordered[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    first, last = (str(rows[0].pk), str(rows[-1].pk)) if rows else (None, None)
    return Page(
        with_days(rows),
        first if (cursor and not backwards) or (backwards and more) else None,
        last if more or backwards else None,
    )


@require_GET
def queue(request):
    """All cases in sight, narrowed by the filters kept in the address."""
    chosen = QueueFilter(request.GET or {"scope": first_scope(request.user)}, user=request.user)
    cases = chosen.narrow(request.user)
    page = page_of_cases(listed(cases), request)
    context = {"filter": chosen, "page": page, "cases": page.rows, "count": cases.count(), "mine": chosen.is_mine}
    return render(request, "approvals/queue.html", context)


@require_GET
def filings(request):
    """已批未录 and 已录未核 of the user's schools, with the fields to type."""
    rows = with_countdown(pending_for(request.user).prefetch_related("case__subjects__child")[:200])
    context = {
        "unfiled": [row for row in rows if row.filed_on is None],
        "unconfirmed": [row for row in rows if row.filed_on],
    }
    return render(request, "approvals/filings.html", context)


@require_http_methods(["GET", "POST"])
def filing(request, pk):
    """Enter what was done in the national system for one decided step."""
    found = get_object_or_404(
        CeimsFiling.objects.select_related("case", "school").filter(
            case__in=Case.objects.within_reach_of(request.user)
        ),
        pk=pk,
    )
    start = {"filed_on": found.filed_on or clock.today(), "result": found.result}
    form = FilingForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            record_filing(found, by=request.user, **form.cleaned_data)
        except NotYourHand as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found.case.number}“{found.act}”已登记。")
            return redirect("approvals:filings")
    case = found.case.model.objects.select_related("lead_school", "peer_school").get(pk=found.case_id)
    context = {"filing": found, "form": form, "case": case, "to_type": case.to_type_in_ceims()}
    return render(request, "approvals/filing.html", context, status=422 if form.errors else 200)
