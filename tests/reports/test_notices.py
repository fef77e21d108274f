"""一次性告知: whoever is sent away leaves with paper that names reasons, articles and the next step."""

import pytest

from accounts.roles import RIGHTS, Role
from approvals.services import perform
from reports.errors import NotPrintable
from reports.forms import FORMS
from tests.county import hand_for, walk
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of

# 学籍数 and 在校生数 stand on a page each; the card and the 学生基本信息表 have two sides.
PAGES = {"balance_sheet": 2, "registry_card": 2, "basics_form": 2}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_a_blank(printed, form, no1, staff):
    of_schools = set(FORMS[form].rights) & set(RIGHTS[Role.REGISTRAR])
    by = staff(Role.REGISTRAR, no1) if of_schools else staff(Role.BUREAU_CLERK, no1.bureau)
    result = printed(form, by=by)
    keep(f"{form}-blank", result.pdf)
    assert result.record.blank and result.record.case is None
    # What stands in brackets tells forms of one name apart in lists; on paper the name suffices.
    assert FORMS[form].title.split("（")[0] in text_of(result.pdf)
    assert pages_of(result.pdf) == PAGES.get(form, 1)


def test_receipt_names_the_day_of_acceptance_and_the_papers(printed, transfer, family):
    family(transfer.child)
    case = walk(transfer, until="submit")
    result = printed("acceptance_receipt", case)
    keep("acceptance_receipt-filled", result.pdf)
    text = text_of(result.pdf)
    assert "2026年9月15日受理" in text and "居民户口簿" in text and "10个工作日" in text
    assert result.record.decision == "已于2026年9月15日受理"
    assert case.child.id_number.plain() not in text


def test_no_receipt_before_acceptance(printed, transfer):
    with pytest.raises(NotPrintable, match="受理日期"):
        printed("acceptance_receipt", transfer)


def test_refusal_after_acceptance_carries_the_signed_words(printed, transfer):
    case = walk(transfer, until="submit")
    words = "实际居住地不在本校学区，户口簿与居住证明地址不一致"
    case = perform(case, "refuse", by=hand_for(case, Role.HEADMASTER, "lead"), opinion=words)
    result = printed("refusal_notice", case)
    keep("refusal_notice-filled", result.pdf)
    text = text_of(result.pdf)
    assert words in text and "第十七条" in text and "建平县教育局" in text


def test_refusal_before_acceptance_lists_every_broken_rule(printed, transfer):
    transfer.grade = 9  # the receiving school is a primary school, and the move lies inside the county
    transfer.ground = "T1"
    transfer.save()
    text = text_of(printed("refusal_notice", transfer).pdf)
    assert "转学不得变更年级" in text and "理由与范围不符" in text


def test_nothing_refused_nothing_printed(printed, transfer):
    with pytest.raises(NotPrintable, match="没有不予受理的情形"):
        printed("refusal_notice", transfer)


def test_one_time_notice_shows_each_paper_with_its_state(printed, transfer):
    paper = transfer.materials.get(code="residence")
    paper.state, paper.note = "returned", "居住证明已过期，请换新证"
    paper.save()
    result = printed("one_time_notice", transfer)
    keep("one_time_notice-filled", result.pdf)
    text = text_of(result.pdf)
    assert "退回" in text and "居住证明已过期" in text and "已核" in text


def test_across_a_province_border_the_family_is_told_of_the_file(printed, transfer, transfer_from_outside, family):
    """调档: the receiving school calls the file, and only when it has come is the transfer completed."""
    family(transfer_from_outside.child)
    across = walk(transfer_from_outside, until="submit")
    for form in ("acceptance_receipt", "one_time_notice", "transfer_contact"):
        result = printed(form, across)
        keep(f"{form}-across", result.pdf)
        text = text_of(result.pdf)
        assert "跨省转学" in text and "调档" in text
        assert pages_of(result.pdf) == 1 or form == "one_time_notice"
    within = walk(transfer, until="submit")
    for form in ("acceptance_receipt", "one_time_notice", "transfer_contact"):
        assert "调档" not in text_of(printed(form, within).pdf)


def test_the_blank_forms_tell_of_the_file_too(printed, no1, staff):
    for form in ("acceptance_receipt", "transfer_contact"):
        result = printed(form, by=staff(Role.REGISTRAR, no1))
        assert "调档" in text_of(result.pdf) and pages_of(result.pdf) == 1
