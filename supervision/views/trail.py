"""Pages of 查看留痕. An auditor's own looks are events like anybody's."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.policies import may, school_ids_where
from jianping_xueji.audit.models import Anchor, Event
from reports.anchor_form import anchor_sheet
from reports.forms import FORMS
from reports.views import sheet_handed_out
from students.models import Student
from students.paging import page_of

from ..trail import reading_rate
from ..trail.chain import days_chart, state
from ..trail.listing import FILES, TrailFilter, about_child, files_with, people_of, presented
from .overdue import cursor

ASKS_ABOUT_CHILDREN = ("audit_school", "check_change", "fix_data")
# The exact number of a county's events helps nobody, and would be counted anew for every page.
MOST_COUNTED = 10_000
NOT_YOURS = "查看留痕由学校负责人、数据管理员和审计员查询（第三十八条）。"


def audits(request) -> None:
    if not school_ids_where(request.user, "audit_school"):
        raise PermissionDenied(NOT_YOURS)


def child_asked_about(request, slug: str) -> Student:
    """A child in sight, for whoever may ask who saw it: 404 for strangers, 403 for colleagues."""
    child = get_object_or_404(Student.objects.visible_to(request.user).select_related("school"), slug=slug)
    if not any(may(request.user, right, child.school_id) for right in ASKS_ABOUT_CHILDREN):
        raise PermissionDenied(NOT_YOURS)
    return child


def page_context(request, events, chosen: TrailFilter, by: str = "id") -> dict:
    found = chosen.narrow(events)
    cursors = {name: cursor(request.GET.get(name, "")) for name in ("after", "before")}
    page = page_of(found, (by,), named="id", descending=True, **cursors)
    counted = found[: MOST_COUNTED + 1].count()
    return {
        "filter": chosen,
        "page": page,
        "rows": presented(page.rows, request.user),
        "count": min(counted, MOST_COUNTED),
        "noun": "条" if counted <= MOST_COUNTED else "条以上",
    }


@require_GET
@never_cache
def trail(request):
    """The auditor's front page: is the chain whole, what happened, who was refused."""
    audits(request)
    people = people_of(request.user)
    chosen = TrailFilter(request.GET)
    events = Event.objects.filter(actor__in=people.values("pk"))
    alarms = presented(reading_rate.alarms_about(people), request.user)
    context = page_context(request, events, chosen) | {"chain": state(), "chart": days_chart(people), "alarms": alarms}
    return render(request, "supervision/trail.html", context)


@require_GET
@never_cache
def child(request, slug):
    found = child_asked_about(request, slug)
    context = page_context(request, about_child(found), TrailFilter(request.GET), by="turn")
    return render(request, "supervision/trail_child.html", context | {"child": found})


@require_GET
@never_cache
def files(request, slug):
    found = child_asked_about(request, slug)
    context = page_context(request, files_with(found), TrailFilter(request.GET, kinds=FILES), by="turn")
    return render(request, "supervision/trail_files.html", context | {"child": found})


@require_GET
@never_cache
def account(request, pk):
    """What an account saw and did: one's own, or any of the audited schools and their bureau."""
    person = get_object_or_404(User, pk=pk)
    if person != request.user and not people_of(request.user).filter(pk=pk).exists():
        raise Http404("没有这个账号")
    events = Event.objects.filter(actor=person.pk)
    context = page_context(request, events, TrailFilter(request.GET, people=False))
    return render(request, "supervision/trail_account.html", context | {"person": person})


@require_POST
@never_cache
def anchor(request, day):
    """The sheet of a day's anchor, for the bureau's seal."""
    audits(request)
    try:
        found = get_object_or_404(Anchor, on=date.fromisoformat(day))
    except ValueError:
        raise Http404("没有这一天") from None
    return sheet_handed_out(request, FORMS["audit_anchor"], anchor_sheet(found, request.user))
