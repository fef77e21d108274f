"""One door for every uploaded list, whatever its format: what a look at it found, and the cells of its sheets."""

from collections.abc import Callable

from students.importing import biff, plain_text
from students.importing.container import Limits, Shape, shape_of
from students.importing.prescan import BookScan, SheetScan
from students.importing.prescan import scan as scan_xlsx
from students.importing.reader import read_sheets

Cells = dict[str, list[list[object]]]
ACCEPT = ".xlsx,.xls,.csv,.txt"
FORMATS = ".xlsx、.xls、.csv"


def open_list(data: bytes, limits: Limits, phase: Callable[[str], None] = lambda name: None) -> tuple[BookScan, Cells]:
    """Look through an upload and read the sheets a person sees. WorkbookRefused with reason and advice."""
    phase("预扫描")
    shape = shape_of(data, limits)
    if shape is Shape.TEXT:
        phase("解析")
        return plain_text.read(data, limits)
    book, data = biff.scan(data, limits) if shape is Shape.XLS else (scan_xlsx(data, limits), data)
    phase("解析")
    cells = read_sheets(data, [sheet.name for sheet in book.visible], limits)
    if shape is Shape.XLS:
        for sheet in book.visible:
            blank_errors(sheet, cells.get(sheet.name, []))
    return book, cells


def blank_errors(sheet: SheetScan, rows: list[list[object]]) -> None:
    """Error values of an old workbook are read as blanks, as those of a new one are."""
    for row, column in sheet.error_cells:
        if row <= len(rows) and column < len(rows[row - 1]):
            rows[row - 1][column] = ""
