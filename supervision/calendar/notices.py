"""What the pages of the holiday notices show."""

from datetime import date

from django.db.models import QuerySet

from accounts.policies import powers_of
from law import clock
from law.holiday_notice import Unreadable
from law.models import CalendarDay

from ..models import HolidayNotice
from . import holidays


def in_sight(user) -> QuerySet[HolidayNotice]:
    """A notice is the same for everybody who serves anywhere today; nobody else sees who wrote it."""
    notices = HolidayNotice.objects.select_related("proposed_by", "decision__decided_by")
    return notices if powers_of(user).appointments else notices.none()


def notices_page() -> dict:
    """All notices, newest first, and how far the calendar is announced."""
    notices = HolidayNotice.objects.select_related("proposed_by", "decision__decided_by")
    return {"rows": [row_of(notice) for notice in notices], "years": years()}


def row_of(notice: HolidayNotice) -> dict:
    decision = getattr(notice, "decision", None)
    word, tone = (
        ("待核对", "now") if not decision else ("已启用", "done") if decision.confirmed else ("已退回", "refused")
    )
    return {"notice": notice, "decision": decision, "word": word, "tone": tone}


def years() -> list[dict]:
    """Last year, this and the next: announced (every day of it) or 暂估."""
    this = clock.today().year
    days = CalendarDay.objects.filter(confirmed=True, date__range=(date(this - 1, 1, 1), date(this + 1, 12, 31)))
    known: dict[int, int] = {}
    for (year,) in days.values_list("date__year"):
        known[year] = known.get(year, 0) + 1
    length = {year: (date(year + 1, 1, 1) - date(year, 1, 1)).days for year in (this - 1, this, this + 1)}
    return [{"year": year, "confirmed": known.get(year) == days} for year, days in length.items()]


def notice_page(notice: HolidayNotice, user) -> dict:
    """One notice for the person who looks: while it waits, what it would do; afterwards, what it did."""
    decision = getattr(notice, "decision", None)
    return row_of(notice) | {
        "refusal": [],
        "reading": None if decision else _read(notice),
        "kept": [change for change in decision.changes.all() if change.was_workday != change.is_workday]
        if decision
        else [],
        "made_sure": sum(not change.was_confirmed for change in decision.changes.all()) if decision else 0,
        "decides": not decision and _may_decide(notice, user),
        "own": notice.proposed_by_id == user.pk,
    }


def _read(notice: HolidayNotice):
    """It was read when it was sent; should it no longer be, the page says nothing of it and confirming refuses."""
    try:
        return holidays.reading_of(notice.text, notice.year, notice.document)
    except Unreadable:
        return None


def _may_decide(notice: HolidayNotice, user) -> bool:
    powers = powers_of(user)
    return notice.proposed_by_id != user.pk and any(powers.schools(right) for right in holidays.DECIDERS)
