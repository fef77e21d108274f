"""入学通知书: numbered, valid until a day, with a strip for the school's answer; never before the leader has signed."""

import pytest

from accounts.roles import Role
from approvals.services import perform
from reports.errors import NotPrintable
from schools.models import Division
from tests.county import hand_for
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of
from tests.transfers.placing import PLACED
from transfers.placements import start_placement


@pytest.fixture
def draft(no1, bureau, staff):
    lives_in = Division.objects.get(code="211322101")
    return start_placement(no1, by=staff(Role.BUREAU_CLERK, bureau), **PLACED, residence_division=lives_in)


@pytest.fixture
def issued(draft):
    case = draft
    for action, role in (
        ("submit", Role.BUREAU_CLERK),
        ("pass_on", Role.BUREAU_CHECKER),
        ("approve", Role.BUREAU_LEADER),
    ):
        case = perform(case, action, by=hand_for(case, role, "bureau"))
    return case


def test_the_notice_says_who_goes_where_until_when(printed, issued):
    made = printed("admission_notice", issued)
    keep("admission_notice", made.pdf)
    text = text_of(made.pdf)
    leader = hand_for(issued, Role.BUREAU_LEADER, "bureau").name
    for said in ("建教入字〔2026〕1号", "样例外", "建平县第一小学", "三年级", "县外转入", "2026年9月15日", leader):
        assert said in text, said
    for strip in ("回　执", "存　根", "骑缝盖章"):
        assert text.count(strip) == 1
    assert text.count("建教入字〔2026〕1号") == text.count("样例外") == 3, "on the notice and on both strips"
    assert pages_of(made.pdf) == 1 and made.record.child is None


def test_the_blank_one_is_one_page_too(printed, staff, bureau, no1):
    pdf = printed("admission_notice", by=staff(Role.BUREAU_CLERK, bureau)).pdf
    keep("admission_notice-blank", pdf)
    assert pages_of(pdf) == 1 and "入学通知书" in text_of(pdf)


def test_before_the_leader_signs_there_is_no_notice(printed, draft):
    with pytest.raises(NotPrintable):
        printed("admission_notice", draft)


def test_no_other_form_is_printed_of_it(printed, issued):
    with pytest.raises(NotPrintable):
        printed("one_time_notice", issued)
