"""第七条: two records of one child become one, exactly reversible, and one winner among rivals."""

from datetime import date

import pytest

from accounts.roles import Role
from approvals.errors import ChildBusy, RulesBroken
from law import clock
from students.changes import start_change
from students.journal import snapshot
from students.models import Enrolment, Merge, Problem, Proof
from students.search import by_number
from suspensions.models import Suspension
from tests.changes import again, decided, undone
from tests.county import LEGAL_DAY
from tests.crowd import crowd
from tests.students.specimens_problems import TOLD, drafted_merge, found_pair


@pytest.fixture
def pair(child_at, no1, no2):
    return found_pair(child_at, no1, no2)[:2]


def test_the_survivor_is_found_by_both_records_numbers(pair, client, staff, bureau):
    """edge case 24."""
    gone, kept = pair
    number = gone.id_number.plain()
    decided(drafted_merge(kept, gone))
    assert (again(gone).status, again(gone).merged_into_id, again(kept).problem) == ("merged", kept.pk, "")
    assert list(by_number(number)) == [kept] and again(kept).id_number.plain() == number
    assert not Enrolment.objects.living().filter(student=gone).exists()
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    assert kept.slug in client.get(gone.get_absolute_url()).content.decode()
    assert gone.slug in client.get(kept.get_absolute_url()).content.decode()


def test_a_correction_restores_both_records_exactly(pair):
    gone, kept = pair
    before = snapshot([gone.pk, kept.pk])
    case = undone(decided(drafted_merge(kept, gone)))
    after = snapshot([gone.pk, kept.pk])
    assert case.state == "undone" and {key: after[key] for key in before} == before
    assert again(kept).problem == "疑似重复建籍"


def test_two_living_records_need_the_school_that_is_attended(pair, no1):
    gone, kept = pair
    for attends in (None, no1):
        with pytest.raises(RulesBroken):
            drafted_merge(kept, gone, attends=attends)


def test_without_a_common_number_papers_must_show_it(pair):
    gone, kept = pair
    with pytest.raises(RulesBroken):
        drafted_merge(kept, gone, shown_by="number")


def test_while_a_merge_is_open_neither_is_changed(pair, staff, no1):
    gone, kept = pair
    drafted_merge(kept, gone)
    problem = Problem.objects.get()
    with pytest.raises((ChildBusy, RulesBroken)):
        start_change(Proof, gone, by=staff(Role.REGISTRAR, no1), problem=problem, **TOLD)


def on_the_day(act):
    def run():
        with clock.at(LEGAL_DAY):
            act()

    return run


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_merge_or_suspend_one_wins(pair, staff, bureau, no1):
    gone, kept = pair
    clerk, registrar = staff(Role.BUREAU_CLERK, bureau), staff(Role.REGISTRAR, no1)
    Problem.objects.all().delete()
    type(gone).objects.update(problem="")
    given = {"kept": kept, "gone": gone, "attends": kept.school, **TOLD}
    ill = {"ground_note": "肺炎", "starts_on": LEGAL_DAY, "until": date(2027, 9, 14)}
    merge = on_the_day(lambda: start_change(Merge, kept, by=clerk, **given))
    suspend = on_the_day(lambda: start_change(Suspension, gone, by=registrar, **ill))
    outcome = crowd([merge, suspend] * 10)
    assert outcome["done"] == 1 and outcome["ChildBusy"] + outcome["RulesBroken"] == 19, outcome
