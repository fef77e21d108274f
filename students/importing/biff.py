"""One look at an old .xls before any reader sees it: its size, what is hidden, error cells, macros, passwords.

The same questions `prescan` asks of the XML of an .xlsx, asked of BIFF records.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from students.importing.compound import Compound, broken
from students.importing.container import SAVE_AS, Limits
from students.importing.findings import WorkbookRefused
from students.importing.prescan import BookScan, SheetScan

BOF, EOF, BOUNDSHEET, FILEPASS, DATEMODE, SUPBOOK = 0x0809, 0x000A, 0x0085, 0x002F, 0x0022, 0x01AE
DIMENSIONS = 0x0200
# How a record of the size of a sheet is laid out, by its length: first row, end of rows, first column, end of columns.
_SIZES = {14: "<IIHH", 10: "<HHHH"}
ROW, COLINFO, MERGECELLS, FORMULA, BOOLERR, MULRK = 0x0208, 0x007D, 0x00E5, 0x0006, 0x0205, 0x00BD
_CELLS = frozenset((0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, FORMULA, BOOLERR))
_MACRO_SHEETS = (1, 6)
_WORKSHEET = 0
_BIFF8 = 0x0600
_OWN_BOOK, _ADD_INS = 0x0401, 0x3A01
_HIDDEN_ROW = 0x20
_MOST_MERGES = 200_000
_MOST_SHEETS = 200

# Kind, content, and where the content stands in the stream.
Record = tuple[int, bytes, int]


@dataclass(slots=True)
class Outline:
    """What the globals of a workbook say: (sheet, place of its records) in order, and how dates count."""

    sheets: list[tuple[SheetScan, int]] = field(default_factory=list)
    date1904: bool = False


def scan(data: bytes, limits: Limits) -> tuple[BookScan, bytes]:
    """Look through an .xls, and give it back with the sizes its sheets really have: readers take the room they claim.

    WorkbookRefused with reason and advice when it is not to be opened.
    """
    try:
        box = Compound(data)
        name = _stream_of(box)
        book, sizes = _scanned(box.stream(name), limits)
        return book, box.with_bytes(name, sizes)
    except (struct.error, IndexError, KeyError, ValueError) as error:  # whatever a length, place or name may lie about
        raise broken() from error


def _stream_of(box: Compound) -> str:
    """The name of the stream that holds the sheets; only that of Excel 97 and later is read."""
    if any(name.upper().startswith(("_VBA_PROJECT", "MACROS")) for name in box.entries):
        raise WorkbookRefused("macros", f"文件带有宏，不予导入。{SAVE_AS}")
    if "Workbook" in box.entries:
        return "Workbook"
    if "Book" in box.entries:
        raise _too_old()
    raise WorkbookRefused("not_workbook", f"这不是 Excel 工作簿（可能是 Word 等其他文件）。{SAVE_AS}")


def _too_old() -> WorkbookRefused:
    return WorkbookRefused("old_version", f"这是 Excel 95 或更早版本的工作簿，不能直接读取。{SAVE_AS}")


def _scanned(stream: bytes, limits: Limits) -> tuple[BookScan, dict[int, bytes]]:
    outline, sizes, end = _outline(stream), {}, 0
    for sheet, place in sorted(outline.sheets, key=lambda each: each[1]):
        if place < end:  # sheets inside one another would be walked again and again
            raise broken()
        claims = {}  # more than one is against the format, and a reader may believe any of them
        for kind, body, at in _records(stream, place):
            _note(kind, body, sheet)
            end = at + len(body)
            if kind == DIMENSIONS and len(body) in _SIZES:
                claims[at] = _SIZES[len(body)]
        _refuse_excess(sheet, limits)
        sizes |= {at: struct.pack(layout, 0, sheet.rows, 0, sheet.columns) for at, layout in claims.items()}
    if all(sheet.hidden for sheet, _ in outline.sheets):
        raise WorkbookRefused("no_sheet", "文件里没有可见的工作表")
    return BookScan([sheet for sheet, _ in outline.sheets], outline.date1904), sizes


def _records(stream: bytes, start: int) -> Iterator[Record]:
    """The records from one BOF to its EOF; charts inside a sheet have their own pair."""
    depth, at, end = 0, start, len(stream)
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > end:
            raise broken()
        depth += (kind == BOF) - (kind == EOF)
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length], at + 4
        if depth <= 0:
            return
        at += 4 + length


def _outline(stream: bytes) -> Outline:
    found = Outline()
    for kind, body, _ in _records(stream, 0):
        if kind == BOF and struct.unpack_from("<H", body)[0] != _BIFF8:
            raise _too_old()
        if kind == FILEPASS:
            raise WorkbookRefused("encrypted", "文件设有打开密码。请先取消密码，再上传")
        if kind == DATEMODE:
            found.date1904 = body[:2] == b"\x01\x00"
        elif kind == SUPBOOK and (len(body) != 4 or struct.unpack_from("<H", body, 2)[0] not in (_OWN_BOOK, _ADD_INS)):
            raise WorkbookRefused("external_links", f"文件带有指向其他文件的链接，不予导入。{SAVE_AS}")
        elif kind == BOUNDSHEET:
            _add_sheet(found, body)
    if not found.sheets:
        raise WorkbookRefused("no_sheet", "文件里没有可见的工作表")
    return found


def _add_sheet(found: Outline, body: bytes) -> None:
    place, state, sort, length, wide = struct.unpack_from("<IBBBB", body)
    if sort in _MACRO_SHEETS:
        raise WorkbookRefused("macros", f"文件带有宏，不予导入。{SAVE_AS}")
    if len(found.sheets) >= _MOST_SHEETS:
        raise WorkbookRefused("too_many_parts", f"文件里的工作表超过 {_MOST_SHEETS} 个")
    text = (
        body[8 : 8 + length * 2].decode("utf-16-le", "replace") if wide & 1 else body[8 : 8 + length].decode("latin-1")
    )
    if sort == _WORKSHEET:
        found.sheets.append((SheetScan(text.replace("\0", ""), hidden=bool(state & 3)), place))


def _note(kind: int, body: bytes, sheet: SheetScan) -> None:
    """Take one record of a sheet down."""
    if kind in _CELLS:
        _note_cell(kind, body, sheet)
    elif kind == MULRK:
        row, first = struct.unpack_from("<HH", body)
        _used(sheet, row, first + (len(body) - 6) // 6 - 1, (len(body) - 6) // 6)
    elif kind == ROW:
        if body[12] & _HIDDEN_ROW:
            sheet.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
    elif kind == COLINFO:
        first, last, _, _, flags = struct.unpack_from("<5H", body)
        if flags & 1:
            sheet.hidden_columns.update(range(first, min(last, 255) + 1))
    elif kind == MERGECELLS and len(sheet.merges) < _MOST_MERGES:
        ranges = struct.iter_unpack("<4H", body[2 : 2 + (len(body) - 2) // 8 * 8])
        sheet.merges += [(top + 1, left, bottom + 1, right) for top, bottom, left, right in ranges]


def _note_cell(kind: int, body: bytes, sheet: SheetScan) -> None:
    row, column = struct.unpack_from("<HH", body)
    _used(sheet, row, column, 1)
    if kind == FORMULA:
        _note_formula(body, sheet, (row + 1, column))
    elif kind == BOOLERR and body[7:8] == b"\x01":
        sheet.error_cells.add((row + 1, column))


def _used(sheet: SheetScan, row: int, column: int, cells: int) -> None:
    sheet.rows, sheet.columns = max(sheet.rows, row + 1), max(sheet.columns, column + 1)
    sheet.cells += cells


def _note_formula(body: bytes, sheet: SheetScan, place: tuple[int, int]) -> None:
    """The kept result of a formula: a number or text, an error, or nothing at all."""
    result = body[6:14]
    if result[6:8] != b"\xff\xff" or result[0] in (0, 1):
        sheet.calculated.add(place)
    elif result[0] == 2:
        sheet.error_cells.add(place)
    else:
        sheet.uncalculated.add(place)


def _refuse_excess(sheet: SheetScan, limits: Limits) -> None:
    where = f"工作表“{sheet.name}”"
    if sheet.cells > limits.cells:
        raise WorkbookRefused("too_many_cells", f"{where}的单元格过多，请删除空白行列后另存")
    if sheet.columns > limits.columns:
        raise WorkbookRefused("too_many_columns", f"{where}用到了第 {sheet.columns} 列，最多 {limits.columns} 列")
    if sheet.rows > limits.rows + 10:
        raise WorkbookRefused("too_many_rows", f"{where}用到了第 {sheet.rows} 行，最多 {limits.rows} 行，请分开上传")
