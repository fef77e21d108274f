"""小学毕业生去向核对表: every leaver with its destination, four signatures, both schools may print it."""

import pytest

from accounts.roles import Role
from reports.pairing_forms import pairing_sheet
from tests.leavers import leaver_maker
from tests.reports.conftest import keep
from tests.reports.texts import text_of
from tests.students.specimens_intake import junior_school
from tests.suspensions.pairs import OUTSIDE, drafted_sheet, inquired, signed


@pytest.fixture
def sheet(bureau, no1, child_at):
    junior = junior_school(bureau)
    inquired(leaver_maker(child_at)(no1, name="样例毕"), no1, **OUTSIDE)
    return drafted_sheet(no1, junior)


def test_the_signed_sheet_names_child_destination_and_signers(sheet, printed, staff):
    case = signed(sheet)
    values = pairing_sheet(case)
    assert values["rows"] == [
        {"name": "样例毕", "sex": "男", "words": "县外就读 宁城县第三中学（凭据：全国系统学籍截图）"}
    ]
    assert [signer["name"] for signer in values["signers"]] == [
        step.actor.name for step in case.steps.order_by("pk").filter(signature__in=["make", "check"])
    ]
    for school in (case.primary, case.junior):
        paper = printed("pairing_sheet", case, by=staff(Role.REGISTRAR, school))
        text = text_of(paper.pdf).replace(" ", "")
        assert "样例毕" in text and "宁城县第三中学" in text and "第三十一条" in text
    keep("pairing_sheet-filled", paper.pdf)


def test_before_it_is_signed_the_lines_for_names_are_empty(sheet):
    case = signed(sheet, until="submit")
    assert [signer.get("name", "") for signer in pairing_sheet(case)["signers"]][1:] == ["", "", ""]


def test_the_blank_sheet_has_lines_to_write_on():
    assert len(pairing_sheet(None)["rows"]) == 11
