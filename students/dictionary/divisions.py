"""行政区划: the few divisions we know by name, and the form of all others."""

import re
from functools import cache

from students.dictionary.tables import rows_of

_PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
PROVINCES = frozenset(_PROVINCES.split())
_NOT_LIVING = ("虚拟", "已撤销", "演示")
_STILL_A_PLACE = re.compile(r"[省市县区旗州]")


@cache
def _divisions() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows_of("divisions")}


def is_division_code(text: str) -> bool:
    """True for 6, 9 or 12 digits that begin with a real province."""
    return text.isascii() and text.isdigit() and len(text) in (6, 9, 12) and text[:2] in PROVINCES


def county_known(code6: str) -> bool:
    """True when the six digits are a county that our table lists (abolished ones excluded)."""
    row = _divisions().get(code6)
    return bool(row) and row["kind"] != "已撤销"


def in_covered_prefecture(code6: str) -> bool:
    """True when our table lists the whole prefecture, so that an unknown county there is suspicious."""
    return code6[:4] in ("2113",)


def widen(code: str) -> str:
    """A 6- or 9-digit code as the 12 digits that the template wants."""
    return code.ljust(12, "0")


def words_of(code: str) -> str:
    """Full name of a division as far as we know it: 辽宁省朝阳市建平县; "" when unknown."""
    known, names = _divisions(), []
    row = known.get(code.rstrip("0").ljust(6, "0")) or known.get(code[:9]) or known.get(code[:6])
    while row:
        names.append(row["name"])
        row = known.get(row["parent"])
    return "".join(reversed(names))


@cache
def resolve_words(text: str) -> tuple[str, ...]:
    """The 12-digit codes that words may mean, deepest match only; empty when unknown, several when unclear."""
    living = [row for row in _divisions().values() if row["kind"] not in _NOT_LIVING]
    found = [row for row in living if row["name"] in text and not _elsewhere(text, row)]
    if not found:
        return ()
    deepest = max((_depth(row), len(row["name"])) for row in found)
    best = [row for row in found if (_depth(row), len(row["name"])) == deepest]
    return tuple(widen(row["code"]) for row in best)


def _depth(row: dict[str, str]) -> int:
    """Significant digits: 2 for a province, 4 for a city, 6 for a county, 9 for a township."""
    code = row["code"]
    return len(code) if len(code) > 6 else len(re.sub(r"(00)+$", "", code))


def _elsewhere(text: str, row: dict[str, str]) -> bool:
    """True when the words in front of the name say another place (河北省承德市 … 红山区)."""
    before, known, parent = text.partition(row["name"])[0], _divisions(), row
    before = before.replace("内蒙古自治区", "").replace("中国", "")
    while parent := known.get(parent["parent"]):
        before = before.replace(parent["name"], "")
    return bool(_STILL_A_PLACE.search(before))
