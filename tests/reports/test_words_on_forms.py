"""What an office would write otherwise by hand beside the form: units, dates, who seals, under which law."""

import subprocess

import pytest

from accounts.roles import Role
from reports.forms import FORMS
from reports.services import print_form
from tests.county import staff_member
from tests.reports.conftest import address_of
from tests.reports.filled import SHORT, printed_filled, small_county
from tests.reports.test_every_form import needs_pdftotext, words_of

pytestmark = needs_pdftotext


@pytest.fixture
def said(bureau, no1, no2, no3):
    """said("order_notice") → the words of the filled form; with blank=True those of the blank one."""

    def words(code: str, blank: bool = False) -> str:
        if blank:
            by = staff_member(Role.BUREAU_CLERK, bureau)
            return words_of(print_form(FORMS[code], None, by=by, address_of=address_of).pdf)
        return words_of(printed_filled(code, small_county(bureau, no1, no2, no3), SHORT, address_of).pdf)

    return words


@pytest.mark.parametrize("blank", [True, False], ids=["blank", "filled"])
def test_the_one_amount_of_money_on_a_form_names_its_unit(said, blank):
    """An investment is told in figures, in units of ten thousand yuan: without a unit each firm meant another."""
    assert "投资额万元" in said("investor_form", blank)


def test_how_many_files_go_along_stands_on_one_line_with_its_counting_word(bureau, no1, no2, no3):
    pdf = printed_filled("handover_slip", small_county(bureau, no1, no2, no3), SHORT, address_of).pdf
    lines = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    assert any("下列1份" in line.replace(" ", "") for line in lines.splitlines())


@pytest.mark.parametrize("code", ["suspension_form", "deregistration_form", "correction_form", "problem_form"])
def test_the_month_of_entry_has_a_place_of_its_own_on_blank_forms_too(said, code):
    assert "家庭住址入学年月" in said(code, blank=True)


def test_what_is_not_among_the_grounds_can_be_written_down(said):
    assert "其他特殊原因：" in said("suspension_form", blank=True)
    assert "学校录入差错说明：" in said("correction_form", blank=True)


def test_every_signature_of_the_term_report_has_its_day(said):
    assert said("audit_report", blank=True).count("经办：审核：年月日") == 3


def test_who_orders_is_named_where_the_seal_goes(said):
    words = said("order_notice")
    assert "建平县教育局（盖章）" in words and "可以自收到之日起向本局书面说明" in words


def test_a_supervision_order_names_the_law_whose_article_it_cites(said):
    words = said("complaint_supervision", blank=True)
    assert "依照《建平县义务教育阶段学生学籍管理办法（试行）》第三十八条责令改正" in words


def test_an_answer_names_its_law_once(said):
    words = said("complaint_answer")
    assert "学籍管理办法（试行）》第三十六条、第十九条第二款。" in words and words.count("学籍管理办法（试行）》") == 1


def test_what_is_handed_over_with_the_office_is_counted(said):
    assert "序移交内容数量和交接情况" in said("handover_of_office", blank=True)
