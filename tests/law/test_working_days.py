"""Ten working days over the announced holidays of 2026, counted by hand from the State Council's notice."""

from datetime import date

import pytest

from law import workdays

pytestmark = pytest.mark.django_db

TEN_DAYS_LATER = [
    # over Mid-Autumn and National Day, with make-up working days before and after
    (date(2026, 9, 18), date(2026, 10, 9)),
    (date(2026, 9, 24), date(2026, 10, 15)),
    (date(2026, 9, 30), date(2026, 10, 20)),
    # over Spring Festival, Labour Day, Dragon Boat; up to the last announced day
    (date(2026, 2, 10), date(2026, 3, 2)),
    (date(2026, 4, 24), date(2026, 5, 12)),
    (date(2026, 6, 12), date(2026, 6, 29)),
    (date(2026, 12, 17), date(2026, 12, 31)),
    # begun on a day of rest
    (date(2026, 9, 19), date(2026, 10, 9)),
    (date(2026, 10, 1), date(2026, 10, 20)),
]


@pytest.mark.parametrize(("start", "due"), TEN_DAYS_LATER)
def test_the_tenth_working_day(start, due):
    assert workdays.add(start, 10) == workdays.Due(due, confirmed=True)


def test_beyond_the_announced_year_the_day_is_an_estimate():
    due = workdays.add(date(2026, 12, 18), 10)
    assert due.day.year == 2027
    assert not due.confirmed


@pytest.mark.parametrize(("start", "due"), TEN_DAYS_LATER)
def test_what_remains_agrees_with_what_was_added(start, due):
    assert workdays.remaining(due, start) == 10
    assert workdays.remaining(due, due) == 0
    assert workdays.remaining(start, due) == -10
