"""The walls behind one another: what opens a file may die, and only its own process does."""

import io
import zipfile
from dataclasses import replace

import pytest

from students.importing.container import SCHOOL
from students.importing.findings import WorkbookRefused, column_letter
from students.importing.prescan import scan, unusual_cell
from students.importing.reader import read_sheets
from tests.students.test_import_layouts import read
from tests.workbooks import SHEET, SHEET_PART, far_corner, pupil, ratio_bomb, workbook


def test_the_child_alone_survives_the_far_corner():
    """The second wall: without the look beforehand the reader dies in its child, and we only hear of it."""
    with pytest.raises(WorkbookRefused) as refusal:
        read_sheets(far_corner(), [SHEET], SCHOOL)
    assert refusal.value.code == "unreadable"


def test_the_child_is_held_to_its_memory():
    with pytest.raises(WorkbookRefused):
        read_sheets(workbook([pupil()]), [SHEET], replace(SCHOOL, memory=8 * 1024 * 1024))


def test_blank_formatted_rows_do_not_count_as_rows():
    def formatted(page):
        for row in range(3, 6000):
            page.cell(row, 1).number_format = "@"

    data = workbook([pupil()], edit=formatted)
    assert scan(data, SCHOOL).sheets[0].rows == 2
    assert len(read(data).rows) == 1


@pytest.mark.parametrize(("rows", "columns"), [(5_000, 200), (100_000, 200), (30, 60), (250, 50), (9, 10), (1, 1)])
def test_no_cell_beyond_the_limits_passes_for_an_ordinary_one(rows, columns):
    """Ten rows of grace are for the header, as everywhere."""
    unusual = unusual_cell(rows, columns)
    places = [
        (row, column)
        for row in {1, 9, 10, rows - 1, rows, rows + 1, rows + 10, rows + 11, 2 * rows, 10 * rows, 9_999_999}
        for column in {0, columns - 1, columns, columns + 1, 25, 26, 51, 52, 181, 182, 199, 200, 701, 702, 16_383}
        if row > 0
    ]
    passed = [at for at in places if not unusual.search(f'<c r="{column_letter(at[1])}{at[0]}" t="s"><v>'.encode())]
    assert passed and all(row <= rows + 10 and column < columns for row, column in passed)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2" t="e"><v>#N/A</v></c>',
        '<c r="B2" s="3" t="e"><v>#N/A</v></c>',
        '<c r="B2"><f>A1</f><v>1</v></c>',
        '<c r="B2" t="str"> <f>A1</f></c>',
        "<c r='B2'><v>1</v></c>",
        '<c s="1" r="B2"><v>1</v></c>',
        '<c\nr="B2"><v>1</v></c>',
        '<c t="s"><v>1</v></c>',
    ],
)
def test_a_cell_that_wants_a_closer_look_gets_one(cell):
    around = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2">{}<c r="C2"/></row>'
    assert unusual_cell(5_000, 200).search(around.format(cell).encode())
    assert not unusual_cell(5_000, 200).search(around.format('<c r="B2" s="3"><v>1</v></c>').encode())


def test_one_row_too_many():
    limits = replace(SCHOOL, rows=30)
    assert not read(workbook([pupil(number) for number in range(30)]), limits=limits).stopped
    assert read(workbook([pupil(number) for number in range(45)]), limits=limits).findings[0].code == "too_many_rows"


def test_without_the_guards_the_trap_would_close():
    """Control: with the limits lifted the far corner reaches the reader, which dies."""
    open_door = replace(SCHOOL, columns=20_000, rows=2_000_000)
    assert read(far_corner(), limits=open_door).findings[0].code == "unreadable"


def test_declared_sizes_are_read_from_the_directory():
    with zipfile.ZipFile(io.BytesIO(ratio_bomb())) as archive:
        assert archive.getinfo(SHEET_PART).file_size > 50_000_000
