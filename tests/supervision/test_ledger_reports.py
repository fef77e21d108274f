"""学校一月一报告、县一季度一复核: asked for when a month is over, zero or not, and closed on the day they are made."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from accounts.roles import Role
from approvals.countdown.engine import check_all, standing_on
from approvals.errors import NotYourHand, Refused
from approvals.models import Countdown
from law import clock
from supervision.ledger_reports import month_ends, report_month, review_quarter
from supervision.models import LedgerReport
from suspensions.models import Dropout
from tests.changes import drafted
from tests.suspensions.dropout_specimens import GIVEN, visited

pytestmark = pytest.mark.django_db

SEPTEMBER, QUARTER = date(2026, 9, 30), date(2026, 9, 30)


@pytest.fixture
def county(no1, no2, child_at):
    """Two schools, and a child of the first whose absence is being followed up."""
    drafted(Dropout, visited(child_at(no1, grade=3)), **GIVEN)
    return no1


def reports_on(day, rule="dropout.month_report"):
    return [(each.subject, f"{each.starts}", f"{each.due}") for each in standing_on(day, only=rule)]


def test_every_school_owes_the_month_that_is_over(county, no1, no2):
    assert reports_on(date(2026, 9, 30)) == []
    # Ten days after 30 September: Saturday 10 October is worked.
    assert reports_on(date(2026, 10, 1)) == [(s.pk, "2026-09-30", "2026-10-10") for s in (no1, no2)]


def test_a_month_without_lessons_is_not_reported(county):
    with clock.at(date(2027, 3, 2)):
        ends = [f"{end}" for end in month_ends(clock.today())]
    assert ends == ["2027-01-31", "2026-12-31", "2026-11-30", "2026-10-31", "2026-09-30"]


def test_a_report_closes_its_month_on_the_day_it_was_made(county, no1, staff):
    check_all(date(2026, 10, 9))
    with clock.at(date(2026, 10, 9)):
        made = report_month(no1, SEPTEMBER, by=staff(Role.REGISTRAR, no1))
    assert made.figures["opened"] == 1 and made.figures["visits"] == 3
    check_all(date(2026, 10, 13))
    rows = Countdown.objects.filter(deadline="dropout.month_report")
    assert rows.get(school=no1).closed_on == date(2026, 10, 9)
    late = rows.exclude(school=no1).get()
    assert (late.closed_on, late.escalated_on) == (None, date(2026, 10, 11))


def test_the_bureau_reviews_the_quarter(county, bureau, staff):
    day = date(2026, 10, 8)
    assert reports_on(day, "dropout.quarter_review") == [(bureau.pk, "2026-09-30", "2026-10-10")]
    check_all(day)
    assert Countdown.objects.get(deadline="dropout.quarter_review").bureau == bureau
    with clock.at(day):
        review_quarter(bureau, QUARTER, by=staff(Role.BUREAU_CLERK, bureau))
    assert reports_on(day, "dropout.quarter_review") == []


def test_nobody_else_reports_and_nobody_twice_or_early(county, no1, no2, bureau, staff):
    registrar = staff(Role.REGISTRAR, no1)
    with pytest.raises(Refused, match="已经结束"):
        report_month(no1, SEPTEMBER, by=registrar)
    with clock.at(date(2026, 10, 8)):
        for stranger in (staff(Role.REGISTRAR, no2), staff(Role.HEADMASTER, no1)):
            with pytest.raises(NotYourHand):
                report_month(no1, SEPTEMBER, by=stranger)
        with pytest.raises(NotYourHand):
            review_quarter(bureau, QUARTER, by=registrar)
        report_month(no1, SEPTEMBER, by=registrar)
        with pytest.raises(Refused, match="不能重复"):
            report_month(no1, SEPTEMBER, by=registrar)


def test_a_report_stays_as_it_was_made(county, no1, staff):
    with clock.at(date(2026, 10, 8)):
        made = report_month(no1, SEPTEMBER, by=staff(Role.REGISTRAR, no1))
    for act in (made.delete, lambda: LedgerReport.objects.update(note="改")):
        with pytest.raises(DatabaseError, match="insert-only|permission denied"), transaction.atomic():
            act()
