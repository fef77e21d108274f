"""Papers of a complaint: what the complainant takes home, what the school gets, who may print which."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.roles import Role
from reports.errors import NotPrintable
from tests.reports.conftest import keep
from tests.reports.texts import text_of
from tests.supervision.complaining import complained, told, walked


@pytest.fixture
def case(no1, child_at):
    return complained(no1, child_at(no1, name="样例甲"))


def said(paper) -> str:
    return text_of(paper.pdf).replace(" ", "")


def test_the_complainant_takes_home_a_receipt_with_every_term(case, printed, staff, bureau):
    paper = printed("complaint_receipt", case, by=staff(Role.BUREAU_CLERK, bureau))
    text = said(paper)
    assert "刘知秋" in text and case.number in text and "3日内" in text and "主管局长复核" in text
    keep("complaint_receipt-filled", paper.pdf)


def test_the_check_order_names_the_question_and_never_the_complainant(case, printed, staff, no1):
    with pytest.raises(NotPrintable, match="核查单"):
        printed("complaint_order", case, by=staff(Role.REGISTRAR, no1))
    case = walked(case, until="feed_back")
    paper = printed("complaint_order", case, by=staff(Role.REGISTRAR, no1))
    text = said(paper)
    assert "何日收到申请" in text and "经办人漏办" in text and "刘知秋" not in text
    keep("complaint_order-filled", paper.pdf)


def test_what_is_put_right_and_what_is_answered(case, printed, staff, no1, bureau):
    case = told(walked(case))
    order = printed("complaint_supervision", case, by=staff(Role.HEADMASTER, no1))
    assert "三日内依法办理" in said(order) and "已于今日受理" in said(order) and "刘知秋" not in said(order)
    answer = printed("complaint_answer", case, by=staff(Role.BUREAU_CLERK, bureau))
    assert "属实" in said(answer) and "刘知秋" in said(answer) and "2026年9月15日" in said(answer)
    keep("complaint_supervision-filled", order.pdf)
    keep("complaint_answer-filled", answer.pdf)


@pytest.mark.parametrize("form", ["complaint_receipt", "complaint_answer"])
def test_the_school_prints_nothing_that_names_the_complainant(case, printed, staff, no1, form):
    case = walked(case)
    with pytest.raises(PermissionDenied):
        printed(form, case, by=staff(Role.REGISTRAR, no1))
