"""The walls behind one another: what opens a file may die, and only its own process does."""

import io
import zipfile
from dataclasses import replace

import pytest

from students.importing.container import SCHOOL
from students.importing.findings import WorkbookRefused
from students.importing.prescan import scan
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
