"""Random lives against a small model. `bin/test tests/lives --lives 5000 --hypothesis-seed=7` plays a longer run."""

from datetime import date
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.roles import Role
from approvals import services
from schools.models import School
from students import journal, places
from students.models import Student
from students.problems import merging
from tests.county import make_school, staff_member
from tests.students.specimens_problems import without_id

from . import machine
from .small_model import EFFECTS
from .years import BEGINNINGS

DEFAULT = 300
# So many lives reach nearly every kind of change; a shorter run, asked for by hand, need not.
ENOUGH, FEW = 200, 3
KINDS = {*EFFECTS, "transfer", "merge", "inclusion stays", "inclusion follows", "a year passes"}
KINDS |= {"undo of a decision", "revert of a decision", "overtaken by a death"}
KINDS |= {"merge with a problem", "merge without a problem", "a problem put right"}
KINDS |= {"undo of a merge", "undo of a correction", "undo of a inclusion"}


class SmallCounty:
    """Three schools and a special one with their people, a few children of one grade; the last has no ID number.

    It is as old as the first to the day: the number of that one agrees with it, every other makes a 问题学籍 of it.
    """

    def __init__(self, bureau, child_at):
        self.schools = [make_school(bureau, number, f"第{number}小学") for number in (31, 32, 33)]
        self.schools.append(make_school(bureau, 34, "特殊教育学校", School.Kind.SPECIAL))
        self.people_of_it(bureau)
        names = ("样例甲", "样例乙", "样例丙", "样例丁")
        children = [child_at(self.schools[n % 2], grade=3, name=name) for n, name in enumerate(names)]
        self.children = [child.pk for child in children]
        without_id(children[-1])
        Student.objects.filter(pk=children[-1].pk).update(birth_date=children[0].birth_date)

    def people_of_it(self, bureau):
        """Everybody is in office before the first life, so that no life appoints them anew."""
        for role in (Role.BUREAU_CLERK, Role.BUREAU_CHECKER, Role.BUREAU_LEADER):
            staff_member(role, bureau)
        for school in self.schools:
            for role in (Role.REGISTRAR, Role.HEADMASTER):
                staff_member(role, school)


@pytest.fixture
def county(bureau, child_at):
    machine.Lives.county = SmallCounty(bureau, child_at)
    machine.Lives.seen.clear()


@pytest.fixture
def lives(county):
    """Play `count` random lives of `steps` acts each."""

    def play(count, steps=50, phases=tuple(Phase)):
        run_state_machine_as_test(
            machine.Lives,
            settings=settings(
                max_examples=count,
                phases=phases,
                stateful_step_count=steps,
                deadline=None,
                # The suite's own run is the same every time; a run of another length is a new one, seeded by hand.
                derandomize=count == DEFAULT,
                database=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )

    return play


def written_life(past: tuple[str, ...], day: date, absorbed: int | None) -> None:
    """One life that no chance decides: perhaps two records made one, then its past and forty days."""
    life, before = machine.Lives(), [()] * machine.CHILDREN
    before[0 if absorbed is None else -1] = past
    try:
        life.lives_so_far(before=before, beginning=day, absorbed=absorbed)
        judge(life)
        life.days_pass(40)
        judge(life)
    finally:
        life.teardown()


def judge(life) -> None:
    life.the_record_is_as_the_model_says()
    life.every_invariant_holds()
    life.what_was_acknowledged_is_there_once()


def test_every_kind_of_change_is_lived(county):
    """What chance may leave out of a run happens here, on an odd and an even day, with and without a merge before."""
    for past, day, absorbed in product(machine.BEFORE, set(BEGINNINGS), (None, 0, 1)):
        written_life(past, day, absorbed)
    missing = KINDS - set(machine.Lives.seen)
    assert not missing, f"never happened: {missing}"


def test_random_lives_keep_the_record_right(lives, request):
    count = request.config.getoption("--lives")
    lives(count)
    if count < ENOUGH:
        return
    assert machine.Lives.seen["signed"] > 10 * count
    missing = KINDS - set(machine.Lives.seen)
    assert len(missing) <= FEW, f"never happened: {missing}"


def test_a_forgotten_seat_is_found(lives, monkeypatch):
    monkeypatch.setattr(places.seats, "vacate", lambda rows, count=1: None)
    with pytest.raises(AssertionError, match="I2"):
        lives(60, phases=[Phase.generate])


def test_a_skipped_subject_is_found(lives, monkeypatch):
    monkeypatch.setattr(services, "name_subjects", lambda case, children, *, blocking: None)
    with pytest.raises((AssertionError, AttributeError)):
        lives(60, phases=[Phase.generate])


def test_a_number_left_with_the_ended_record_is_found(lives, monkeypatch):
    monkeypatch.setattr(merging, "_hand_over_numbers", lambda gone, kept, today: None)
    with pytest.raises(AssertionError, match="still holds a number"):
        lives(120, phases=[Phase.generate])


def test_a_correction_that_forgets_is_found(lives, monkeypatch):
    monkeypatch.setattr(journal, "_undo_changed", lambda table, changed: None)
    with pytest.raises(AssertionError):
        lives(120, phases=[Phase.generate])
