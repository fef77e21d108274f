"""Small judgements about one cell that every normaliser shares."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from students.importing.findings import ERROR, FIXED, WARNING

# The way to empty a field on purpose; an empty cell means "no change".
CLEAR = "<清空>"

EXCEL_EXACT = 10**15
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|[\x00-\x08\x0e-\x1f\x7f]"
)
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_DIRTY = re.compile(r"^\s|\s$|\s{2}|[\t\r\n\u00a0\u2000-\u200a\u202f\u205f\u3000]|" + _INVISIBLE.pattern + "|^['‘’]")
_DOTTED = re.compile(r"\d{1,15}\.0+")
_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+?1[5-9]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a normaliser has to say about a cell: level, machine code, rule, remedy."""

    level: str
    code: str
    message: str
    remedy: str = ""


# A normaliser answers (value, verdict or None).
Answer = tuple[Any, Verdict | None]


def error(code: str, message: str, remedy: str = "") -> Answer:
    """The cell cannot be used."""
    return None, Verdict(ERROR, code, message, remedy)


def warned(value: Any, code: str, message: str, remedy: str = "") -> Answer:
    """The cell is used after a look."""
    return value, Verdict(WARNING, code, message, remedy)


def fixed(value: Any, code: str, message: str) -> Answer:
    """The cell was put right by itself; listed, and the raw text is kept."""
    return value, Verdict(FIXED, code, message)


def tidy(text: str) -> str:
    """White space at the ends, invisible characters, a leading apostrophe gone; line breaks become one space."""
    if text.isascii() and text.isalnum() or not _DIRTY.search(text):
        return text
    return " ".join(_INVISIBLE.sub("", text).split()).lstrip("'‘’").strip()


def without_variations(text: str) -> str:
    """Variation selectors, which no register stores, removed."""
    return _VARIATION.sub("", text)


def folded(text: str) -> str:
    """Full-width forms folded (NFKC) and tidied, for codes, dates, numbers."""
    return tidy(text) if text.isascii() else tidy(unicodedata.normalize("NFKC", text))


def looks_rounded(cell: object) -> bool:
    """True for a number that Excel has rounded to fifteen digits, or its text form 2.11322E+17."""
    if isinstance(cell, str):
        return ("E" in cell or "e" in cell) and bool(_ROUNDED.fullmatch(cell.strip()))
    return isinstance(cell, float | int) and abs(cell) >= EXCEL_EXACT


def undotted(text: str) -> str:
    """Digits as a number's text left them, 13800000000.0, without the point; long ones may be rounded and stay."""
    return text.partition(".")[0] if _DOTTED.fullmatch(text) else text


def whole(number: float) -> str | None:
    """A numeric cell as its digits, None when it has a fraction or is negative."""
    return str(int(number)) if number >= 0 and number == int(number) else None


def rounded_away(label: str) -> Answer:
    """The number is gone for good: never padded, never guessed, whatever its check character says."""
    return error(
        "number_cell_rounded",
        f"{label}在 Excel 中已丢失后三位",
        "请把该列设为文本后重新录入",
    )
