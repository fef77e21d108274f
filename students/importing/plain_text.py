"""Lists as text: what Excel saves as CSV (GB18030), as "CSV UTF-8" and as "Unicode 文本" (UTF-16 with tabs).

Nothing is guessed from a few bytes: a mark at the beginning decides, then strict UTF-8, then GB18030, whose bytes never
pass as UTF-8.
"""

import csv
import io
import re

from students.importing.container import SAVE_AS, Limits
from students.importing.findings import WorkbookRefused
from students.importing.prescan import BookScan, SheetScan

NAME = "CSV"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEPARATORS = "\t,;，"
_LOOKED_AT = 20
_BINARY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
_AS_FORMULA = re.compile(r'="([^"=+@]*)"')
_LINES_IN_A_CELL = 30
_LONGEST_CELL = 32_767


def read(data: bytes, limits: Limits) -> tuple[BookScan, dict[str, list[list[str]]]]:
    """The one sheet of a text file: every cell is text, all rows equally wide. Raises WorkbookRefused."""
    text = decoded(data)
    rows = rows_of(text, separator_of(text), limits)
    width = max(map(len, rows), default=0)
    if not width:
        raise WorkbookRefused("empty", "文件里没有内容，请核对后重新上传")
    for row in rows:
        row += [""] * (width - len(row))
    sheet = SheetScan(NAME, rows=len(rows), columns=width, cells=width * len(rows))
    return BookScan([sheet], date1904=False), {NAME: rows}


def decoded(data: bytes) -> str:
    """The text. WorkbookRefused for what is none: pictures, PDF, programs, torn UTF-16."""
    mark, encoding = next((each for each in _MARKS if data.startswith(each[0])), (b"", ""))
    try:
        text = data[len(mark) :].decode(encoding) if encoding else _unmarked(data)
    except UnicodeDecodeError as error:
        raise WorkbookRefused(
            "encoding", f"这不是 Excel 工作簿，文字也不是 UTF-8、GB18030 或 UTF-16 编码。{SAVE_AS}"
        ) from error
    if _BINARY.search(text):
        raise WorkbookRefused("not_workbook", f"这不是 Excel 工作簿，也不是文本名单。{SAVE_AS}")
    return text


def _unmarked(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def separator_of(text: str) -> str:
    """The separator that the first lines use most; Excel's own list when there is only one column."""
    head = "\n".join(text.split("\n", _LOOKED_AT)[:_LOOKED_AT])
    return max(_SEPARATORS, key=head.count)


def rows_of(text: str, separator: str, limits: Limits) -> list[list[str]]:
    """Rows as Excel would number them: a line break inside quotes begins no row."""
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append([_as_typed(cell) for cell in row])
            cells += len(row)
            _refuse_excess(rows, cells, limits)
    except csv.Error as error:
        raise WorkbookRefused("row_too_large", f"第 {len(rows) + 1} 行的内容过长或引号不成对。{SAVE_AS}") from error
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


def _refuse_excess(rows: list[list[str]], cells: int, limits: Limits) -> None:
    at, row = len(rows), rows[-1]
    if at > limits.rows + 10:
        raise WorkbookRefused("too_many_rows", f"文件超过 {limits.rows} 行，请分开上传")
    if len(row) > limits.columns:
        raise WorkbookRefused("too_many_columns", f"第 {at} 行有 {len(row)} 列，最多 {limits.columns} 列")
    if cells > limits.cells:
        raise WorkbookRefused("too_many_cells", "单元格过多，请删除空白行列后另存再上传")
    if any(len(cell) > _LONGEST_CELL or cell.count("\n") > _LINES_IN_A_CELL for cell in row):
        raise WorkbookRefused(
            "row_too_large", f"第 {at} 行有一格内容过长，可能是引号不成对。请检查该行的引号后重新上传"
        )


def _as_typed(cell: str) -> str:
    r"""`="0123"`, with which programs keep Excel from eating digits, is 0123; any other formula stays text."""
    found = _AS_FORMULA.fullmatch(cell)
    return found[1] if found else cell
