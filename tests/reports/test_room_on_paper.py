"""Room for what is done to a paper afterwards: the seal's 45 mm, the pen's lines, the printer's unprintable edge."""

import pytest

from accounts.models import User
from accounts.roles import Role
from approvals.services import perform
from reports import rendering, services
from reports.forms import FORMS
from reports.services import print_form
from suspensions.models import Dropout
from tests.changes import decided, drafted
from tests.county import hand_for, staff_member, walk
from tests.reports.conftest import address_of
from tests.reports.filled import LONG, SHORT, printed_filled, small_county
from tests.reports.test_every_form import needs_pdftotext, words_of
from tests.suspensions.dropout_specimens import GIVEN, visited

MM = 96 / 25.4
SEAL, EDGE = 42, 4
WIDEST = "WWWW-WWWW"
SIGNED = [
    "complaint_order",
    "complaint_supervision",
    "order_notice",
    "handover_list",
    "pairing_sheet",
    "roll_call_sheet",
    "home_lessons",
]
# With a slip that is cut off, sealed and sent back.
SLIPS = ["admission_notice", "dropout_report", "file_handover", "handover_slip"]
# Lists that are written by hand when blank.
LISTS = ["handover_list", "handover_of_office", "handover_slip", "home_lessons", "pairing_sheet", "roll_call_sheet"]


@pytest.fixture
def papers(monkeypatch):
    """The papers laid out from now on."""
    seen, bind = [], rendering.bound
    monkeypatch.setattr(rendering, "bound", lambda laid: seen.extend(laid) or bind(laid))
    return seen


@pytest.fixture
def county(bureau, no1, no2, no3):
    return small_county(bureau, no1, no2, no3)


@pytest.fixture
def blank(bureau, no1):
    by = staff_member(Role.BUREAU_CLERK, bureau)
    return lambda code: print_form(FORMS[code], None, by=by, address_of=address_of)


def boxes_in(papers):
    return [box for paper in papers for page in paper.pages for box in page._page_box.descendants()]


def seals_in(box, cell=None, table=None):
    """Each word about a seal that stands in a table, with its cell and the table."""
    if box.element_tag in ("td", "th"):
        cell = box
    table = box if box.element_tag == "table" and box.element is not None else table
    said = getattr(box, "text", "")
    if cell is not None and (said.strip() == "（盖章）" or cell.element_tag == "th" and said.endswith("盖章）")):
        yield cell, table
    for child in getattr(box, "children", ()):
        yield from seals_in(child, cell, table)


def too_small(papers) -> list[str]:
    """Seals whose box is lower than a seal: the cell, or where the word heads a column, the whole table."""
    found = [seal for paper in papers for page in paper.pages for seal in seals_in(page._page_box)]
    assert found, "no seal on the paper"
    room = [(table if cell.element_tag == "th" else cell).height / MM for cell, table in found]
    return [f"{height:.0f} mm" for height in room if height < SEAL]


@pytest.mark.parametrize("code", [*SIGNED, "transfer_contact", "problem_form", "consistency_sheet", "basics_form"])
def test_a_seal_fits_into_its_box(code, blank, papers):
    blank(code)
    assert too_small(papers) == []


@pytest.mark.parametrize("words", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("code", SIGNED)
def test_a_seal_fits_into_its_box_when_filled(code, words, county, papers):
    printed_filled(code, county, words, address_of)
    assert papers and too_small(papers) == []


@pytest.mark.parametrize("words", [None, SHORT, LONG], ids=["blank", "short", "long"])
@pytest.mark.parametrize("code", SLIPS)
def test_a_slip_has_clear_room_for_the_seal_of_whoever_sends_it_back(code, words, blank, county, papers):
    """45 mm of its own beside the words, on the page of the paper it is cut from."""
    printed_filled(code, county, words, address_of) if words else blank(code)
    (slip,) = [box for box in boxes_in(papers) if class_of(box) == "stub" and "is-sealed" in box.element.get("class")]
    (seal,) = [box for box in slip.descendants() if class_of(box) == "seal"]
    beside = [box for box in slip.descendants() if getattr(box, "text", "").strip() and box not in seal.descendants()]
    assert min(seal.width, seal.height) >= 44.9 * MM and seal.position_y >= slip.border_box_y()
    assert seal.position_y + seal.height <= slip.border_box_y() + slip.border_height() + 1
    assert max(box.position_x + box.width for box in beside) <= seal.position_x + 1
    assert [len(paper.pages) for paper in papers] == [1]


@needs_pdftotext
@pytest.mark.parametrize(
    "code", ["registry_card", "transfer_proof", "roll_call_sheet", "suspension_form", "balance_sheet"]
)
def test_the_widest_code_stays_whole_beside_the_page_number(code, blank, papers, monkeypatch):
    monkeypatch.setattr(services, "short_code", lambda digest, number: WIDEST)
    pdf = blank(code).pdf
    assert WIDEST in [getattr(box, "text", "") for box in boxes_in(papers)]
    assert f"校验码{WIDEST}" in words_of(pdf)


@pytest.mark.parametrize(
    "code", ["transfer_contact", "transfer_proof", "handover_list", "newcomers_roster", "registry_card"]
)
def test_nothing_comes_near_the_edge_that_printers_cannot_reach(code, blank, papers):
    blank(code)
    for paper in papers:
        for page in paper.pages:
            drawn = [b for b in page._page_box.descendants() if getattr(b, "text", "") or b.element_tag == "svg"]
            assert max(one.position_y + one.height for one in drawn) <= page.height - EDGE * MM


@pytest.mark.parametrize(
    "code", ["direct_form", "investor_form", "suspension_form", "deregistration_form", "correction_form"]
)
def test_a_blank_form_leaves_lines_for_the_pen(code, blank, papers):
    blank(code)
    name = next(box for box in boxes_in(papers) if box.element_tag == "td" and not list(box.children))
    assert name.border_height() >= 8.9 * MM and len(papers[0].pages) == 1


@pytest.mark.parametrize("code", LISTS)
def test_a_blank_list_leaves_lines_for_the_pen(code, blank, papers):
    blank(code)
    lines = [box for box in boxes_in(papers) if box.element_tag == "tr" and text_in(box).isdecimal()]
    assert len(lines) >= 4 and min(line.height for line in lines) >= 8.9 * MM and len(papers[0].pages) == 1


def test_each_school_seals_the_pairing_sheet_once_across_its_two_hands(blank, papers):
    blank("pairing_sheet")
    heads = [box for box in boxes_in(papers) if box.element_tag == "th" and text_in(box).endswith("（盖章）")]
    sealed = {said: max(box.width for box in heads if text_in(box) == said) for said in map(text_in, heads)}
    assert list(sealed) == ["小学（盖章）", "初中（盖章）"] and min(sealed.values()) >= SEAL * MM


@pytest.mark.parametrize("words", [None, SHORT, LONG], ids=["blank", "short", "long"])
def test_the_seventy_two_items_have_rows_to_write_in_and_room_for_a_photograph(words, blank, county, papers):
    """Both sides of one leaf: on one page the rows were 4.6 mm and the seal fell on the last of them."""
    printed_filled("basics_form", county, words, address_of) if words else blank("basics_form")
    rows = [box for box in boxes_in(papers) if box.element_tag == "tr" and len(list(box.children)) == 6]
    assert len(rows) == 39 and min(row.height for row in rows[1:] if row.children[0].element_tag == "td") >= 7.9 * MM
    (photo,) = [box for box in boxes_in(papers) if box.element_tag == "td" and box.rowspan == 2 and not text_in(box)]
    assert photo.border_height() >= 35 * MM and photo.border_width() >= 25 * MM, "of one inch"
    assert [len(paper.pages) for paper in papers] == [2]


def text_in(box) -> str:
    return "".join(getattr(one, "text", "") for one in box.descendants())


def overlapping(papers) -> list[str]:
    """Boxes of opinions in which the words run into the hands below them."""
    faults = []
    for desk in [box for box in boxes_in(papers) if class_of(box) == "desk-in"]:
        parts = {class_of(part): part for part in desk.children}
        lines = [line for line in parts["words"].descendants() if getattr(line, "text", "")]
        if lines and lines[-1].position_y + lines[-1].height > parts["hands"].position_y + 1:
            faults.append(lines[-1].text)
    return faults


def class_of(box) -> str:
    return (box.element.get("class", "").split() or [""])[0] if box.element is not None else ""


def test_a_long_opinion_and_long_signatures_stay_apart(printed, transfer, papers, monkeypatch):
    """The longest opinion of the longest names, as when a deputy signs for another."""
    case = walk(transfer, until="apply")
    User.objects.filter(name__endswith="校长").update(name="其其格·娜仁（代包乌云其木格）")
    User.objects.filter(name__endswith="学籍管理员").update(name="欧阳明珠（代司马相如）")
    case = perform(case, "accept_child", by=hand_for(case, Role.HEADMASTER, "lead"), opinion="同意" * 250)
    printed("transfer_contact", case)
    assert overlapping(papers) == []


def test_a_long_record_of_a_desk_outside_is_told_to_be_longer(printed, transfer_from_outside, legal_day, papers):
    case = walk(transfer_from_outside, until="approve_entry")
    User.objects.filter(name__endswith="教育局经办").update(name="蔡强凤（代张荣春）")
    User.objects.filter(name__endswith="教育局审核").update(name="冯艳素")
    outside = {
        "outside_unit": "内蒙古自治区赤峰市宁城县教育局基础教育股学籍管理办公室",
        "outside_person": "孙外联",
        "outside_day": legal_day,
        "outside_evidence": "全国学籍系统截图、宁教函〔2026〕第一百二十八号函及盖章联系表" * 2,
    }
    case = perform(case, "propose_release", by=hand_for(case, Role.BUREAU_CLERK, "bureau"), **outside)
    case = perform(case, "release", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"), opinion="同意" * 250)
    paper = printed("transfer_contact", case)
    assert "宁城县教育局" in words_of(paper.pdf) and words_of(paper.pdf).count("（全文见案卷）") == 2
    assert overlapping(papers) == []


def test_the_headmasters_opinion_on_a_dropout_is_told_to_be_longer(printed, child_at, no1):
    case = decided(drafted(Dropout, visited(child_at(no1, grade=3)), whereabouts="不明", **GIVEN), until="submit")
    by = hand_for(case, Role.HEADMASTER, "lead")
    case = perform(case, "vouch", by=by, opinion="多次家访未见" * 50)
    assert "（全文见案卷）" in words_of(printed("dropout_report", case).pdf)
