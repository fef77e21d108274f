"""第三十八条 and the one kind that changes no row of the record: what rests on an extension, and what it rests on."""

from datetime import date

import pytest

from accounts.roles import Role
from approvals.errors import ChildBusy, Refused
from approvals.services import perform
from suspensions.models import Extension, Resumption, Suspension
from suspensions.periods import period_of
from tests.changes import County, again, decided, drafted, undone
from tests.county import LEGAL_DAY, class_of, hand_for
from tests.suspensions.specimens import suspended


@pytest.fixture
def child(bureau, no1, no2, no3, child_at, staff):
    return suspended(County(bureau, no1, no2, no3, child_at, staff))


@pytest.fixture
def extended(child):
    return decided(drafted(Extension, child, until=date(2028, 9, 14), reason_note="仍在治疗"))


def test_a_suspension_is_not_undone_beneath_its_extension(child, extended):
    case = Suspension.objects.get(subjects__child=child)
    with pytest.raises(Refused, match=f"已由{extended.number}延长.*先更正延长的决定"):
        undone(case)
    undone(extended)
    assert period_of(again(child)).until == date(2027, 9, 14)
    assert undone(case).state == "undone" and again(child).status == "enrolled"


def test_an_extension_is_not_undone_once_the_child_is_back(child, extended, no1):
    back = decided(drafted(Resumption, child, back_on=LEGAL_DAY, to_class=class_of(no1, 3)))
    with pytest.raises(Refused, match="已经结束"):
        undone(extended)
    undone(back)
    assert undone(extended).state == "undone"


def test_an_extension_is_not_undone_while_a_change_is_open(child, extended, no1):
    open_one = drafted(Resumption, child, back_on=LEGAL_DAY, to_class=class_of(no1, 3))
    with pytest.raises(ChildBusy):
        undone(extended)
    perform(open_one, "withdraw", by=hand_for(open_one, Role.REGISTRAR, "lead"), opinion="家长改了主意")
    assert undone(extended).state == "undone"
