"""A list of a few known columns, read by its headers: answer sheets, rosters, results. Nothing is guessed.

A list declares its columns once (`Listing`); `read_list` finds the header row, reads each cell by the column's own
reader, and says in words what cannot be used. What the lines mean is the caller's business.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from law import clock
from students import idnumber
from students.dictionary.fields import plain_header

from .cells import Answer, error, folded, looks_rounded, tidy, whole
from .container import MEGABYTE, Limits
from .dates import read_birth_date
from .findings import ERROR, Finding, WorkbookRefused, column_index, column_letter, shown
from .hidden import hidden_columns, hidden_rows, hidden_sheets
from .names import clean_name
from .opening import open_list
from .prescan import SheetScan

SMALL = Limits(MEGABYTE, 50 * MEGABYTE, rows=5_000, columns=50, cells=250_000)
SEARCHED_ROWS = 10
Reader = Callable[[Any, str], Answer]


def text(cell: Any, label: str) -> Answer:
    """Words; a whole number typed as one is taken as its digits, anything else that is no text is refused."""
    if isinstance(cell, str):
        return tidy(cell), None
    digits = whole(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None
    return (digits, None) if digits is not None else error("not_text", f"{label}不是文字", "请改为文字")


def name(cell: Any, label: str) -> Answer:
    """A person's name, required."""
    cleaned = clean_name(cell) if isinstance(cell, str) else ""
    return (cleaned, None) if cleaned else error("no_name", f"{label}为空或不是文字", f"请填写{label}")


def number(cell: Any, label: str) -> Answer:
    """An ID number or 学籍号; one typed as a number has lost digits for good and is refused, never completed."""
    if isinstance(cell, str) and not looks_rounded(cell):
        return idnumber.normalise(cell), None
    return error(
        "number_cell", f"{label}以数字或日期格式存放，后几位可能已经丢失", "请把该列设为文本后，照原件重新录入"
    )


def count(cell: Any, label: str) -> Answer:
    """A whole number of zero or more; an empty cell is None."""
    if cell == "" or isinstance(cell, str) and not cell.strip():
        return None, None
    digits = folded(cell) if isinstance(cell, str) else whole(cell) if isinstance(cell, int | float) else None
    if digits is None or not digits.isdecimal():
        return error("not_a_count", f"{label}应为不小于 0 的整数", "请填数字")
    return int(digits), None


def birth_date(cell: Any, label: str) -> Answer:
    """A full date of birth; a date that only lost its shape is taken."""
    value, verdict = read_birth_date(cell, date1904=False, today=clock.today())
    return value, (verdict if value is None else None)


@dataclass(frozen=True)
class Column:
    """One column of a list: the key in its lines, what people call it, the headers it goes by, how a cell is read.

    `private` values are shown masked in sentences.
    """

    key: str
    label: str
    headers: tuple[str, ...]
    read: Reader = text
    private: bool = False


@dataclass(frozen=True)
class Listing:
    """What a list looks like. `needs`: of each group at least one column must be there. `line` takes row and keys."""

    title: str
    columns: tuple[Column, ...]
    needs: tuple[tuple[str, ...], ...]
    line: type
    limits: Limits = SMALL

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    @property
    def needs_in_words(self) -> str:
        groups = ["或".join(f"“{self.column(key).label}”" for key in group) for group in self.needs]
        return "、".join(groups)


@dataclass(slots=True)
class ListSheet:
    """The lines of one sheet, the letters of its columns, and what is wrong with single cells."""

    listing: Listing
    name: str
    letters: dict[str, str]
    lines: list = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    # As the look at the file found it: for `unseen`, which is asked when the list has just been read.
    scanned: SheetScan = field(default_factory=lambda: SheetScan(""))
    others: list[Finding] = field(default_factory=list)

    def kept(self) -> dict:
        """The sheet as JSON can carry it, for a seal; of lists without dates."""
        return {
            "name": self.name,
            "letters": self.letters,
            "lines": [asdict(line) for line in self.lines],
            "findings": [asdict(finding) for finding in self.findings],
        }

    @classmethod
    def restored(cls, listing: Listing, kept: dict) -> "ListSheet":
        """What `kept` said."""
        lines = [listing.line(**line) for line in kept["lines"]]
        findings = [Finding(**finding) for finding in kept["findings"]]
        return cls(listing, kept["name"], kept["letters"], lines, findings)

    def unseen(self, rows: Iterable[int], keys: Iterable[str], act: str) -> list[Finding]:
        """What of these rows and columns a person does not see on opening the list, and what is done with it."""
        places = [(key, self.listing.column(key).label) for key in keys if key in self.letters]
        columns = [(column_index(self.letters[key]), label, label) for key, label in places]
        return hidden_rows(self.scanned, rows, act) + hidden_columns(self.scanned, columns, act) + self.others

    @property
    def hidden(self) -> list[Finding]:
        """The same of every row and column that holds anything: none of them is passed over."""
        rows = {each.row for each in (*self.lines, *self.findings)}
        told = {each.column for each in self.findings}
        filled = [key for key, letter in self.letters.items() if letter in told or self._holds(key)]
        return self.unseen(rows, filled, "读取、核对")

    def _holds(self, key: str) -> bool:
        return any(getattr(line, key, None) not in ("", None) for line in self.lines)

    def finding(self, row: int, key: str, raw: object, message: str, remedy: str) -> Finding:
        """A sentence about one cell of this sheet; private values are masked."""
        column = self.listing.column(key)
        value = shown(raw.isoformat() if isinstance(raw, date) else raw, column.private)
        return Finding(ERROR, self.name, row, self.letters.get(key, ""), column.label, "", value, message, remedy)


def read_list(data: bytes, listing: Listing) -> ListSheet:
    """Read an uploaded list. Raises WorkbookRefused when it is none or cannot be opened."""
    book, cells = open_list(data, listing.limits)
    fitting = [
        (sheet, found) for sheet in book.visible if (found := _heading(cells.get(sheet.name, []), listing)) is not None
    ]
    if not fitting:
        raise WorkbookRefused(
            "no_header", f"前 {SEARCHED_ROWS} 行里找不到表头。{listing.title}须有这些列：{listing.needs_in_words}"
        )
    if len(fitting) > 1:
        raise WorkbookRefused("several_sheets", f"有多个工作表都是{listing.title}，请每次只上传一个工作表")
    scanned, (head, places) = fitting[0]
    sheet = ListSheet(listing, scanned.name, {key: column_letter(index) for key, index in places.items()})
    sheet.scanned, sheet.others = scanned, hidden_sheets(book, scanned.name)
    for at, row in enumerate(cells[scanned.name][head:], head + 1):
        _read_row(sheet, scanned, at, row, places)
    return sheet


def _heading(rows: list[list], listing: Listing) -> tuple[int, dict[str, int]] | None:
    """The number of the header row and the index of each known column; None when the sheet has no such row."""
    known = {plain_header(header): column.key for column in listing.columns for header in column.headers}
    for at, row in enumerate(rows[:SEARCHED_ROWS], 1):
        places: dict[str, int] = {}
        for index, cell in enumerate(row):
            key = known.get(plain_header(cell)) if isinstance(cell, str) else None
            if key:
                places.setdefault(key, index)
        if all(any(key in places for key in group) for group in listing.needs):
            return at, places
    return None


def _read_row(sheet: ListSheet, scanned: SheetScan, at: int, row: list, places: dict[str, int]) -> None:
    cells = {key: row[index] if index < len(row) else "" for key, index in places.items()}
    broken = {
        key
        for key, index in places.items()
        if (at, index) in scanned.error_cells or (at, index) in scanned.uncalculated
    }
    if not broken and not any(cell != "" and str(cell).strip() for cell in cells.values()):
        return
    values: dict[str, Any] = {}
    for key, cell in cells.items():
        if key in broken:
            sheet.findings.append(sheet.finding(at, key, "", "单元格是错误值或未计算的公式", "请选择性粘贴为数值"))
            continue
        column = sheet.listing.column(key)
        value, verdict = column.read(cell, column.label)
        if verdict:
            sheet.findings.append(sheet.finding(at, key, cell, verdict.message, verdict.remedy))
        if value is not None:
            values[key] = value
    sheet.lines.append(sheet.listing.line(row=at, **values))
