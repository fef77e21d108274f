"""县直中小学学生转入审核表: which papers the school has seen, original and copy (第十七条第（一）项)."""

import pytest

from accounts.roles import Role
from approvals.materials import check_paper, hand_in_paper
from reports.direct_forms import direct_form
from tests.county import hand_for, make_school
from tests.reports.filled import SHORT, moved, small_county
from tests.reports.texts import text_of

BLANK, IN_HAND = (False, False, False), (True, False, False)


@pytest.fixture
def case(bureau, no1, no2, no3):
    direct = make_school(bureau, 61, "第六十一小学", direct=True)
    return moved(small_county(bureau, no1, no2, no3), SHORT, to=direct)


def lines_of(case) -> dict:
    """Paper → (in hand, original, copy) as the form ticks them."""
    papers = [paper for group in direct_form(case)["papers"] for paper in group["papers"]]
    return {paper["label"]: (paper["ticked"], paper["original"], paper["copied"]) for paper in papers}


def test_what_was_held_against_its_original_is_ticked_as_original_and_copy(case):
    told = lines_of(case)
    assert told["居民户口簿"] == told["房产证"] == (True, True, True)
    assert told["营业执照"] == BLANK


def test_a_paper_made_for_the_case_stays_as_an_original(case):
    assert lines_of(case)["《转学联系表》（学生及监护人签字）"] == (True, True, False)


def test_what_is_only_in_hand_is_not_told_as_seen(case):
    by, paper = hand_for(case, Role.REGISTRAR, "lead"), case.materials.get(code="household_book")
    paper = hand_in_paper(paper, by=by)
    assert lines_of(case)["居民户口簿"] == IN_HAND
    check_paper(paper, by=by, ok=False, reason="缺学生本人页")
    assert lines_of(case)["居民户口簿"] == BLANK


def test_the_columns_stand_on_the_paper_and_the_blank_one_has_no_tick(printed, case):
    text = text_of(printed("direct_form", case).pdf)
    assert "复印件" in text and "材料初审" in text
    assert {line for line in lines_of(None).values()} == {BLANK}
