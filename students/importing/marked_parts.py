"""The parts of an .xlsx that a marked copy touches, rewritten as bytes: everything else stays as the user made it."""

import re

from students.importing.findings import column_index, column_letter
from students.importing.marks import COLUMNS, FILLS, NOTE, Marks, line_of, written

_FILLS = re.compile(rb"<fills\b[^>]*>(.*?)</fills>", re.DOTALL)
_FILL = re.compile(rb"<fill\b[^>]*?/>|<fill\b.*?</fill>", re.DOTALL)
_XFS = re.compile(rb"<cellXfs\b[^>]*>(.*?)</cellXfs>", re.DOTALL)
_XF = re.compile(rb"<xf\b[^>]*?/>|<xf\b.*?</xf>", re.DOTALL)
_FILL_OF = re.compile(rb'\sfillId="(\d+)"')
_SET_FILL = re.compile(rb'\s(?:fillId|applyFill)="[^"]*"')
_ROW = re.compile(rb"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.DOTALL)
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_REFERENCE = re.compile(rb'\sr="([A-Z]{0,3})(\d+)"')
_STYLE = re.compile(rb'\ss="(\d+)"')
_LAST_COLUMN = re.compile(rb'<col\b[^>]*?\smax="(\d+)"')
_NOTE_WIDTH = 80
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = b"http://purl.oclc.org/"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


class Unmarkable(Exception):
    """The XML is lawful but unusual; the copy is written anew instead."""


def _only(pattern: re.Pattern, xml: bytes) -> re.Match:
    found = pattern.search(xml)
    if found is None:
        raise Unmarkable
    return found


class Styles:
    """The formats of a workbook, with copies of those in use that differ by the fill alone."""

    def __init__(self, xml: bytes):
        """Fills of an earlier marking are taken off first, wherever they are used."""
        self._xml = xml
        self._fills = _FILL.findall(_only(_FILLS, xml)[1])
        self._xfs = [self._unmarked(xf) for xf in _XF.findall(_only(_XFS, xml)[1])]
        self._known: dict[tuple[int, str], int] = {}
        if not self._xfs:
            raise Unmarkable

    def _unmarked(self, xf: bytes) -> bytes:
        used = _FILL_OF.search(xf)
        fill = self._fills[int(used[1])] if used and int(used[1]) < len(self._fills) else b""
        ours = any(colour.encode() in fill for colour in FILLS.values())
        return xf.replace(used[0], b' fillId="0"', 1) if ours else xf

    def marked(self, style: int, level: str) -> int:
        """The number of the format that looks like `style` with the colour of `level`."""
        if (style, level) not in self._known:
            model = self._xfs[style] if style < len(self._xfs) else self._xfs[0]
            self._known[style, level] = len(self._xfs)
            fill = f' fillId="{self._fill(level)}" applyFill="1"'.encode()
            self._xfs.append(b"<xf" + fill + _SET_FILL.sub(b"", model)[3:])
        return self._known[style, level]

    def _fill(self, level: str) -> int:
        fill = f'<fill><patternFill patternType="solid"><fgColor rgb="{FILLS[level]}"/></patternFill></fill>'.encode()
        if fill not in self._fills:
            self._fills.append(fill)
        return self._fills.index(fill)

    def xml(self) -> bytes:
        """The part, once all formats were asked for."""
        fills = f'<fills count="{len(self._fills)}">'.encode() + b"".join(self._fills) + b"</fills>"
        xfs = f'<cellXfs count="{len(self._xfs)}">'.encode() + b"".join(self._xfs) + b"</cellXfs>"
        return _XFS.sub(lambda _: xfs, _FILLS.sub(lambda _: fills, self._xml, count=1), count=1)


class Page:
    """One sheet with its marks: cells coloured, the column of sentences filled anew."""

    def __init__(self, xml: bytes, marks: Marks, styles: Styles, *, head: int, note_at: int):
        self._marks, self._styles, self._head, self._note_at = marks, styles, head, note_at
        before, opened, rest = xml.partition(b"<sheetData>")
        data, closed, after = rest.partition(b"</sheetData>")
        if not opened or not closed:
            raise Unmarkable
        self.xml = self._wide_note(before) + opened + _ROW.sub(self._row, data) + closed + after

    def _row(self, found: re.Match) -> bytes:
        reference = _REFERENCE.search(found[1])
        if reference is None:
            raise Unmarkable
        row = int(reference[2])
        levels = self._marks.cells.get(row, {})
        note = NOTE if row == self._head else self._marks.notes.get(row, "")
        cells = dict(map(self._cell, _CELL.finditer(found[2] or b"")))
        if not levels and not note and self._note_at not in cells:
            return found[0]
        cells.pop(self._note_at, None)
        for column, level in levels.items():
            cells[column] = self._coloured(cells.get(column, b""), row, column, level)
        if note:
            cells[self._note_at] = self._sentence(row, note)
        inside = b"".join(cells[column] for column in sorted(cells))
        attributes = re.sub(rb'\sspans="[^"]*"', b"", found[1])
        return b"<row" + attributes + b">" + inside + b"</row>"

    def _cell(self, found: re.Match) -> tuple[int, bytes]:
        reference = _REFERENCE.search(found[1])
        if reference is None or not reference[1]:
            raise Unmarkable
        return column_index(reference[1].decode()), found[0]

    def _coloured(self, cell: bytes, row: int, column: int, level: str) -> bytes:
        if not cell:
            return f'<c r="{column_letter(column)}{row}" s="{self._styles.marked(0, level)}"/>'.encode()
        opening = cell[: cell.index(b">")]
        used = _STYLE.search(opening)
        style = f' s="{self._styles.marked(int(used[1]) if used else 0, level)}"'.encode()
        rest = cell[len(opening) :]
        return b"<c" + style + _STYLE.sub(b"", opening)[2:] + rest

    def _sentence(self, row: int, text: str) -> bytes:
        level = self._marks.worst.get(row)
        style = f' s="{self._styles.marked(0, level)}"' if level and row != self._head else ""
        return text_cell(column_letter(self._note_at), row, text, style)

    def _wide_note(self, before: bytes) -> bytes:
        """The column of sentences is wide, unless the sheet has widths that reach over it."""
        number = self._note_at + 1
        column = f'<col min="{number}" max="{number}" width="{_NOTE_WIDTH}" customWidth="1"/>'.encode()
        if b"<cols>" not in before:
            return before + b"<cols>" + column + b"</cols>"
        widest = max(map(int, _LAST_COLUMN.findall(before)), default=0)
        return before.replace(b"</cols>", column + b"</cols>", 1) if widest < number else before


def text_cell(letter: str, row: int, text: str, style: str = "") -> bytes:
    """A cell of text whatever it begins with: no formula can come alive."""
    said = f'<c r="{letter}{row}"{style} t="inlineStr"><is><t xml:space="preserve">{written(text)}</t></is></c>'
    return said.encode("utf-8", "replace")


def page_of_findings(findings: list[dict]) -> bytes:
    """A worksheet with all findings."""
    lines = [list(COLUMNS), *map(line_of, findings)]
    rows = b"".join(
        f'<row r="{at}">'.encode()
        + b"".join(text_cell(column_letter(index), at, text) for index, text in enumerate(line) if text)
        + b"</row>"
        for at, line in enumerate(lines, 1)
    )
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(COLUMNS.values(), 1)
    )
    head = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{_MAIN}"><cols>{widths}</cols>'
    return head.encode() + b"<sheetData>" + rows + b"</sheetData></worksheet>"


def with_sheet(book: bytes, name: str, relation: str) -> bytes:
    """The workbook part with one more sheet at the end."""
    if _STRICT in book:
        raise Unmarkable
    root = _only(re.compile(rb"<workbook\b[^>]*>"), book)[0]
    known = b'xmlns:r="' + _RELATION.encode() + b'"' in root
    declared = "" if known else f' xmlns:r="{_RELATION}"'
    number = max(map(int, re.findall(rb'\ssheetId="(\d+)"', book)), default=0) + 1
    sheet = f'<sheet name="{written(name)}" sheetId="{number}"{declared} r:id="{relation}"/>'.encode()
    return _before(book, b"</sheets>", sheet)


def with_relation(relations: bytes, relation: str, target: str) -> bytes:
    """The relations of the workbook with that of the new sheet."""
    line = f'<Relationship Id="{relation}" Type="{_RELATION}/worksheet" Target="{target}"/>'
    return _before(relations, b"</Relationships>", line.encode())


def with_content_type(types: bytes, part: str) -> bytes:
    """The list of contents with the new sheet."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    return _before(types, b"</Types>", f'<Override PartName="/{part}" ContentType="{kind}"/>'.encode())


def _before(xml: bytes, mark: bytes, addition: bytes) -> bytes:
    before, found, after = xml.rpartition(mark)
    if not found:
        raise Unmarkable
    return before + addition + found + after
