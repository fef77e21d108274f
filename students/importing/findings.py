"""What the import has to say about a workbook, cell by cell, without ever showing a whole ID number."""

import re
from dataclasses import asdict, dataclass

ERROR, WARNING, FIXED = "error", "warning", "fixed"

_LONG_NUMBER = re.compile(r"[0-9０-９]{11,}[0-9０-９Xx]")
_SHOWN = 40


class WorkbookRefused(Exception):
    """The file is not opened at all: `code` for machines, the text says why and what to do."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one cell, row, column or the whole sheet.

    `row` is Excel's own number (0: no single row), `column` Excel's letter ("" likewise), `raw` the cell as typed,
    ID numbers masked; `message` the rule, `remedy` what to do next.
    """

    level: str
    sheet: str
    row: int
    column: str
    field: str
    code: str
    raw: str
    message: str
    remedy: str = ""

    @property
    def place(self) -> str:
        """工作表“…”第 12 行 M 列“身份证件号”"""
        row = f"第 {self.row} 行" if self.row else ""
        column = f" {self.column} 列" if self.column else ""
        sheet = f"工作表“{self.sheet}”" if self.sheet else "文件"
        return f"{sheet}{row}{column}" + (f"“{self.field}”" if self.field else "")

    @property
    def text(self) -> str:
        """The whole message: place, value, rule, remedy."""
        value = f"（“{self.raw}”）" if self.raw else ""
        return f"{self.place}{value}：{self.message}" + (f"。{self.remedy}" if self.remedy else "")

    def as_dict(self) -> dict:
        """For JSON and the preview: all parts, and the whole sentence as `message`."""
        return asdict(self) | {"rule": self.message, "message": self.text}


def masked(text: str) -> str:
    """The last four characters behind stars; short texts all stars."""
    return "*" * (len(text) - 4) + text[-4:] if len(text) > 8 else "*" * len(text)


def shown(cell: object, confidential: bool) -> str:
    """A cell as a message may show it: shortened, long numbers masked wherever they strayed to."""
    if isinstance(cell, float):
        cell = f"{cell:.5E}" if abs(cell) >= 1e11 else f"{cell:.15g}"
        return cell
    if isinstance(cell, list):  # a date of the sheet's own, as its ISO text
        cell = cell[0]
    text = "" if cell is None else " ".join(str(cell).split())
    text = masked(text) if confidential else _LONG_NUMBER.sub(lambda found: masked(found[0]), text)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A → 0, AA → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1
