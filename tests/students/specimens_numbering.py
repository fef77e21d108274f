"""One ordinary draft of 学籍号编发, and the answer sheets of its stories."""

import io
from datetime import date

from openpyxl import Workbook

from accounts.roles import Role
from students.idnumber import check_character
from students.importing.listing import ListSheet
from students.numbering.services import open_numbering
from students.numbering.sheet import ANSWERS, Line, read_answer
from tests.changes import specimen
from tests.county import staff_member

ANSWERED = date(2026, 9, 14)
HEADS = ("姓名", "身份证件号", "现学籍号", "新学籍号")


def formal(number18: str, letter="G") -> str:
    """The 学籍号 made of these eighteen."""
    return f"{letter}{number18}"


def fresh(sequence: int, letter="G") -> str:
    """A well-formed number that nobody holds: county code 211399, a birthday of 2001."""
    seventeen = f"21139920010101{sequence:03d}"
    return f"{letter}{seventeen}{check_character(seventeen)}"


def row_of(child, new=None, **cells) -> tuple:
    """A faultless row of this child; `cells` by name instead of what would stand there."""
    given = {"name": child.name, "id_number": child.id_number.plain(), "old": "", "new": new or formal_of(child)}
    return tuple((given | cells).values())


def formal_of(child) -> str:
    return formal(child.id_number.plain())


def workbook_of(*rows, heads=HEADS) -> bytes:
    """An answer sheet as a clerk saves it."""
    book, out = Workbook(), io.BytesIO()
    page = book.active
    page.title = "编发结果"
    for row in (heads, *rows):
        page.append(row)
    book.save(out)
    return out.getvalue()


def sheet_of(*rows) -> ListSheet:
    return read_answer(workbook_of(*rows))


def drafted_numbering(bureau, *rows):
    """Opened by the bureau's clerk; the workbook's child process is left out, so that many may be opened quickly."""
    lines = [Line(number, *row) for number, row in enumerate(rows, 2)]
    sheet = ListSheet(ANSWERS, "编发结果", {"name": "A", "id_number": "B", "old_number": "C", "new_number": "D"}, lines)
    clerk = staff_member(Role.BUREAU_CLERK, bureau)
    return open_numbering(sheet, by=clerk, answered_on=ANSWERED, file_name="编发结果.xlsx")


@specimen("numbering")
def numbering(county):
    children = [county.child_at(county.no1, name="样例号甲"), county.child_at(county.no2, name="样例号乙")]
    return drafted_numbering(county.bureau, *(row_of(child) for child in children))
