"""The due days of many rows at once, by one join with the calendar: the same answers as counted by hand."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import DateField, F, Value
from django.db.models.functions import Cast

from approvals.countdown.engine import check_one, standing_on
from approvals.countdown.statements import reading
from approvals.models import Countdown
from law import articles, workdays
from law.deadline import Deadline, Subject, Unit
from law.models import CalendarDay, Parameter
from schools.models import School
from tests.law.test_working_days import TEN_DAYS_LATER

pytestmark = pytest.mark.django_db

# §4.1, by hand over the notice of 2026.
VECTORS = [
    (date(2026, 9, 18), date(2026, 10, 9)),
    (date(2026, 9, 24), date(2026, 10, 15)),
    (date(2026, 9, 30), date(2026, 10, 20)),
    (date(2026, 2, 10), date(2026, 3, 2)),
    (date(2026, 4, 24), date(2026, 5, 12)),
    (date(2026, 6, 12), date(2026, 6, 29)),
    (date(2026, 12, 17), date(2026, 12, 31)),
    (date(2026, 9, 19), date(2026, 10, 9)),
    (date(2026, 10, 1), date(2026, 10, 20)),
]


def started(start, unit, length, **more) -> Deadline:
    """A deadline of every school that began on this day."""

    def found(day):
        return School.objects.annotate(
            subject=F("pk"), school=F("pk"), starts=Cast(Value(start.isoformat()), DateField())
        )

    given = {"article": articles.TEN_WORKDAYS, "title": "试算", "start": "", "remedy": "", "url": ""}
    return Deadline(
        code="try",
        unit=unit,
        length=length,
        subject=Subject.SCHOOL,
        right="make_change",
        found=found,
        **given | more,
    )


def due_of(deadline, day=date(2026, 1, 1)):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(*reading(deadline, max(day, date(2026, 1, 1))))
        return [(row[3], row[4]) for row in cursor.fetchall()]


@pytest.mark.parametrize(("start", "due"), VECTORS)
def test_the_tenth_working_day_of_a_row(no1, start, due):
    assert due_of(started(start, Unit.WORKDAYS, 10), start) == [(due, True)]


@pytest.mark.parametrize(("start", "due"), TEN_DAYS_LATER)
def test_statement_and_step_by_step_agree(no1, start, due):
    assert due_of(started(start, Unit.WORKDAYS, 10), start) == [(workdays.add(start, 10).day, True)]


def test_a_year_nobody_has_announced_is_guessed_and_says_so(no1):
    """18 December 2026 + 10: 2027 by Monday to Friday, New Year's Day counted as worked."""
    assert due_of(started(date(2026, 12, 18), Unit.WORKDAYS, 10), date(2026, 12, 18)) == [(date(2027, 1, 1), False)]


def announce_2027():
    """A notice of 2027 as the fixture has it: New Year 1–3 January, 26 December (Saturday) is not moved."""
    day = date(2027, 1, 1)
    rows = []
    while day.year == 2027:
        rest = day in (date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)) or day.weekday() >= 5
        rows.append(
            CalendarDay(date=day, is_workday=not rest, name="元旦" if day.day <= 3 == day.month else "", source="测试")
        )
        day = date.fromordinal(day.toordinal() + 1)
    CalendarDay.objects.bulk_create(rows)


def test_once_the_year_is_announced_the_open_row_has_its_true_day(no1):
    deadline = started(date(2026, 12, 18), Unit.WORKDAYS, 10)
    check_one(deadline, date(2026, 12, 21))
    row = Countdown.objects.get(deadline="try")
    assert (row.due_on, row.confirmed) == (date(2027, 1, 1), False)
    announce_2027()
    tally = check_one(deadline, date(2026, 12, 22))
    row.refresh_from_db()
    assert (tally.opened, tally.moved) == (0, 1)
    assert (row.due_on, row.confirmed) == (date(2027, 1, 4), True)


@pytest.mark.parametrize(
    ("start", "unit", "length", "due"),
    [
        # one month after 1 September is National Day: the first working day after the holiday (edge case 69)
        (date(2026, 9, 1), Unit.MONTHS, 1, date(2026, 10, 8)),
        # the day of the same number, or the last of the month (民法典第二百零二条)
        (date(2026, 1, 31), Unit.MONTHS, 1, date(2026, 2, 28)),
        (date(2026, 3, 31), Unit.MONTHS, 1, date(2026, 4, 30)),
        (date(2028, 1, 31), Unit.MONTHS, 1, date(2028, 2, 29)),
        # 20 days of grade seven end on a Monday; from 31 August on a worked Sunday
        (date(2026, 9, 1), Unit.DAYS, 20, date(2026, 9, 21)),
        (date(2026, 8, 31), Unit.DAYS, 20, date(2026, 9, 20)),
        # ten days that end on Saturday 12 September run to Monday
        (date(2026, 9, 2), Unit.DAYS, 10, date(2026, 9, 14)),
        # four weeks of absence: 1 September is the first day, the holidays of 25–27 September are not counted
        (date(2026, 9, 1), Unit.ABSENCE, 28, date(2026, 10, 8)),
        (date(2026, 9, 1), Unit.ABSENCE, 24, date(2026, 9, 24)),
        (date(2026, 9, 1), Unit.ABSENCE, 25, date(2026, 9, 28)),
    ],
)
def test_months_days_and_days_of_absence(no1, start, unit, length, due):
    # 28 February 2026 is a worked Saturday
    assert [day for day, _ in due_of(started(start, unit, length), start)] == [due]


def test_a_period_keeps_the_number_of_the_day_it_began(no1):
    code = "approval.stage_workdays"
    Parameter.objects.create(code=code, value=5, starts=date(2026, 9, 16), level="县", document="建教发〔2026〕9号")
    before, after = started(date(2026, 9, 15), Unit.WORKDAYS, code), started(date(2026, 9, 16), Unit.WORKDAYS, code)
    assert due_of(before, date(2026, 9, 16)) == [(date(2026, 9, 29), True)]
    assert due_of(after, date(2026, 9, 16)) == [(date(2026, 9, 22), True)]


def test_nothing_began_yet(no1):
    assert due_of(started(date(2026, 9, 16), Unit.DAYS, 10), date(2026, 9, 15)) == []
    assert standing_on(date(2026, 9, 15), only="case.school_desk") == []


def answer(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue().strip()


@pytest.mark.parametrize(("start", "due"), VECTORS)
def test_the_command_answers(start, due):
    assert answer("workday", f"{start}", "+10") == f"{due}\t已确认"


def test_the_command_says_what_is_guessed():
    assert answer("workday", "2026-12-18", "+10") == "2027-01-01\t暂估"
    assert json.loads(answer("workday", "2026-12-18", "+10", json=True))["confirmed"] is False


@pytest.mark.parametrize(
    ("start", "count"), [("2026-9", "+10"), ("明天", "+10"), ("2026-09-15", "十"), ("2026-09-15", "+0")]
)
def test_the_command_refuses_rubbish(start, count):
    with pytest.raises(CommandError, match="应"):
        answer("workday", start, count)
