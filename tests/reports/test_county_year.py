"""One school year of a seeded county, from the results of grade nine to the signed board, by the county's people."""

from datetime import date

import pytest

from approvals.errors import Refused
from law import clock
from reports.balance.spells import Span
from reports.balance.table import balances_of
from reports.seeding import SEED_YEAR, county
from reports.seeding.year import Office, graduate, play, promote, sign_pairs, take_over
from schools.models import School
from students.models import Enrolment, Placement, Student
from suspensions.leavers_board.board import blanks, board
from tests import invariants

pytestmark = pytest.mark.django_db
CHILDREN, SCHOOLS = 300, 10


@pytest.fixture
def lived():
    """(bureau, what was counted) of a county whose year has turned."""
    county.seed_size(CHILDREN, SCHOOLS)
    bureau = School.objects.select_related("bureau").first().bureau
    return bureau, play(bureau, SEED_YEAR, say=lambda words: None)


def sitting_on(day) -> int:
    rows = Placement.objects.filter(starts__lte=day, enrolment__voided=False)
    return rows.filter(ends=None).count()


def test_the_year_turns_and_the_counts_agree(lived):
    bureau, counted = lived
    schools = tuple(School.objects.filter(bureau=bureau).values_list("pk", flat=True))
    with clock.at(date(SEED_YEAR + 1, 9, 30)):
        whole = balances_of(Span(schools, date(SEED_YEAR, 9, 15), date(SEED_YEAR + 1, 9, 30)))
        for balance in whole:
            assert balance.balances and balance.difference == 0, [row.label for row in balance.faults]
            assert balance.opening.total == CHILDREN
        by_school = [balances_of(Span((pk,), date(SEED_YEAR, 9, 15), date(SEED_YEAR + 1, 9, 30))) for pk in schools]
        assert all(balance.balances for balances in by_school for balance in balances)
        records, chairs = whole
        assert sum(each[0].closing.total for each in by_school) == records.closing.total
        assert chairs.closing.total == sitting_on(date(SEED_YEAR + 1, 9, 30))
        assert records.closing.total == Enrolment.objects.living().count()
        assert counted["新生注册"] + counted["升级"] + counted["七年级入学"] == chairs.closing.total
        assert counted["综合考核"] == Student.objects.filter(status__in=["graduated", "completed"]).count()
        assert len(board(SEED_YEAR + 1)) == counted["七年级入学"] and not blanks(SEED_YEAR + 1)
        assert not invariants.broken()


def test_a_second_run_of_each_changes_nothing(lived):
    bureau, _ = lived
    schools = list(School.objects.filter(bureau=bureau).select_related("bureau"))
    before = Placement.objects.count(), Enrolment.objects.count(), Student.objects.count()
    with clock.at(date(SEED_YEAR + 1, 9, 26)):
        office = Office.of_today()
        for step in (graduate, promote, sign_pairs):
            with pytest.raises(Refused):
                step(bureau, schools, SEED_YEAR, office)
        assert take_over(bureau, schools, SEED_YEAR, office) == 0
    assert (Placement.objects.count(), Enrolment.objects.count(), Student.objects.count()) == before
