"""The user's own list given back with the findings on it, to be put right there and uploaded again.

An .xlsx stays the file it was: only fills, the column 错误说明 and the sheet 核对结果 are new, and a second marking
replaces the first. What cannot carry colours (.xls, text) comes back as an .xlsx with the same cells.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable

import xlsxwriter

from students.importing import marked_parts
from students.importing.container import Container, Limits, Shape, shape_of
from students.importing.headers import SEARCHED_ROWS
from students.importing.marked_parts import Page, Styles, Unmarkable, page_of_findings
from students.importing.marks import COLUMNS, FILLS, NOTE, SHEET, Marks, line_of
from students.importing.opening import Cells, open_list
from students.importing.prescan import relations_of, workbook_parts
from students.written_books import SAFE

_OWN_PART, _OWN_RELATION = "xl/worksheets/findings.xml", "rIdFindings"
_UNLAWFUL, _LONGEST_NAME = re.compile(r"[\[\]:*?/\\]"), 31
_MOST_MARKED = 64 * 1024 * 1024


def marked_copy(data: bytes, findings: list[dict], *, sheet: str, head: int, limits: Limits) -> bytes:
    """The list as .xlsx with its findings (as `Finding.as_dict`); `sheet` and `head` say where the header stands.

    Without a `head` it is the fullest of the rows above the first finding. Raises WorkbookRefused when the upload
    itself cannot be opened.
    """
    _, cells = open_list(data, limits)
    head = head or _likely_head(cells.get(sheet, []), findings)
    marks, note_at = Marks.of(findings, sheet), _note_column(cells.get(sheet, []), head)
    if shape_of(data, limits) is Shape.XLSX:
        try:
            return _in_place(Container(data, limits), cells, findings, sheet, _Where(marks, head, note_at))
        except (Unmarkable, UnicodeError, KeyError):
            pass
    return _anew(cells, findings, sheet, _Where(marks, head, note_at))


class _Where:
    """The marks of the sheet, its header row, and the column for the sentences."""

    def __init__(self, marks: Marks, head: int, note_at: int):
        self.marks, self.head, self.note_at = marks, head, note_at


def _likely_head(rows: list[list], findings: list[dict]) -> int:
    first = min((each["row"] for each in findings if each["row"]), default=1)
    filled = [
        sum(isinstance(cell, str) and cell != "" for cell in row) for row in rows[: min(first - 1, SEARCHED_ROWS)]
    ]
    return filled.index(max(filled)) + 1 if filled else 0


def _note_column(rows: list[list], head: int) -> int:
    """The column 错误说明 of an earlier marking, else the first free one."""
    header = rows[head - 1] if 0 < head <= len(rows) else []
    return header.index(NOTE) if NOTE in header else max(map(len, rows), default=0)


# --- the file itself -------------------------------------------------------------------------------------------------


def _in_place(box: Container, cells: Cells, findings: list[dict], sheet: str, where: _Where) -> bytes:
    parts, _, book = workbook_parts(box)
    page = next((part for scanned, part in parts if scanned.name == sheet), "")
    style = next((target for kind, target in relations_of(box, book) if kind.endswith("/styles")), "")
    if not page or not box.has(style) or box.parts[page].file_size > _MOST_MARKED:
        raise Unmarkable
    styles = Styles(box.read(style))
    marked = Page(box.read(page, _MOST_MARKED), where.marks, styles, head=where.head, note_at=where.note_at)
    changed = {page: marked.xml, style: styles.xml()}
    changed |= _with_findings(box, book, parts, cells, page_of_findings(findings))
    return _packed(box, changed)


def _with_findings(box: Container, book: str, parts, cells: Cells, content: bytes) -> dict[str, bytes]:
    """The parts that bring the sheet of findings in; one of an earlier marking is replaced."""
    header = list(COLUMNS)
    for scanned, part in parts:
        if scanned.name == SHEET and (cells.get(SHEET) or [[]])[0][: len(header)] == header:
            return {part: content}
    if box.has(_OWN_PART):
        raise Unmarkable
    folder = posixpath.dirname(book)
    relations = f"{folder}/_rels/{posixpath.basename(book)}.rels"
    taken = {scanned.name for scanned, _ in parts}
    name = SHEET if SHEET not in taken else f"{SHEET}（系统）"
    if name in taken:
        raise Unmarkable
    return {
        _OWN_PART: content,
        book: marked_parts.with_sheet(box.read(book), name, _OWN_RELATION),
        relations: marked_parts.with_relation(box.read(relations), _OWN_RELATION, f"/{_OWN_PART}"),
        "[Content_Types].xml": marked_parts.with_content_type(box.read("[Content_Types].xml"), _OWN_PART),
    }


def _packed(box: Container, changed: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name in [*box.parts, *(name for name in changed if not box.has(name))]:
            with archive.open(name, "w") as part:
                for chunk in [changed[name]] if name in changed else box.stream(name):
                    part.write(chunk)
    return out.getvalue()


# --- the same cells in a new file ------------------------------------------------------------------------------------


def _anew(cells: Cells, findings: list[dict], sheet: str, where: _Where) -> bytes:
    """A workbook with the cells of the list, coloured, and the sheet of findings."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, SAFE)
    formats = {
        level: book.add_format({"bg_color": f"#{colour[2:]}", "num_format": "@"}) for level, colour in FILLS.items()
    }
    formats[""] = book.add_format({"num_format": "@"})
    for name, rows in cells.items():
        if name != SHEET:
            page = book.add_worksheet(_lawful(name, book.sheetnames))
            _write_rows(page, rows, where if name == sheet else _Where(Marks(), 0, -1), formats)
    _write_findings(book.add_worksheet(SHEET), findings, formats[""])
    book.close()
    return out.getvalue()


def _lawful(name: str, taken: Iterable[str]) -> str:
    """A sheet name as Excel allows it, and no other's."""
    plain = _UNLAWFUL.sub("_", name).strip("'")[:_LONGEST_NAME] or "Sheet"
    used = {each.lower() for each in [*taken, SHEET]}
    return plain if plain.lower() not in used else f"{plain[: _LONGEST_NAME - 4]}_{len(used)}"


def _write_rows(page, rows: list[list], where: _Where, formats: dict) -> None:
    if where.note_at >= 0:
        page.set_column(where.note_at, where.note_at, 80)
    for number, row in enumerate(rows, 1):
        levels = where.marks.cells.get(number, {})
        for column, cell in enumerate(row):
            if column != where.note_at:
                _write(page, number - 1, column, cell, formats[levels.get(column, "")])
        note = NOTE if number == where.head else where.marks.notes.get(number, "")
        if note:
            level = "" if number == where.head else where.marks.worst.get(number, "")
            page.write_string(number - 1, where.note_at, note, formats[level])


def _write(page, row: int, column: int, cell: object, style) -> None:
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell, style)
    elif isinstance(cell, float):
        page.write_number(row, column, cell, style)
    elif isinstance(cell, list):  # a date cell
        page.write_string(row, column, cell[0], style)
    elif cell != "":
        page.write_string(row, column, str(cell), style)
    else:
        page.write_blank(row, column, None, style)


def _write_findings(page, findings: list[dict], style) -> None:
    for column, (heading, width) in enumerate(COLUMNS.items()):
        page.set_column(column, column, width)
        page.write_string(0, column, heading, style)
    for number, each in enumerate(findings, 1):
        for column, text in enumerate(line_of(each)):
            page.write_string(number, column, text, style)
