"""Finding the header row and what each column means: by text, never by position."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from students.dictionary.fields import FIELDS, Field, by_attribute, by_header, by_member_header, plain_header
from students.importing.findings import ERROR, WARNING, Finding, column_letter
from students.importing.prescan import SheetScan

SEARCHED_ROWS = 10
_LONGEST_KEY = 90
_LEAST_MATCHES = 3
_LEAST_OF_PARTIAL = 2
_MEMBER = re.compile(r"(?:成员|监护人|家庭成员或监护人)(?:信息)?([12一二])$")
_MEMBER_DIGITS = {"1": 1, "一": 1, "2": 2, "二": 2}
_SILENT = {plain_header(text) for text in ("隐藏", "序号", "错误说明")}
# The workbook is uploaded for one school, so its own column is a cross-check and may be missing.
_MAY_BE_ABSENT = {"school_code"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet: its header as written, the field it is read as (None: not known), whether people said
    so, and the field that the header means by itself.
    """

    index: int
    header: str
    field: Field | None
    said: bool = False
    plain: Field | None = None

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


@dataclass(frozen=True, slots=True)
class Choice:
    """What people have said about a list: which sheet, which header row (0: look for it), which column is what.

    `columns` is of this upload, by letter; `known` what the school said of such lists before, by `header_key`. Both
    name an attribute, or "" for a column to be left out. `as_typed`: cells whose automatic repair is not wanted.
    """

    sheet: str = ""
    head: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    as_typed: Sequence[str] = ()


NOTHING_SAID = Choice()


def header_key(header: str, times: int = 1) -> str:
    """By what a header is known again, however long it is; the second one of the same text is another column."""
    plain = plain_header(header)
    if len(plain) > _LONGEST_KEY:
        plain = f"{plain[:_LONGEST_KEY]}~{sha256(plain.encode('utf-8', 'replace')).hexdigest()[:16]}"
    return plain + (f"#{times}" if times > 1 else "")


def header_keys(columns: Iterable[Column]) -> dict[int, str]:
    """Index of each column → its key."""
    seen: Counter[str] = Counter()
    keys = {}
    for column in columns:
        plain = plain_header(column.header)
        seen[plain] += 1
        keys[column.index] = header_key(column.header, seen[plain])
    return keys


def mapping_of(columns: Iterable[Column]) -> list[dict]:
    """The columns as an upload keeps them; `plain` is what the header means when nobody has said anything."""
    columns = list(columns)
    keys = header_keys(columns)
    return [
        {
            "column": column.letter,
            "header": column.header,
            "attribute": column.field.attribute if column.field else "",
            "label": column.field.label if column.field else "",
            "key": keys[column.index],
            "said": column.said,
            "plain": plain.attribute if (plain := column.plain if column.said else column.field) else "",
        }
        for column in columns
    ]


def is_silent(header: str) -> bool:
    """True for a column that never holds anything to import, so that nobody need be told of it."""
    return plain_header(header) in _SILENT


def find_heading(
    rows: Sequence[Sequence[object]], scan: SheetScan, choice: Choice = NOTHING_SAID, *, partial: bool = False
) -> Heading | None:
    """The heading of a sheet, or None when no row of the first ten looks like one.

    The heading carries findings for duplicate, missing and unknown columns; see `Heading.stopped`. `partial`: a list of
    children on record, which needs no more columns than tell who is meant.
    """
    best = _best_rows(_expanded(rows, scan), choice, _LEAST_OF_PARTIAL if partial else _LEAST_MATCHES)
    if best is None:
        return None
    first, last, columns = best
    heading = Heading(first, last, _version(columns), columns)
    heading.findings = _judge(heading, scan.name, choice, partial)
    return heading


def bare_columns(row: Sequence[object], choice: Choice = NOTHING_SAID) -> list[Column]:
    """The columns of one row taken for the header, whether anything in it is known or not."""
    return _with_choices(_columns([[_text(cell) for cell in row]]), choice)


def _best_rows(top: list[list[str]], choice: Choice, least: int) -> tuple[int, int, list[Column]] | None:
    """First and last header row and their columns: where most columns mean something, or where somebody said so."""
    best: tuple[int, int, int, list[Column]] | None = None
    for first in range(1, len(top) + 1):
        for last in (first, first + 1):
            if last > len(top) or choice.head not in (0, last):
                continue
            columns = _with_choices(_columns(top[first - 1 : last]), choice)
            matches = len({column.field for column in columns if column.field})
            if matches >= (1 if choice.head else least) and (best is None or matches > best[0]):
                best = (matches, first, last, columns)
    return best and best[1:]


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


def _with_choices(columns: list[Column], choice: Choice) -> list[Column]:
    """What was said of this upload goes before what was said earlier, and both before what the header itself says."""
    if not (choice.columns or choice.known):
        return columns
    keys = header_keys(columns)

    def settled(column: Column) -> Column:
        said = choice.columns.get(column.letter, choice.known.get(keys[column.index]))
        if said is None:
            return column
        meant = by_attribute(said) if said else None
        return Column(column.index, column.header, meant, said=True, plain=column.field)

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


def _judge(heading: Heading, sheet: str, choice: Choice, partial: bool) -> list[Finding]:
    absent = _nobody_named(heading, sheet) if partial else _missing(heading, sheet)
    return [*_duplicates(heading, sheet), *absent, *_unknown(heading, sheet)]


def _nobody_named(heading: Heading, sheet: str) -> list[Finding]:
    """A list of children on record says who is meant: by a number, or by class and name."""
    present = {column.field.attribute for column in heading.fields}
    if present & {"id_number", "registry_number"} or {"name", "class_number"} <= present:
        return []
    message = "看不出每行是哪名学生：须有“身份证件号”或“学籍号”列，或“姓名”和“班级”两列"
    remedy = "请补上该列，或在“列的对应”中指明"
    return [Finding(ERROR, sheet, heading.last_row, "", "", "nobody_named", "", message, remedy)]


def _duplicates(heading: Heading, sheet: str) -> list[Finding]:
    seen: dict[str, list[Column]] = {}
    for column in heading.fields:
        seen.setdefault(column.field.attribute, []).append(column)
    return [
        Finding(
            ERROR, sheet, heading.last_row, columns[0].letter, columns[0].field.label, "duplicate_column", "",
            f"有 {len(columns)} 列都是“{columns[0].field.label}”（{'、'.join(c.letter for c in columns)} 列）",
            "请在“列的对应”中指明用哪一列，或改正表头后重新上传",
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
            f"缺少必填列“{field.label}”", "请在“列的对应”中指明，或用全国学籍系统的模板补上该列后重新上传",
        )
        for field in wanted
        if field.attribute not in present
    ]  # fmt: skip


def _unknown(heading: Heading, sheet: str) -> list[Finding]:
    return [
        Finding(
            WARNING, sheet, heading.last_row, column.letter, column.header, "unknown_column", "",
            f"不认识的列“{column.header}”，该列不会导入", "如应导入，请在“列的对应”中指明它是什么；否则确认忽略",
        )
        for column in heading.columns
        if not column.field and not column.said and not is_silent(column.header)
    ]  # fmt: skip
