"""Pages of 时限督办: the board by unit and desk, the rows behind it, the figures over time."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.policies import powers_of
from students.paging import page_of

from ..overdue.board import TrendFilter, board_page
from ..overdue.listing import KEYS, DeadlineFilter, presented
from ..overdue.trend import charts

NOT_FOR_TEACHERS = "时限督办由学校管理人员和教育局人员查看。"


def sees_schools(request) -> None:
    if not powers_of(request.user).schools("view_school"):
        raise PermissionDenied(NOT_FOR_TEACHERS)


def at_bureau(request) -> bool:
    """Whether the person reads the bureau's weekly sheet."""
    return any(powers_of(request.user).schools(right) for right in ("bureau_make", "bureau_check", "audit_school"))


@require_GET
def board(request):
    """What is overdue, by school and by desk; every figure opens the rows behind it."""
    sees_schools(request)
    return render(request, "supervision/board.html", board_page(request.user) | {"weekly": at_bureau(request)})


@require_GET
def deadlines(request):
    """The open deadlines in sight, the oldest first."""
    sees_schools(request)
    chosen = DeadlineFilter(request.GET, user=request.user)
    found = chosen.narrow()
    rows = found.select_related("school", "bureau")
    cursors = {name: cursor(request.GET.get(name, "")) for name in ("after", "before")}
    page = page_of(rows, KEYS, named="id", **cursors)
    context = {
        "filter": chosen,
        "page": page,
        "rows": presented(page.rows, request.user),
        "count": found.count(),
    }
    return render(request, "supervision/deadlines.html", context)


def cursor(said: str) -> str:
    """A primary key of the address; anything else is the first page."""
    return said if said.isascii() and said.isdecimal() and len(said) <= 18 else ""


@require_GET
def trend(request):
    """Median days per desk and the share done in time, over the last twelve months."""
    sees_schools(request)
    chosen = TrendFilter(request.GET, user=request.user)
    return render(request, "supervision/trend.html", {"filter": chosen, **charts(request.user, chosen.school)})
