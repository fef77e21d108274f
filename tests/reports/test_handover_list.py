"""移交清单 (第十一条第二款): every child by class with masked numbers, before the decision and after it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.roles import Role
from students.models import Enrolment
from suspensions.models import Suspension
from tests.changes import decided, drafted
from tests.county import LEGAL_DAY, hand_for, papers_in_order, staff_member
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of
from transfers.closing_services import start_closing

ILL = {"ground_note": "骨折", "until": date(2027, 6, 30)}


@pytest.fixture
def case(no1, no2, child_at):
    for name, grade in [("王𬭼", 3), ("样例乙", 3), ("样例丙", 5)]:
        child_at(no1, grade=grade, name=name)
    decided(drafted(Suspension, child_at(no1, grade=4, name="样例丁"), **ILL))
    decided(drafted(Suspension, child_at(no1, grade=2, name="样例戊"), **ILL), until="submit")
    clerk = staff_member(Role.BUREAU_CLERK, no1.bureau)
    given = {"manner": "merged", "document": "建政发〔2026〕12号", "closes_on": LEGAL_DAY}
    case = start_closing(no1, by=clerk, receiving=no2, **given)
    papers_in_order(case, clerk)
    return case


def by_clerk(case):
    return hand_for(case, Role.BUREAU_CLERK, "bureau")


def test_before_and_after_the_decision_it_names_the_same_children(printed, case):
    before = text_of(printed("handover_list", case, by=by_clerk(case)).pdf)
    after = printed("handover_list", decided(case), by=by_clerk(case))
    keep("handover_list-filled", after.pdf)
    for text in (before, text_of(after.pdf)):
        for words in ("王𬭼", "样例丙", "样例丁", "三年级1班（2名）", "休学", "5名", "移交人", "接收人", "监交人"):
            assert words in text.replace(" ", ""), words
        assert "不在班级（休学、辍学、出境等）（1名）" in text.replace(" ", "").replace("\n", "")
    assert after.record.child is None, "the paper is of no single child"
    for number in Enrolment.objects.get(school=case.receiving, student__name="王𬭼").student.numbers.all():
        assert number.plain() not in text_of(after.pdf), "numbers stay masked"


def test_the_receiving_school_prints_it_and_a_stranger_does_not(printed, case, no2, no3):
    case = decided(case)
    assert printed("handover_list", case, by=staff_member(Role.REGISTRAR, no2)).pdf
    with pytest.raises(PermissionDenied):
        printed("handover_list", case, by=staff_member(Role.REGISTRAR, no3))


def test_the_blank_list(printed, case):
    result = printed("handover_list", by=by_clerk(case))
    keep("handover_list-blank", result.pdf)
    assert pages_of(result.pdf) == 1
