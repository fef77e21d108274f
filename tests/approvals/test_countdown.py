"""The statutory clock: what is open is found, chased and closed, and the rows are the same however often it looks."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from approvals.countdown import statements
from approvals.countdown.engine import check_all, standing_on
from approvals.deadlines import EVERY_DESK
from approvals.models import Countdown
from approvals.services import perform
from law import clock
from law.deadline import declared

pytestmark = pytest.mark.django_db


def rows(**which):
    return Countdown.objects.filter(**which)


def check(day=None):
    with clock.at(day or clock.today()):
        tallies = check_all(clock.today())
    assert not [code for code, tally in tallies.items() if "failed" in tally], tallies
    return tallies


def test_every_deadline_can_be_asked(bureau):
    check()
    assert len(declared()) >= 5


def test_a_case_on_a_desk_is_found_reminded_escalated_and_closed(transfer, staff, no2):
    perform(transfer, "submit", by=staff(Role.REGISTRAR, no2))
    check()
    row = rows(about="case", subject=transfer.pk).get()
    assert (row.starts_on, row.due_on, row.school, row.confirmed) == (date(2026, 9, 15), date(2026, 9, 29), no2, True)
    assert row.reminded_on is row.escalated_on is row.closed_on is None
    check(row.due_on)
    row.refresh_from_db()
    assert row.reminded_on == row.due_on - timedelta(days=3) and row.escalated_on is None
    check(row.due_on + timedelta(days=6))
    row.refresh_from_db()
    assert (row.escalated_on, row.reported_on) == (date(2026, 9, 30), date(2026, 10, 5))
    with clock.at(date(2026, 10, 8)):
        perform(transfer, "vouch", by=staff(Role.HEADMASTER, no2))
    check(date(2026, 10, 12))
    row.refresh_from_db()
    assert row.closed_on == date(2026, 10, 8) and row.in_time is False
    assert standing_on(date(2026, 10, 12), [no2.pk])


def test_what_is_said_to_be_the_same_question_every_day_is(bureau, django_assert_num_queries):
    for deadline in (*declared().values(), EVERY_DESK):
        if deadline.same_daily:
            with django_assert_num_queries(0):
                with clock.at(date(2026, 9, 15)):
                    one = statements._written(deadline, clock.today())
                with clock.at(date(2028, 2, 29)):
                    assert statements._written(deadline, clock.today()) == one, deadline.code


def test_a_night_reads_the_numbers_of_the_law_once(bureau):
    with CaptureQueriesContext(connection) as asked:
        check()
    assert len([query for query in asked.captured_queries if '"law_parameter"' in query["sql"]]) == 1
