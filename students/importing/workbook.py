"""The door of the database-free half: a CEIMS workbook in, rows and findings out. Nothing is written anywhere."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from students.importing import repairs
from students.importing.cells import Verdict
from students.importing.classes import ClassBook, ClassRef
from students.importing.container import SCHOOL, Limits
from students.importing.findings import ERROR, FIXED, WARNING, Finding, WorkbookRefused, shown
from students.importing.headers import NOTHING_SAID, SEARCHED_ROWS, Choice, Heading, find_heading, mapping_of
from students.importing.hidden import hidden_columns, hidden_rows
from students.importing.normalise import Setting, normalise_column
from students.importing.opening import open_list
from students.importing.prescan import BookScan, SheetScan
from students.importing.sheet import ColumnData, SheetData
from students.importing.validate import Frame, shifted_columns, validate

_JUNK = ("合计", "总计", "小计", "备注", "填表人", "制表人", "填表说明", "审核人", "注：", "注:", "说明：")

_SURELY_DATA = 20


@dataclass(slots=True)
class ParsedRow:
    """One child: Excel's row number, values by attribute (None or absent: left empty), repaired or doubtful cells as
    typed.
    """

    row_no: int
    values: dict[str, Any]
    raw: dict[str, str] = field(default_factory=dict)
    has_errors: bool = False


@dataclass(slots=True)
class ParsedBook:
    """A workbook as understood. `stopped`: nothing in it can be imported; the findings say why."""

    sheet: str = ""
    version: str = ""
    mapping: list[dict[str, str]] = field(default_factory=list)
    rows: list[ParsedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    fixes: Counter = field(default_factory=Counter)
    stopped: bool = False
    # The header row (from 1), the first rows of every sheet as people see them, whether nobody can be new.
    head: int = 0
    outline: list[dict] = field(default_factory=list)
    partial: bool = False

    @property
    def totals(self) -> dict[str, int]:
        """Counts for the preview: rows, bad_rows, errors, warnings, fixed."""
        levels = Counter(finding.level for finding in self.findings)
        return {
            "rows": len(self.rows),
            "bad_rows": sum(row.has_errors for row in self.rows),
            "errors": levels[ERROR],
            "warnings": levels[WARNING],
            "fixed": sum(self.fixes.values()),
        }

    def of_level(self, level: str) -> list[Finding]:
        """Findings of one level, in reading order."""
        return [finding for finding in self.findings if finding.level == level]


def read_workbook(
    source: Path | str | bytes,
    *,
    school_code: str,
    school_classes: Iterable[ClassRef],
    today: date,
    choice: Choice = NOTHING_SAID,
    partial: bool = False,
    limits: Limits = SCHOOL,
    phase: Callable[[str], None] = lambda name: None,
) -> ParsedBook:
    """Read, normalise and judge a workbook for one school.

    `today` is the legal date; `choice` settles what an earlier reading asked about; `partial`: a list that only brings
    children on record up to date; `phase` hears what begins. A hostile, foreign or unreadable file gives a stopped book
    with one error.
    """
    data = source if isinstance(source, bytes) else _bytes_of(Path(source), limits)
    year = today.year if today.month >= 9 else today.year - 1
    frame = Frame(school_code, ClassBook(school_classes, year), today)
    try:
        book, cells = open_list(data, limits, phase)
        phase("校验")
        return _parse(book, cells, frame, choice, partial)
    except WorkbookRefused as refusal:
        return _refused(refusal)


def _bytes_of(path: Path, limits: Limits) -> bytes:
    """The file, but never more than one byte over the limit."""
    with open(path, "rb") as file:
        return file.read(limits.file_bytes + 1)


def _refused(refusal: WorkbookRefused) -> ParsedBook:
    return ParsedBook(findings=[Finding(ERROR, "", 0, "", "", refusal.code, "", refusal.message)], stopped=True)


def _parse(book: BookScan, cells: dict[str, list], frame: Frame, choice: Choice, partial: bool) -> ParsedBook:
    shown_top = outline(book, cells)
    try:
        scanned, heading = _choose_sheet(book, cells, choice, partial)
    except WorkbookRefused as refusal:
        return replace(_refused(refusal), outline=shown_top)
    parsed = ParsedBook(scanned.name, heading.version, mapping_of(heading.columns), findings=list(heading.findings))
    parsed.head, parsed.outline, parsed.partial = heading.last_row, shown_top, partial
    if heading.stopped:
        parsed.stopped = True
        return parsed
    rows, ignored = _data_rows(cells[scanned.name], heading, scanned.name)
    parsed.findings += ignored + _hidden(scanned, rows, heading)
    sheet = _columns(rows, heading, scanned, Setting(book.date1904, frame.today))
    _mark_special_cells(sheet, scanned, parsed)
    repairs.take_back(sheet, choice.as_typed)
    validate(sheet, frame)
    shifted = shifted_columns(sheet)
    if shifted:
        parsed.findings += shifted
        parsed.stopped = True
        return parsed
    _finish(parsed, sheet)
    return parsed


def _choose_sheet(
    book: BookScan, cells: dict, choice: Choice = NOTHING_SAID, partial: bool = False
) -> tuple[SheetScan, Heading]:
    """The one visible sheet with a known header; several or none is a question for the uploader."""
    candidates = []
    for scanned in book.visible:
        if choice.sheet and scanned.name != choice.sheet:
            continue
        heading = find_heading(cells.get(scanned.name, []), scanned, choice, partial=partial)
        if heading:
            candidates.append((scanned, heading))
    if not candidates:
        raise WorkbookRefused(
            "no_header", "前 10 行里找不到学生信息的表头，请在“列的对应”中指明表头，或使用全国学籍系统的模板"
        )
    if len(candidates) > 1:
        names = "、".join(f"“{scanned.name}”" for scanned, _ in candidates)
        raise WorkbookRefused("several_sheets", f"有多个工作表都像学生名单：{names}，请在“列的对应”中指明导入哪一个")
    return candidates[0]


_TOP, _SHEETS, _WIDTH, _LONGEST, _MERGES = 14, 8, 120, 2_000, 500


def outline(book: BookScan, cells: dict[str, list]) -> list[dict]:
    """The first rows of every visible sheet: by them people say what a column is.

    Texts are kept whole, as the header is known again by them; the page that draws them masks long numbers.
    """
    return [
        {
            "name": scanned.name,
            "top": [[_as_text(cell) for cell in row[:_WIDTH]] for row in cells.get(scanned.name, [])[:_TOP]],
            "merges": [merge for merge in scanned.merges if merge[0] <= SEARCHED_ROWS][:_MERGES],
        }
        for scanned in book.visible[:_SHEETS]
    ]


def _as_text(cell: object) -> str:
    return cell[:_LONGEST] if isinstance(cell, str) else shown(cell[0] if isinstance(cell, list) else cell, False)


def _data_rows(rows: Sequence[list], heading: Heading, sheet: str) -> tuple[list[tuple[int, list]], list[Finding]]:
    """(Excel row number, cells) of the children; totals and signatures are left out and listed, blanks dropped."""
    kept, ignored = [], []
    for number, row in enumerate(rows[heading.last_row :], heading.last_row + 1):
        if len(row) - row.count("") > _SURELY_DATA and not str(row[0]).lstrip().startswith(_JUNK):
            kept.append((number, row))
            continue
        filled = [cell for cell in row if cell != "" and not str(cell).isspace()]
        if not filled:
            continue
        first = str(filled[0]).strip()
        if len(filled) < 2 or first.startswith(_JUNK):
            message = "不像学生数据（合计、备注或几乎空白），已忽略"
            value, remedy = shown(filled[0], False), "是学生的请补全姓名和证件号后再传；不是的不用理会"
            ignored.append(Finding(WARNING, sheet, number, "", "", "ignored_row", value, message, remedy))
        else:
            kept.append((number, row))
    return kept, ignored


def _hidden(scanned: SheetScan, rows: list[tuple[int, list]], heading: Heading) -> list[Finding]:
    """Hidden rows and columns are imported, with a word."""
    columns = ((column.index, column.header, column.field.label) for column in heading.fields)
    numbers = (number for number, _ in rows)
    return hidden_rows(scanned, numbers, "导入") + hidden_columns(scanned, columns, "导入")


def _columns(rows: list[tuple[int, list]], heading: Heading, scanned: SheetScan, setting: Setting) -> SheetData:
    turned = list(zip(*(row for _, row in rows), strict=True)) if rows else []
    columns = {}
    for column in heading.fields:
        cells = list(turned[column.index]) if turned else []
        values, verdicts = normalise_column(column.field, cells, setting)
        columns[column.field.attribute] = ColumnData(column, cells, values, verdicts)
    return SheetData(scanned.name, [number for number, _ in rows], columns)


def _mark_special_cells(sheet: SheetData, scanned: SheetScan, parsed: ParsedBook) -> None:
    """Error values and formulas never calculated arrive as blanks; say what they are."""
    if not (scanned.error_cells or scanned.uncalculated or scanned.calculated):
        return
    broken = Verdict(ERROR, "error_cell", "单元格是错误值（#N/A、#REF! 等）", "请改正公式或直接填写内容")
    empty = Verdict(ERROR, "formula_uncalculated", "公式未计算", "请选择性粘贴为数值")
    positions = {number: position for position, number in enumerate(sheet.row_numbers)}
    by_index = {data.column.index: data for data in sheet.columns.values()}
    for cells, verdict in ((scanned.uncalculated, empty), (scanned.error_cells, broken)):
        for row, index in cells:
            if row in positions and index in by_index:
                by_index[index].values[positions[row]] = None
                by_index[index].verdicts[positions[row]] = verdict
    for data in sheet.columns.values():
        rows = [row for row, index in scanned.calculated if index == data.column.index and row in positions]
        if rows:
            parsed.findings.append(_formula_column(sheet, data, rows))


def _formula_column(sheet: SheetData, data: ColumnData, rows: list[int]) -> Finding:
    message = f"有 {len(rows)} 个单元格是公式，已采用其计算结果"
    label = data.column.field.label
    remedy = "请核对，最好选择性粘贴为数值"
    return Finding(
        WARNING, sheet.name, min(rows), data.column.letter, label, "formula_value", "", message, remedy
    )  # fmt: skip


def _finish(parsed: ParsedBook, sheet: SheetData) -> None:
    """Turn columns back into rows and collect what was said. A column without a value says nothing of any row."""
    found, parsed.fixes, bad = sheet.findings()
    parsed.findings += found
    told = [name for name, data in sheet.columns.items() if data.values.count(None) < len(data.values)]
    names = told or list(sheet.columns)
    by_row = zip(*(sheet.columns[name].values for name in names), strict=True)
    parsed.rows = [
        ParsedRow(number, dict(zip(names, values, strict=True)), has_errors=position in bad)
        for position, (number, values) in enumerate(zip(sheet.row_numbers, by_row, strict=True))
    ]
    for attribute, data in sheet.columns.items():
        if data.column.field.confidential:
            continue
        for position, verdict in data.verdicts.items():
            if verdict.level in (FIXED, WARNING):
                parsed.rows[position].raw[attribute] = shown(data.cells[position], False)


# --- the same sheet without a school: whoever only compares needs no rules of registration ---------------------------


@dataclass(slots=True)
class Table:
    """A sheet by the meaning of its columns; rows are normalised piece by piece, so that a county fits into memory."""

    scanned: SheetScan
    heading: Heading
    setting: Setting
    rows: list[tuple[int, list]]
    findings: list[Finding] = field(default_factory=list)

    @property
    def filled(self) -> set[str]:
        """Attributes whose column holds something: a column without a single cell was not exported."""
        wanted = {column.index: column.field.attribute for column in self.heading.fields}
        found: set[str] = set()
        for _, row in self.rows:
            if not wanted:
                break
            for index in [index for index in wanted if row[index] != ""]:
                found.add(wanted.pop(index))
        return found

    def pieces(self, size: int) -> Iterable[SheetData]:
        """The rows as columns, `size` rows at a time, with what the normalisers say of each cell."""
        for start in range(0, len(self.rows), size):
            piece = _columns(self.rows[start : start + size], self.heading, self.scanned, self.setting)
            _mark_special_cells(piece, self.scanned, ParsedBook())
            yield piece


def read_table(data: bytes, *, today: date, limits: Limits, phase: Callable[[str], None] = lambda name: None) -> Table:
    """The one sheet that looks like children, none of its columns required. Raises WorkbookRefused."""
    book, cells = open_list(data, limits, phase)
    scanned, heading = _choose_sheet(book, cells)
    if twice := [each for each in heading.findings if each.code == "duplicate_column"]:
        raise WorkbookRefused("duplicate_column", f"{twice[0].message}，{twice[0].remedy}")
    rows, ignored = _data_rows(cells.pop(scanned.name), heading, scanned.name)
    return Table(scanned, heading, Setting(book.date1904, today), rows, ignored)
