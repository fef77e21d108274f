"""Finding the header row and what each column means: by text, never by position."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from students.dictionary.fields import FIELDS, Field, by_attribute, by_header, by_member_header, plain_header
from students.importing.findings import ERROR, WARNING, Finding, column_letter
from students.importing.prescan import SheetScan

SEARCHED_ROWS = 10
_LEAST_MATCHES = 3
_MEMBER = re.compile(r"(?:成员|监护人|家庭成员或监护人)(?:信息)?([12一二])$")
_MEMBER_DIGITS = {"1": 1, "一": 1, "2": 2, "二": 2}
_SILENT = {plain_header(text) for text in ("隐藏", "序号", "错误说明")}
# The workbook is uploaded for one school, so its own column is a cross-check and may be missing.
_MAY_BE_ABSENT = {"school_code"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet: its header as written and the field it means (None: not known)."""

    index: int
    header: str
    field: Field | None

    @property
    def letter(self) -> str:
        """Excel's letter of the column."""
        return column_letter(self.index)


@dataclass(slots=True)
class Heading:
    """The header of a sheet: first and last header row (from 1), layout and columns."""

    first_row: int
    last_row: int
    version: str
    columns: list[Column]
    findings: list[Finding] = field(default_factory=list)

    @property
    def fields(self) -> list[Column]:
        """Columns that mean something."""
        return [column for column in self.columns if column.field]

    @property
    def stopped(self) -> bool:
        """True when the sheet cannot be imported with this header."""
        return any(finding.level == ERROR for finding in self.findings)


def find_heading(rows: Sequence[Sequence[object]], scan: SheetScan, chosen: dict[str, str] | None = None):
    """The heading of a sheet, or None when no row of the first ten looks like one.

    `chosen` settles doubt: column letter → attribute ("" to ignore the column). The heading carries findings for
    duplicate, missing and unknown columns; see `Heading.stopped`.
    """
    top = _expanded(rows, scan)
    best: tuple[int, int, int, list[Column]] | None = None
    for number in range(len(top)):
        for height in (1, 2):
            if number + height > len(top):
                continue
            columns = _columns(top[number : number + height])
            matches = len({column.field for column in columns if column.field})
            if matches >= _LEAST_MATCHES and (best is None or matches > best[0]):
                best = (matches, number + 1, number + height, columns)
    if best is None:
        return None
    _, first, last, columns = best
    columns = _with_choices(columns, chosen or {})
    heading = Heading(first, last, _version(columns), columns)
    heading.findings = _judge(heading, scan.name, chosen or {})
    return heading


def _expanded(rows: Sequence[Sequence[object]], scan: SheetScan) -> list[list[str]]:
    """The first rows as text, merged cells filled from their top left one."""
    top = [[_text(cell) for cell in row] for row in rows[:SEARCHED_ROWS]]
    for first_row, first_column, last_row, last_column in scan.merges:
        if first_row > len(top) or first_column >= len(top[first_row - 1]):
            continue
        value = top[first_row - 1][first_column]
        for row in range(first_row - 1, min(last_row, len(top))):
            for column in range(first_column, min(last_column + 1, len(top[row]))):
                top[row][column] = value
    return top


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def _columns(header_rows: list[list[str]]) -> list[Column]:
    if len(header_rows) == 1:
        texts = header_rows[0]
        return [Column(index, text, by_header(text)) for index, text in enumerate(texts) if text.strip()]
    return list(_two_rows(*header_rows))


def _two_rows(parents: list[str], children: list[str]):
    """Group row over field row; a group title reaches over the empty cells to its right."""
    group = ""
    for index, child in enumerate(children):
        parent = parents[index] if index < len(parents) else ""
        group = parent or group
        if child.strip() and child != parent:
            member = _member_of(group)
            meant = by_member_header(member, child) if member else by_header(child)
            yield Column(index, f"{group}/{child}" if member else child, meant)
        elif parent.strip():
            yield Column(index, parent, by_header(parent))


def _member_of(group: str) -> int:
    found = _MEMBER.search(plain_header(group))
    return _MEMBER_DIGITS[found[1]] if found else 0


def _with_choices(columns: list[Column], chosen: dict[str, str]) -> list[Column]:
    def settled(column: Column) -> Column:
        if column.letter not in chosen:
            return column
        attribute = chosen[column.letter]
        return Column(column.index, column.header, by_attribute(attribute) if attribute else None)

    return [settled(column) for column in columns]


def _version(columns: list[Column]) -> str:
    """Fingerprint: "v1", "v2", "export" or "other"."""
    attributes = {column.field.attribute for column in columns if column.field}
    headers = {plain_header(column.header) for column in columns}
    if "continuation_id" in attributes or plain_header("隐藏") in headers:
        return "v2"
    if attributes & {"name_pinyin", "grade"} or plain_header("家庭成员或监护人姓名一") in headers:
        return "export"
    return "v1" if "school_code" in attributes else "other"


def _judge(heading: Heading, sheet: str, chosen: dict[str, str]) -> list[Finding]:
    return [
        *_duplicates(heading, sheet),
        *_missing(heading, sheet),
        *_unknown(heading, sheet, chosen),
    ]


def _duplicates(heading: Heading, sheet: str) -> list[Finding]:
    seen: dict[str, list[Column]] = {}
    for column in heading.fields:
        seen.setdefault(column.field.attribute, []).append(column)
    return [
        Finding(
            ERROR, sheet, heading.last_row, columns[0].letter, columns[0].field.label, "duplicate_column", "",
            f"有 {len(columns)} 列都是“{columns[0].field.label}”（{'、'.join(c.letter for c in columns)} 列）",
            "请指明用哪一列，或改正表头后重新上传",
        )
        for columns in seen.values()
        if len(columns) > 1
    ]  # fmt: skip


def _missing(heading: Heading, sheet: str) -> list[Finding]:
    present = {column.field.attribute for column in heading.fields}
    wanted = [field for field in FIELDS if field.required in "YC" and field.attribute not in _MAY_BE_ABSENT]
    return [
        Finding(
            ERROR, sheet, heading.last_row, "", field.label, "missing_column", "",
            f"缺少必填列“{field.label}”", "请使用全国学籍系统的模板，补上该列后重新上传",
        )
        for field in wanted
        if field.attribute not in present
    ]  # fmt: skip


def _unknown(heading: Heading, sheet: str, chosen: dict[str, str]) -> list[Finding]:
    return [
        Finding(
            WARNING, sheet, heading.last_row, column.letter, column.header, "unknown_column", "",
            f"不认识的列“{column.header}”，该列不会导入", "如应导入，请改正表头；否则确认忽略",
        )
        for column in heading.columns
        if not column.field and column.letter not in chosen and plain_header(column.header) not in _SILENT
    ]  # fmt: skip
