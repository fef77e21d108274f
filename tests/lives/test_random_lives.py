"""Random lives against a small model. `bin/test tests/lives --lives 5000 --hypothesis-seed=7` plays a longer run."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from approvals.models import CaseSubject
from students import journal, places
from tests.county import make_school

from . import machine
from .small_model import EFFECTS

DEFAULT = 300
# So many lives reach every kind of change; a shorter run, asked for by hand, need not.
ENOUGH = 200


class SmallCounty:
    """Three schools with their people, five children of one grade, and just enough seats to be short of them."""

    def __init__(self, bureau, child_at):
        self.schools = [make_school(bureau, number, f"第{number}小学") for number in (31, 32, 33)]
        self.children = [child_at(self.schools[n % 2], grade=3, name=f"样例{n}").pk for n in range(machine.CHILDREN)]


@pytest.fixture
def lives(bureau, child_at, request):
    """Play `count` random lives of `steps` acts each."""

    def play(count, steps=50, phases=tuple(Phase)):
        machine.Lives.county = SmallCounty(bureau, child_at)
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


def test_random_lives_keep_the_record_right(lives, request):
    machine.Lives.seen.clear()
    count = request.config.getoption("--lives")
    lives(count)
    if count < ENOUGH:
        return
    expected = {*EFFECTS, "transfer", "undo of a decision", "revert of a decision", "overtaken by a death"}
    assert expected <= set(machine.Lives.seen), f"never happened: {expected - set(machine.Lives.seen)}"


def test_a_forgotten_seat_is_found(lives, monkeypatch):
    monkeypatch.setattr(places.seats, "vacate", lambda rows, count=1: None)
    with pytest.raises(AssertionError, match="I2"):
        lives(60, phases=[Phase.generate])


def test_a_skipped_subject_is_found(lives, monkeypatch):
    monkeypatch.setattr(CaseSubject.objects, "bulk_create", lambda rows, **_: [])
    with pytest.raises((AssertionError, AttributeError)):
        lives(60, phases=[Phase.generate])


def test_a_correction_that_forgets_is_found(lives, monkeypatch):
    monkeypatch.setattr(journal, "_undo_changed", lambda entry: None)
    with pytest.raises(AssertionError):
        lives(120, phases=[Phase.generate])
