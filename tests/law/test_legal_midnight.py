"""Every window opens and closes at midnight in Shanghai, to the second, while the server's own clock is UTC."""

import os
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from law import clock
from law.deadline import Deadline, Unit
from law.models import Window
from law.parameters import Parameters
from students import freeze
from students.year.calendar import graduation_days, turn_of
from tests.law.test_workdays_by_statement import due_of, started
from tests.transfers.test_rules import DIRECT, NATION, OTHER_TOWN, TOWN, broken

SECOND = timedelta(seconds=1)


@pytest.fixture
def server_in_utc(settings, monkeypatch):
    """A server whose own clock is UTC, and a function that sets it to a moment of Shanghai."""
    settings.LEGAL_DATE = None
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()

    @contextmanager
    def at(year, month, day, *, before=False):
        """Midnight at which this day begins in Shanghai, or the second before."""
        moment = datetime(year, month, day, tzinfo=UTC) - timedelta(hours=8) - (SECOND if before else 0 * SECOND)
        with monkeypatch.context() as patched, clock.at(None):
            patched.setattr(timezone, "now", lambda: moment)
            yield clock.today()

    yield at
    os.environ.pop("TZ", None)
    time.tzset()


def verdict(code, day, **more) -> bool:
    """Whether the rule is kept on this legal day."""
    return code not in broken(on=day, params=Parameters(day), **more)


# rule, the move, the first day on which the answer is another, the answer before and from then on
EDGES = [
    ("inside_window", {}, (2026, 9, 1), False, True),
    ("inside_window", {}, (2026, 10, 1), True, False),
    ("inside_window", {}, (2027, 3, 1), False, True),
    ("inside_window", {}, (2027, 4, 1), True, False),
    ("outside_national_stop", {}, (2026, 7, 15), True, False),
    ("outside_national_stop", {}, (2026, 8, 15), False, True),
    ("grade_nine_in_county", {"grade": 9}, (2026, 10, 1), True, False),
    ("grade_nine_in_county", {"grade": 9}, (2027, 9, 1), False, True),
    ("grade_nine_outward", {"grade": 9, "target": NATION}, (2026, 10, 1), True, False),
    ("newcomer_stays_in_county", {"grade": 7, "origin": DIRECT}, (2027, 3, 1), False, True),
    ("newcomer_outward", {"grade": 7, "origin": DIRECT, "target": NATION}, (2027, 3, 1), False, True),
    ("into_county_direct_grade_seven", {"grade": 7, "origin": TOWN, "target": DIRECT}, (2027, 3, 1), False, True),
]


@pytest.mark.parametrize(("code", "move", "day", "before", "then"), EDGES)
def test_a_window_turns_at_midnight_in_shanghai(server_in_utc, code, move, day, before, then):
    move = {"origin": TOWN, "target": OTHER_TOWN} | move
    with server_in_utc(*day, before=True) as last:
        assert last == date(*day) - timedelta(days=1)
        assert verdict(code, last, **move) is before
    with server_in_utc(*day) as first:
        assert first == date(*day)
        assert verdict(code, first, **move) is then


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "before", "then"), [((2027, 4, 15), False, True), ((2027, 7, 21), True, False)], ids=["begins", "ends"]
)
def test_the_freeze_turns_at_midnight(server_in_utc, day, before, then):
    Window.objects.create(
        kind=Window.Kind.EXAM_FREEZE, starts=date(2027, 4, 15), ends=date(2027, 7, 20), document="通知"
    )
    with server_in_utc(*day, before=True) as last:
        assert bool(freeze.running_on(last, freeze.windows_from(last))) is before
    with server_in_utc(*day) as first:
        assert bool(freeze.running_on(first, freeze.windows_from(first))) is then


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "inside"), [((2027, 6, 1), True), ((2027, 7, 31), False)], ids=["begins", "ends"])
def test_the_span_of_graduating_turns_at_midnight(server_in_utc, day, inside):
    first, last = graduation_days(2026)
    with server_in_utc(*day, before=True) as eve:
        assert (first <= eve <= last) is not inside
    with server_in_utc(*day) as morning:
        assert (first <= morning <= last) is inside
    assert turn_of(2026) == date(2027, 9, 1)


# a start, how long, the last day: in time at its last second, overdue one second later
TERMS = [
    (started(date(2026, 9, 24), Unit.WORKDAYS, 10), date(2026, 10, 15)),
    (started(date(2026, 9, 1), Unit.MONTHS, 1), date(2026, 10, 8)),
    (started(date(2026, 9, 1), Unit.DAYS, 20), date(2026, 9, 21)),
    (started(date(2026, 9, 1), Unit.ABSENCE, 28), date(2026, 10, 8)),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("deadline", "due"), TERMS)
def test_a_deadline_is_over_a_second_after_its_last_day(server_in_utc, no1, deadline: Deadline, due):
    over = due + timedelta(days=1)
    with server_in_utc(over.year, over.month, over.day, before=True) as last:
        assert [(day, day < last) for day, _ in due_of(deadline, last)] == [(due, False)]
    with server_in_utc(over.year, over.month, over.day) as late:
        assert [(day, day < late) for day, _ in due_of(deadline, late)] == [(due, True)]
