"""Rosters and books of a whole class: every page is full, has its title, and the last has the signatures (第十条)."""

import pytest

from accounts.roles import Role
from reports.books import cards, movements, transfers
from reports.books.blanks import LEDGER_SIGNERS, SIGNERS, heads_of
from reports.forms import FORMS
from reports.paging import ROWS_A_PAGE, cuts
from reports.rosters import GRADUATES, NEWCOMERS, content_of
from reports.sheets import print_sheet
from reports.subject import Sheet
from tests.county import staff_member
from tests.reports.conftest import address_of, pages_of
from tests.reports.texts import text_of

CLASS = 45
PLACE = "辽宁省朝阳市建平县叶柏寿街道和平社区人民路28号3号楼2单元501室"
BOOKS = {
    "newcomers_book": (NEWCOMERS, SIGNERS),
    "graduates_book": (GRADUATES, SIGNERS),
    "movements_book": (movements.COLUMNS, LEDGER_SIGNERS),
    "transfers_book": (transfers.COLUMNS, LEDGER_SIGNERS),
    "cards_book": (cards.COLUMNS, LEDGER_SIGNERS),
}
FIGURES = {"order", "registry_number", "id_number", "phone", "birth_date", "day", "filed_on", "case", "certificate"}


def filled(columns, length: int) -> list[dict[str, str]]:
    """A class whose families write so long: every column for words has some, no column for figures has more."""
    row = {column.key: "8" * (column.width // 2) if column.key in FIGURES else "汉" for column in columns}
    row |= {column.key: (PLACE * 2)[:length] for column in columns if column.width >= 24 and column.key not in FIGURES}
    return [row | {"order": str(number)} for number in range(1, CLASS + 1)]


def laid(code, content, school, by) -> tuple[int, str]:
    sheet = Sheet(content | {"decision": "样例"}, (school.pk,), "样例", school=school)
    pdf = print_sheet(FORMS[code], sheet, by=by, address_of=address_of).pdf
    return pages_of(pdf), text_of(pdf)


@pytest.fixture
def clerk(bureau):
    return staff_member(Role.BUREAU_CLERK, bureau)


@pytest.mark.parametrize("length", [4, len(PLACE), 56], ids=["short", "an address", "the longest"])
def test_no_page_of_a_roster_is_a_rest_of_two_lines_without_a_title(length, no1, clerk):
    """An address of thirty characters takes three lines: twenty such rows ran over, each page with a stub behind it."""
    content = content_of("新生花名册", NEWCOMERS, filled(NEWCOMERS, length))
    pages, text = laid("newcomers_roster", content, no1, clerk)
    assert pages == len(content["pages"]) == text.count("新生花名册") == text.count("（续表）") + 1
    assert min(len(page) for page in content["pages"][:-1]) >= 10 and text.count("校长（学校盖章）") == 1


@pytest.mark.parametrize("length", [4, len(PLACE), 56], ids=["short", "an address", "the longest"])
@pytest.mark.parametrize("code", BOOKS)
def test_no_page_of_a_book_runs_over(code, length, no1, clerk):
    columns, signs = BOOKS[code]
    rows = filled(columns, length)
    pages = [
        {
            "title": "簿册样例",
            "top": ["学校：样例", "一年级1班", "编号：样例"],
            "rows": [[row[column.key] for column in columns] for row in rows[cut]],
            "foot": ["本页合计　增1　减0"],
            "signs": signs,
        }
        for cut in cuts(rows, columns)
    ]
    found, text = laid(code, {"heads": heads_of(columns), "pages": pages}, no1, clerk)
    assert found == len(pages) == text.count("簿册样例")


def test_a_class_of_short_lines_has_twenty_to_a_page():
    assert [cut.stop - cut.start for cut in cuts(filled(NEWCOMERS, 4), NEWCOMERS)] == [ROWS_A_PAGE, ROWS_A_PAGE, 5]


def test_nobody_is_left_out_between_two_pages():
    rows = filled(NEWCOMERS, 56)
    assert [row for cut in cuts(rows, NEWCOMERS) for row in rows[cut]] == rows and cuts([], NEWCOMERS) == []
