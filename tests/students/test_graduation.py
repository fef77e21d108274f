"""第十五、十一、三十二条：毕业——谁能毕业，谁被列出来，毕业以后记录变成什么，怎样退回."""

from datetime import date

import pytest

from accounts.roles import Role
from approvals.services import perform
from law import clock
from schools.models import School
from students.models import Enrolment, Placement
from students.year.services import start_graduation
from tests import invariants
from tests.changes import again, undone
from tests.county import LEGAL_DAY, make_school, staff_member

JULY = date(2027, 7, 5)


def graduated(school, grade=6, *, on=JULY):
    """Made by the registrar, signed by the headmaster."""
    with clock.at(on):
        case = start_graduation(school, grade, by=staff_member(Role.REGISTRAR, school))
        case = perform(case, "submit", by=staff_member(Role.REGISTRAR, school))
        return perform(case, "approve", by=staff_member(Role.HEADMASTER, school))


def test_grade_six_waits_for_its_junior_school(no1, child_at):
    children = [child_at(no1, grade=6) for _ in range(3)]
    stays = child_at(no1, grade=5)
    case = graduated(no1)
    assert case.state == "done"
    for child in children:
        assert again(child).status == "leaver"
        assert Enrolment.objects.living().get(student=child).school == no1, "until a junior school takes it over"
        assert not Placement.objects.filter(enrolment__student=child, ends=None).exists()
    assert again(stays).status == "enrolled"
    assert case.steps.get(action="approve").particulars == {"leaver": "3"}
    assert invariants.broken() == []
