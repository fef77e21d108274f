"""Choosing the day to look from, and coming back to today."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.policies import powers_of

from ..as_of import FARTHEST, KEY


@require_POST
def as_of(request):
    """Look from another day; without a day, come back to today."""
    if not powers_of(request.user).schools("view_school"):
        raise PermissionDenied("按某日查看由学校管理人员和教育局人员使用。")
    said = request.POST.get("day", "").strip()
    request.session.pop(KEY, None)
    if not said:
        return redirect("supervision:board")
    day = day_from(said)
    if day is None or abs(day - request.legal_day) > FARTHEST:
        messages.error(request, f"日期“{said[:20]}”不能查看。请选择今天前后三年以内的一天，如 2026-10-12。")
    elif day != request.legal_day:
        request.session[KEY] = day.isoformat()
    return redirect("supervision:board")


def day_from(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
