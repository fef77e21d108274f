"""送教上门（第七条）: into a class taught at home and back, by school and bureau, with proof; the record stays."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, RulesBroken
from approvals.services import perform
from students.changes import start_change
from students.classing.ledger import HOME
from students.models import ClassMove, Enrolment, HomeMove, Placement
from tests.changes import decided, drafted, undone
from tests.county import class_of, papers_in_order, seats_of, staff_member
from tests.invariants import broken
from tests.students.specimens_classes import another_class, drafted_class_change, drafted_home_move


@pytest.fixture
def child(no1, child_at):
    return child_at(no1, grade=3)


def class_now(child):
    return Placement.objects.get(enrolment__student=child, ends=None).school_class


def test_from_the_opening_of_the_class_to_the_child_in_it_and_back(no1, child):
    opened = decided(drafted_class_change(no1, act="open", grade=3, class_kind=HOME)).school_class
    life = Enrolment.objects.living().get(student=child)
    case = decided(drafted_home_move(child, to_class=opened))
    assert (class_now(child), seats_of(no1, 3).used) == (opened, 0)
    assert Enrolment.objects.living().get(student=child) == life
    assert [m.code for m in case.materials.order_by("pk")] == ["request", "assessment"]
    assert case.filings.get().act == "送教上门登记（取消登记）" and broken() == []
    back = decided(drafted_home_move(child, to_class=class_of(no1, 3)))
    assert "能够到校" in back.materials.get(code="assessment").label
    assert (class_now(child), seats_of(no1, 3).used) == (class_of(no1, 3), 1) and broken() == []


def test_undone_the_child_sits_where_it_sat(no1, child):
    undone(decided(drafted_home_move(child)))
    assert (class_now(child), seats_of(no1, 3).used) == (class_of(no1, 3), 1) and broken() == []


def test_without_proof_it_is_not_handed_in(no1, child):
    by = staff_member(Role.REGISTRAR, no1)
    case = start_change(HomeMove, child, by=by, to_class=another_class(no1, 3, HOME), reason="重度肢体残疾")
    with pytest.raises(RulesBroken, match="残疾人证"):
        perform(case, "submit", by=by)


def test_the_school_alone_does_not_decide(no1, no3, child, bureau):
    case, by = drafted_home_move(child), staff_member(Role.REGISTRAR, no1)
    papers_in_order(case, by)
    perform(case, "submit", by=by)
    with pytest.raises(NotYourHand):
        perform(case, "vouch", by=staff_member(Role.HEADMASTER, no3))
    case = perform(case, "vouch", by=staff_member(Role.HEADMASTER, no1))
    assert case.state == "bureau"


def test_a_move_between_classes_is_none(no1, child):
    with pytest.raises(RulesBroken, match="都不是.*第七条"):
        drafted_home_move(child, to_class=another_class(no1, 3))
    with pytest.raises(RulesBroken, match="不是调班.*第七条"):
        drafted(ClassMove, child, to_class=another_class(no1, 3, HOME), reason="家长要求")
    with pytest.raises(RulesBroken, match="不能调入"):
        drafted_home_move(child, grade=4)


def test_the_form_offers_the_classes_that_fit(client, no1, child):
    home, other = another_class(no1, 3, HOME), another_class(no1, 4, HOME)
    client.force_login(staff_member(Role.REGISTRAR, no1))
    page = client.get(reverse("students:change_new", args=[child.slug, "home_move"])).content.decode()
    assert f'value="{home.pk}"' in page and f'value="{other.pk}"' not in page
    assert f'value="{class_of(no1, 3).pk}"' not in page
