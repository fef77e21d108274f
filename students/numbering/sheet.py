"""The answer sheet: 姓名, 身份证件号 and/or 现学籍号, 新学籍号, found by their headers; nothing is guessed."""

from dataclasses import dataclass, field

from students import idnumber
from students.dictionary.fields import plain_header
from students.importing.cells import looks_rounded
from students.importing.container import Limits
from students.importing.findings import ERROR, Finding, WorkbookRefused, column_letter, shown
from students.importing.names import clean_name
from students.importing.prescan import SheetScan, scan
from students.importing.reader import read_sheets

_MEGABYTE = 1024 * 1024
LIMITS = Limits(_MEGABYTE, 50 * _MEGABYTE, rows=5_000, columns=50, cells=250_000)
SEARCHED_ROWS = 10

NAME, ID, OLD, NEW = "name", "id_number", "old_number", "new_number"
LABELS = {NAME: "姓名", ID: "身份证件号", OLD: "现学籍号", NEW: "新学籍号"}
HEADERS = {
    NAME: ("姓名", "学生姓名"),
    ID: ("身份证件号", "身份证号", "身份证件号码", "身份证号码"),
    OLD: ("现学籍号", "原学籍号", "临时学籍号"),
    NEW: ("新学籍号", "正式学籍号", "全国学籍号"),
}


@dataclass(slots=True)
class Line:
    """One child as the sheet names it; a number that could not be read is ""."""

    row: int
    name: str = ""
    id_number: str = ""
    old_number: str = ""
    new_number: str = ""


@dataclass(slots=True)
class AnswerSheet:
    """The lines of the sheet, the letters of its columns, and what is wrong with single cells."""

    name: str
    letters: dict[str, str]
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def finding(self, row: int, column: str, raw: str, message: str, remedy: str) -> Finding:
        """A sentence about one cell of this sheet; numbers are masked, names are not."""
        value = shown(raw, column != NAME)
        return Finding(ERROR, self.name, row, self.letters.get(column, ""), LABELS[column], "", value, message, remedy)


def read_answer(data: bytes) -> AnswerSheet:
    """Read an uploaded answer sheet. Raises WorkbookRefused when it is none or cannot be opened."""
    book = scan(data, LIMITS)
    cells = read_sheets(data, [sheet.name for sheet in book.visible], LIMITS)
    fitting = [(sheet, found) for sheet in book.visible if (found := _heading(cells.get(sheet.name, [])))]
    if not fitting:
        raise WorkbookRefused(
            "no_header", "前 10 行里找不到表头。须有“姓名”“新学籍号”两列，以及“身份证件号”“现学籍号”中的至少一列"
        )
    if len(fitting) > 1:
        raise WorkbookRefused("several_sheets", "有多个工作表都有编发结果，请每次只上传一个工作表")
    scanned, (head, places) = fitting[0]
    sheet = AnswerSheet(scanned.name, {name: column_letter(index) for name, index in places.items()})
    for number, row in enumerate(cells[scanned.name][head:], head + 1):
        _read_row(sheet, scanned, number, row, places)
    return sheet


def _heading(rows: list[list]) -> tuple[int, dict[str, int]] | None:
    """The number of the header row and the index of each known column; None when the sheet has no such row."""
    known = {plain_header(text): name for name, texts in HEADERS.items() for text in texts}
    for number, row in enumerate(rows[:SEARCHED_ROWS], 1):
        places: dict[str, int] = {}
        for index, cell in enumerate(row):
            name = known.get(plain_header(cell)) if isinstance(cell, str) else None
            if name:
                places.setdefault(name, index)
        if NAME in places and NEW in places and (ID in places or OLD in places):
            return number, places
    return None


def _read_row(sheet: AnswerSheet, scanned: SheetScan, number: int, row: list, places: dict[str, int]) -> None:
    cells = {name: row[index] if index < len(row) else "" for name, index in places.items()}
    broken = {
        name
        for name, index in places.items()
        if (number, index) in scanned.error_cells or (number, index) in scanned.uncalculated
    }
    if not broken and not any(cell != "" and str(cell).strip() for cell in cells.values()):
        return
    line = Line(number, name=clean_name(cells[NAME]) if isinstance(cells[NAME], str) else "")
    for name in broken:
        message = "单元格是错误值或未计算的公式"
        sheet.findings.append(sheet.finding(number, name, "", message, "请选择性粘贴为数值"))
    for name in (ID, OLD, NEW):
        if name in cells and name not in broken:
            setattr(line, name, _number(sheet, number, name, cells[name]))
    if not line.name and NAME not in broken:
        sheet.findings.append(sheet.finding(number, NAME, str(cells[NAME]), "姓名为空或不是文字", "请填写学生姓名"))
    sheet.lines.append(line)


def _number(sheet: AnswerSheet, row: int, name: str, cell: object) -> str:
    """A number as text; one typed as a number has lost digits for good and is refused, never completed."""
    if isinstance(cell, str) and not looks_rounded(cell):
        return idnumber.normalise(cell)
    message = f"{LABELS[name]}以数字或日期格式存放，后几位可能已经丢失"
    sheet.findings.append(sheet.finding(row, name, cell, message, "请把该列设为文本后，照全国系统重新录入"))
    return ""
