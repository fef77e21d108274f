"""第三十条 on paper: the report to township and bureau with its receipt, and the slip with a migrant's file."""

from datetime import date

import pytest

from accounts.roles import Role
from approvals.services import perform
from reports.errors import NotPrintable
from suspensions.models import Dropout
from tests.changes import decided, drafted
from tests.county import hand_for
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of
from tests.suspensions.dropout_specimens import GIVEN, visited

OUTSIDE = "150429000000"  # 宁城县


@pytest.fixture
def case(no1, child_at, family):
    child = family(visited(child_at(no1, grade=3, name="王𬭼", household_division=OUTSIDE)))
    return drafted(Dropout, child, whereabouts="随父母去向不明", last_seen_on=date(2026, 5, 29), **GIVEN)


def test_the_report_tells_the_absence_the_visits_and_the_receipts(printed, case):
    result = printed("dropout_report", decided(case))
    keep("dropout_report-filled", result.pdf)
    text = text_of(result.pdf)
    for words in ("王𬭼", "2026年6月1日", "班主任李老师", "叶政收〔2026〕18号", f"回{case.number}", "第三十条"):
        assert words in text, words
    assert pages_of(result.pdf) == 1


def test_before_anything_is_signed_the_seals_stay_empty(printed, case):
    text = text_of(printed("dropout_report", case).pdf)
    assert "同意上报" not in text and "回执编号" in text


def test_the_handover_slip_goes_with_a_migrants_file_only(printed, case, no1, child_at):
    with pytest.raises(NotPrintable, match="列为辍学后"):
        printed("file_handover", case)
    case = perform(
        decided(case),
        "hand_over",
        by=hand_for(case, Role.REGISTRAR, "lead"),
        handed_on=date(2026, 9, 15),
        handed_to="宁城县教育局",
        handover_receipt="宁教收7号",
    )
    result = printed("file_handover", case)
    keep("file_handover-filled", result.pdf)
    text = text_of(result.pdf)
    assert "宁城县教育局" in text and "宁教收7号" in text and pages_of(result.pdf) == 1

    local = decided(drafted(Dropout, visited(child_at(no1, household_division="211322101000")), **GIVEN))
    with pytest.raises(NotPrintable, match="不用移交"):
        printed("file_handover", local)
