"""One streaming look at the XML of a workbook before any reader sees it.

It measures what could blow a reader up, and notes what calamine hides: hidden rows, error cells, formulas never
calculated. Bytes are searched, not parsed: a few regular expressions over 300 MB/s beat a parser's callbacks, and
no entity is ever expanded.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from xml.etree import ElementTree

from students.importing.container import Container, Limits
from students.importing.findings import WorkbookRefused, column_index

_PREFIX = rb"<(?:[A-Za-z][\w.-]{0,20}:)?"
_CELL = re.compile(_PREFIX + rb"""c\s[^<>]*?\br\s*=\s*["']\$?([A-Za-z]+)\$?(\d+)["'][^<>]*?(/>|>\s*</[^<>]*c>|>)""")
_USUAL_CELL = re.compile(rb'<c r="([^"]+)"(?:[^>]*[^/])?>(?!</c>)')
_DIGITS = b"0123456789"
_NO_DIGITS = bytes(byte for byte in range(256) if byte not in b" 0123456789")
_ANY_CELL = re.compile(_PREFIX + rb"c[\s/>]")
_ROW = re.compile(_PREFIX + rb"row(\s[^<>]*)?>")
_COLUMN = re.compile(_PREFIX + rb"col(\s[^<>]*)/?>")
_MERGE = re.compile(_PREFIX + rb"""mergeCell\s[^<>]*?ref\s*=\s*["']([A-Za-z]+)(\d+):([A-Za-z]+)(\d+)["']""")
_ERROR_CELL = re.compile(
    _PREFIX + rb"""c\s(?=[^<>]*?\bt\s*=\s*["']e["'])[^<>]*?\br\s*=\s*["']([A-Za-z]+)(\d+)["'][^<>]*>"""
)
_FORMULA_CELL = re.compile(
    _PREFIX
    + rb"""c\s[^<>]*?\br\s*=\s*["']([A-Za-z]+)(\d+)["'][^<>]*>\s*"""
    + _PREFIX
    + rb"""f\b(?:[^<>]*/>|[^<>]*>[^<]*</[^<>]*>)\s*(?:"""
    + _PREFIX
    + rb"""v\s*(/?)>([^<]*))?"""
)
_ATTRIBUTE = re.compile(rb"""\b([A-Za-z]+)\s*=\s*["']([^"']*)["']""")
_EMPTY = (b"/>", b"c>")
_TRUE = (b"1", b"true")
_MAX_ROW_BYTES = 8 * 1024 * 1024
_NOTED = 200_000

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"


@dataclass(slots=True)
class SheetScan:
    """What the look at one sheet found. Cells are (row from 1, column from 0).

    `rows` and `columns`: the furthest that had to be measured.
    """

    name: str
    hidden: bool = False
    rows: int = 0
    columns: int = 0
    cells: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    error_cells: set[tuple[int, int]] = field(default_factory=set)
    uncalculated: set[tuple[int, int]] = field(default_factory=set)
    calculated: set[tuple[int, int]] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class BookScan:
    """The whole workbook: its sheets in order and the 1904 flag."""

    sheets: list[SheetScan]
    date1904: bool

    @property
    def visible(self) -> list[SheetScan]:
        """Sheets that a person sees when opening the file."""
        return [sheet for sheet in self.sheets if not sheet.hidden]


def scan(data: bytes, limits: Limits) -> BookScan:
    """Look through a workbook; WorkbookRefused with reason and advice when it is not to be opened."""
    box = Container(data, limits)
    for name in box.parts:
        if name.lower().endswith((".xml", ".rels", ".vml")):
            _refuse_doctype(box, name)
    sheets, date1904, _ = workbook_parts(box)
    for sheet, part in sheets:
        if not sheet.hidden:
            _scan_sheet(box, part, sheet, limits)
    return BookScan([sheet for sheet, _ in sheets], date1904)


def _refuse_doctype(box: Container, name: str) -> None:
    """DOCTYPE can only stand before the root element, so the first pieces are enough; UTF-16 would hide it."""
    seen = b""
    for chunk in box.stream(name):
        seen += chunk
        if b"\x00" in chunk or seen.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise WorkbookRefused("encoding", "文件内部的 XML 不是 UTF-8 编码，已拒绝打开")
        if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
            raise WorkbookRefused("doctype", "文件内部含有 DOCTYPE 声明（可能是攻击文件），已拒绝打开")
        if re.search(rb"<[A-Za-z]", seen):
            return
        if len(seen) > _MAX_ROW_BYTES:
            raise WorkbookRefused("xml", "文件内部的 XML 不正常，已拒绝打开")


def _xml(box: Container, name: str) -> ElementTree.Element:
    """A small part as a tree; safe because DOCTYPE has been refused before."""
    if not box.has(name):
        raise WorkbookRefused("not_workbook", "这不是 Excel 工作簿（缺少内部部件），请另存为 .xlsx 后重新上传")
    try:
        return ElementTree.fromstring(box.read(name))
    except ElementTree.ParseError as error:
        raise WorkbookRefused("xml", "文件内部的 XML 已损坏，请另存为 .xlsx 后重新上传") from error


def _main_part(box: Container) -> str:
    for relation in _xml(box, "_rels/.rels"):
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    return "xl/workbook.xml"


def relations_of(box: Container, part: str) -> list[tuple[str, str]]:
    """(type, part) of everything a part refers to."""
    return [(relation.get("Type", ""), target) for relation, target in _related(box, part)]


def _related(box: Container, part: str) -> Iterator[tuple[ElementTree.Element, str]]:
    folder = posixpath.dirname(part)
    for relation in _xml(box, f"{folder}/_rels/{posixpath.basename(part)}.rels"):
        target = relation.get("Target", "")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        yield relation, whole


def workbook_parts(box: Container) -> tuple[list[tuple[SheetScan, str]], bool, str]:
    """Sheets with the part each lives in, whether dates count from 1904, and the part of the workbook itself."""
    main = _main_part(box)
    book = _xml(box, main)
    targets = {relation.get("Id"): target for relation, target in _related(box, main)}
    sheets, date1904 = [], False
    for element in book.iter():
        tag = element.tag.removeprefix(_MAIN).removeprefix(_STRICT)
        if tag == "workbookPr":
            date1904 = element.get("date1904", "0") in ("1", "true")
        elif tag == "sheet":
            part = targets.get(next((v for k, v in element.attrib.items() if k.endswith("}id")), None), "")
            if box.has(part) and "/worksheets/" in f"/{part}":
                hidden = element.get("state", "visible") != "visible"
                sheets.append((SheetScan(element.get("name", ""), hidden), part))
    if not any(not sheet.hidden for sheet, _ in sheets):
        raise WorkbookRefused("no_sheet", "文件里没有可见的工作表")
    return sheets, date1904, main


def _scan_sheet(box: Container, part: str, sheet: SheetScan, limits: Limits) -> None:
    unusual = unusual_cell(limits.rows, limits.columns)
    for piece in _whole_rows(box.stream(part)):
        if unusual.search(piece) or (b":" in piece and b":c" in piece):
            _measure(piece, sheet)
            _note_unusual_cells(piece, sheet)
        else:
            sheet.cells += piece.count(b'<c r="')
        _note(piece, sheet)
        if sheet.cells > limits.cells:
            raise WorkbookRefused("too_many_cells", f"工作表“{sheet.name}”的单元格过多，请删除空白行列后另存")
        if sheet.columns > limits.columns:
            raise WorkbookRefused(
                "too_many_columns", f"工作表“{sheet.name}”用到了第 {sheet.columns} 列，最多 {limits.columns} 列"
            )
        if sheet.rows > limits.rows + 10:
            raise WorkbookRefused(
                "too_many_rows", f"工作表“{sheet.name}”用到了第 {sheet.rows} 行，最多 {limits.rows} 行，请分开上传"
            )


@cache
def unusual_cell(rows: int, columns: int) -> re.Pattern[bytes]:
    """A cell that wants a closer look: not written as nearly all programs write it, an error, a formula, or not seen
    at a glance to lie within so many rows and columns (by its first digit, by its first letter).

    Where there is none, one search has told all there is to know.
    """
    first, places = int(str(rows)[0]), len(str(rows)) - 1
    numbers = rf"[1-9]\d{{0,{places - 1}}}" if places else r"[1-9]"
    if first > 1 and places:
        numbers = rf"(?:[1-{first - 1}]\d{{{places}}}|{numbers})"
    pairs = min(columns // 26 - 1, 26)
    letters = rf"[A-{chr(64 + pairs)}]?[A-Z]" if pairs > 0 else rf"[A-{chr(64 + min(columns, 26))}]"
    attributes = r'(?: (?:t="(?:s"|inlineStr"|str"|n"|b")|s="\d++")){0,2}+'
    return re.compile(rf'<c(?! r="{letters}{numbers}"{attributes}(?:>(?:<v>|<is>|</c>)|/>))'.encode())


def _whole_rows(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Re-cut a stream in front of row starts, so that no cell is torn apart."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        cut = rest.rfind(b"<row")
        if cut < 0:
            cut = rest.rfind(b"<", 0, rest.rfind(b":row") + 1)
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > _MAX_ROW_BYTES:
            raise WorkbookRefused("row_too_large", "某一行的内容过大，已拒绝打开")
    yield rest


def _measure(piece: bytes, sheet: SheetScan) -> None:
    """Largest used row and column, number of cells; blank formatted cells do not count as used."""
    number, columns, rows = _used_cells(piece)
    sheet.cells += number
    if not columns:
        return
    if not all(letters.isalpha() and len(letters) <= 3 for letters in columns) or not all(
        0 < len(r) <= 7 for r in rows
    ):
        raise WorkbookRefused("bad_reference", "文件内部的单元格坐标不正常，已拒绝打开")
    sheet.columns = max(sheet.columns, *(column_index(letters.decode()) + 1 for letters in columns))
    sheet.rows = max(sheet.rows, *map(int, rows))


def _used_cells(piece: bytes) -> tuple[int, set[bytes], set[bytes]]:
    """Number of cells, and the columns and rows of those that hold something.

    Nearly all programs write `<c r="A1"`; only the others pay for the patient pattern.
    """
    number = piece.count(b'<c r="')
    if number == piece.count(b"<c") and (b":" not in piece or b":c" not in piece):
        used = b" ".join(_USUAL_CELL.findall(piece))
        return number, *(set(used.translate(None, d).split(b" ")) if used else set() for d in (_DIGITS, _NO_DIGITS))
    found = _CELL.findall(piece)
    kept = [(letters, row) for letters, row, rest in found if not rest.endswith(_EMPTY)]
    return max(len(found), len(_ANY_CELL.findall(piece))), {c for c, _ in kept}, {r for _, r in kept}


def _note(piece: bytes, sheet: SheetScan) -> None:
    """Hidden rows and columns, merged ranges."""
    if b"hidden" in piece:
        _note_hidden(piece, sheet)
    if b"mergeCell" in piece and len(sheet.merges) < _NOTED:
        for left, top, right, bottom in _MERGE.findall(piece):
            sheet.merges.append((int(top), column_index(left.decode()), int(bottom), column_index(right.decode())))


def _note_unusual_cells(piece: bytes, sheet: SheetScan) -> None:
    """Error cells and formulas."""
    if b'"e' in piece or (b"'" in piece and b"'e" in piece):  # one byte alone is found fastest, then a rare last one
        _note_cells(sheet.error_cells, _ERROR_CELL.findall(piece))
    if b"<f" in piece or (b":" in piece and b":f" in piece):
        for letters, row, closed, value in _FORMULA_CELL.findall(piece):
            kept = sheet.calculated if value.strip() and not closed else sheet.uncalculated
            _note_cells(kept, [(letters, row)])


def _note_cells(kept: set[tuple[int, int]], references: list[tuple[bytes, bytes]]) -> None:
    for letters, row in references:
        if len(kept) < _NOTED:
            kept.add((int(row), column_index(letters.decode())))


def _note_hidden(piece: bytes, sheet: SheetScan) -> None:
    for (attributes,) in (found.groups() for found in _ROW.finditer(piece)):
        values = dict(_ATTRIBUTE.findall(attributes or b""))
        if values.get(b"hidden") in _TRUE and values.get(b"r", b"").isdigit():
            sheet.hidden_rows.add(int(values[b"r"]))
    for (attributes,) in (found.groups() for found in _COLUMN.finditer(piece)):
        values = dict(_ATTRIBUTE.findall(attributes))
        if values.get(b"hidden") in _TRUE and values.get(b"min", b"").isdigit() and values.get(b"max", b"").isdigit():
            first, last = int(values[b"min"]), min(int(values[b"max"]), 16_384)
            sheet.hidden_columns.update(range(first - 1, last))
