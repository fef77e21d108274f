"""Pages of 提醒: one's own reminders, marking them read; and the bureau's weekly sheet."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from students.paging import page_of

from ..models import Reminder
from ..overdue.weekly import weekly_page
from ..reminders.presenting import said
from .overdue import at_bureau, cursor

PAGE = 20


@require_GET
def reminders(request):
    """One's own reminders, the newest first."""
    own = Reminder.objects.filter(user=request.user)
    cursors = {name: cursor(request.GET.get(name, "")) for name in ("after", "before")}
    page = page_of(own, ("on", "id"), named="id", descending=True, size=PAGE, **cursors)
    context = {
        "page": page,
        "rows": [{"reminder": row, "lines": said(row)} for row in page.rows],
        "count": own.count(),
        "any_unread": any(row.read_at is None for row in page.rows),
    }
    return render(request, "supervision/reminders.html", context)


@require_POST
def read(request, pk):
    """Mark one of one's own reminders read."""
    found = get_object_or_404(Reminder, pk=pk, user=request.user)
    Reminder.objects.unread().filter(pk=found.pk).update(read_at=timezone.now())
    return redirect("supervision:reminders")


@require_POST
def read_all(request):
    """Mark all of one's own reminders read."""
    Reminder.objects.unread().filter(user=request.user).update(read_at=timezone.now())
    return redirect("supervision:reminders")


@require_GET
def weekly(request):
    """The bureau's sheet of the week, for the meeting: overdue by school, what falls due next, what was done."""
    if not at_bureau(request):
        raise PermissionDenied("每周督办单由教育局人员查看和打印。")
    return render(request, "supervision/weekly.html", weekly_page(request.user))
