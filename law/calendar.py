"""Filling the county's calendar: announced days come from chinesecalendar, terms from the usual dates until the bureau
publishes its own. Both are only a start; the county corrects them in the admin."""

from datetime import date, timedelta

import chinese_calendar

from .models import CalendarDay, Term

SOURCE = "国务院办公厅放假安排（随系统附带）"


def _announced_days(year: int):
    day = date(year, 1, 1)
    while day.year == year:
        on_holiday, name = chinese_calendar.get_holiday_detail(day)
        yield CalendarDay(date=day, is_workday=not on_holiday, name=name or "", source=SOURCE)
        day += timedelta(days=1)


def fill_calendar(first_year: int, last_year: int) -> list[int]:
    """Write the announced days of the years that have none yet; returns the years nobody has announced."""
    unknown = []
    for year in range(first_year, last_year + 1):
        try:
            days = list(_announced_days(year))
        except NotImplementedError:
            unknown.append(year)
            continue
        CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
    return unknown


def fill_terms(first_year: int, last_year: int) -> None:
    """Usual term dates of each school year, where the bureau has not published its own."""
    Term.objects.bulk_create(
        [
            term
            for year in range(first_year, last_year + 1)
            for term in (
                Term(year=year, number=1, starts=date(year, 9, 1), ends=date(year + 1, 1, 20)),
                Term(year=year, number=2, starts=date(year + 1, 3, 1), ends=date(year + 1, 7, 12)),
            )
        ],
        ignore_conflicts=True,
    )
