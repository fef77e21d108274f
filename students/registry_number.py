"""学籍号: nineteen characters, issued once, never recomputed when the ID number is corrected."""

import re
from datetime import date
from random import Random

from students.dictionary.divisions import PROVINCES
from students.idnumber import check_character, date_of

FORMAL, FORMAL_WITHOUT_ID, TEMPORARY = "G", "J", "L"

_SHAPE = re.compile(r"(?:G|J)[0-9]{17}[0-9X]|L[0-9]{18}")


def kind_of(number: str) -> str | None:
    """ "G", "J" or "L" for a well-formed 学籍号, None otherwise.

    G and J end with the check character of the eighteen; L ends with four free digits. The number after G is the
    ID number of the day of issue: never compare it with the present one.
    """
    if not _SHAPE.fullmatch(number) or date_of(number[7:15]) is None:
        return None
    kind, rest = number[0], number[1:]
    if kind == TEMPORARY:
        return kind if rest[:2] in PROVINCES else None
    return kind if check_character(rest[:17]) == rest[17] else None


def is_but_for_check(number: str) -> bool:
    """True for a G or J number in which everything fits except perhaps the check character."""
    return bool(_SHAPE.fullmatch(number)) and number[0] != TEMPORARY and date_of(number[7:15]) is not None


def is_well_formed(number: str) -> bool:
    """True for a 学籍号 that may exist."""
    return kind_of(number) is not None


def make_temporary(division6: str, birth: date, rng: Random) -> str:
    """A temporary number: L, the school's county, birth date, four free digits drawn from `rng`.

    The caller keeps it unique (draw again when taken). ValueError when `division6` is not six digits.
    """
    if not re.fullmatch(r"[0-9]{6}", division6):
        raise ValueError("行政区划代码应为六位数字")
    return f"{TEMPORARY}{division6}{birth:%Y%m%d}{rng.randrange(10000):04d}"
