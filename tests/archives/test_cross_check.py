"""第十条: the registrar holds paper against the system, once a term; both sides of a difference are told."""

import pytest

from approvals.errors import NotYourHand
from archives import cross_checking
from archives.models import CrossCheck
from archives.periods import Period
from tests.archives.specimens import MARKS
from tests.archives.test_entries import kept

AUTUMN = Period(2026, 1)
pytestmark = pytest.mark.django_db


def test_differences_of_both_kinds_are_told(pupil, third, people):
    kept(pupil, "marks", MARKS, people["teacher"])
    differing = cross_checking.record(third, AUTUMN, {pupil.pk: [1, 5]}, by=people["registrar"])
    (row,) = cross_checking.list_of(third, AUTUMN)
    assert differing == 1 and row["electronic"] == [1, 3]
    assert row["differs"] == [("素质报告", False), ("获奖", True)]


def test_agreement(pupil, third, people):
    assert cross_checking.record(third, AUTUMN, {pupil.pk: [1]}, by=people["registrar"]) == 0
    assert not cross_checking.list_of(third, AUTUMN)[0]["differs"]


def test_a_second_check_of_the_term_replaces_the_first_and_the_first_is_remembered(pupil, third, people):
    for paper in ([1, 2], [1]):
        cross_checking.record(third, AUTUMN, {pupil.pk: paper}, by=people["registrar"])
    check = CrossCheck.objects.get()
    assert check.paper == [1]
    assert [event.paper for event in check.events.all()] == [[1]]


@pytest.mark.parametrize("who", ["teacher", "headmaster", "clerk", "stranger"])
def test_only_the_registrar_checks(pupil, third, people, who):
    with pytest.raises(NotYourHand):
        cross_checking.record(third, AUTUMN, {pupil.pk: [1]}, by=people[who])
    assert not CrossCheck.objects.exists()
