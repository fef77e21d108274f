"""What a clerk does not see on opening a list — filtered rows, hidden columns and sheets — is told before anything is
written, for every list that is uploaded.
"""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.roles import Role
from students.catchments.sheet import CATCHMENTS
from students.numbering.sheet import ANSWERS
from students.plans.sheet import PLANS
from students.roster.sheet import ROSTER
from students.year.sheets import NUMBERS, RESULTS

# The page of each list, its listing, and what its form asks besides.
LISTS = {
    "numbering": (ANSWERS, {"answered_on": "2026-09-15"}),
    "catchment_import": (CATCHMENTS, {"year": 2026, "document": "建教发〔2026〕1号"}),
    "plan_list": (PLANS, {"year": 2026, "document": "建教发〔2026〕1号"}),
    "assessment": (RESULTS, {}),
    "certificate_numbers": (NUMBERS, {}),
    "roster_files": (ROSTER, {"year": 2026}),
}
TOLD = "表中有隐藏的内容，请先看清"


def workbook_of(listing, *, hide) -> bytes:
    """Three lines under the list's own heads, and an older sheet beside it."""
    book = Workbook()
    book.active.append([column.headers[0] for column in listing.columns])
    for _ in range(3):
        book.active.append(["样例" for _ in listing.columns])
    book.create_sheet("去年").append(["旧表"])
    hide(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def rows(book):
    for row in (2, 4):
        book.worksheets[0].row_dimensions[row].hidden = True


def column(book):
    book.worksheets[0].column_dimensions["B"].hidden = True


def sheet(book):
    book["去年"].sheet_state = "hidden"


def nothing(book):
    """Everything is in sight."""


@pytest.fixture
def shown(client, staff, bureau, no1):
    """shown("plan_list", rows) → the page after the upload."""
    client.force_login(staff(Role.BUREAU_CLERK, bureau))

    def upload(name, hide):
        listing, asked = LISTS[name]
        file = SimpleUploadedFile("名单.xlsx", workbook_of(listing, hide=hide))
        answer = client.post(reverse(f"students:{name}"), asked | {"workbook": file}, follow=True)
        assert answer.status_code == 200
        return answer

    return upload


@pytest.mark.parametrize("name", LISTS)
def test_hidden_rows_are_named(shown, name):
    html = shown(name, rows).content.decode()
    assert TOLD in html and "含隐藏行 2 行（第 2、4 行），也会读取、核对。请确认是否忘了取消筛选。" in html


@pytest.mark.parametrize("name", LISTS)
def test_a_hidden_column_is_named_and_a_hidden_sheet_not_read(shown, name):
    listing, _ = LISTS[name]
    assert f"隐藏的列“{listing.columns[1].label}”也会读取、核对。" in shown(name, column).content.decode()
    assert "隐藏的工作表“去年”没有读取。" in shown(name, sheet).content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_in_sight_is_read_without_a_word(shown, name):
    assert TOLD not in shown(name, nothing).content.decode()


def test_the_returned_list_says_it_too(shown, client):
    page = shown("plan_list", rows)
    marked = load_workbook(io.BytesIO(client.get(page.context["marked_url"]).content))
    said = " ".join(str(cell.value) for sheet in marked for row in sheet.iter_rows() for cell in row if cell.value)
    assert "含隐藏行 2 行" in said
