"""身份证件号: GB 11643 numbers, residence permits, foreigners' permanent residence cards, passports.

The check character proves nothing about a number that Excel has rounded: the cell type decides that, in the import.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul

from students.dictionary.divisions import PROVINCES, county_known, in_covered_prefecture

ERROR, WARNING = "error", "warning"

# Codes of the table 身份证件类型.
RESIDENT, HONG_KONG, MACAU, TAIWAN, PERMANENT, PASSPORT, BOOKLET, OTHER = "1", "6", "7", "8", "9", "A", "B", "Z"

_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_ZEROS = ord("0") * sum(_WEIGHTS)
_CHECKS = "10X98765432"
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_OLD_PERMANENT = re.compile(r"[A-Z]{3}[0-9]{12}")
_LOOKS_LIKE_X = "ХхЖ*×✕✖╳χΧ"
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_TRAVEL = {
    HONG_KONG: re.compile(r"[A-Z0-9()]{5,20}"),  # passport, identity card and travel permit share one type
    MACAU: re.compile(r"[A-Z0-9()]{5,20}"),
    TAIWAN: re.compile(r"[0-9]{8}|[0-9]{10}(?:\([A-Z]\))?"),
    PASSPORT: re.compile(r"[A-Z0-9]{5,20}"),
    BOOKLET: re.compile(r"[A-Z0-9\-]{1,20}"),
    OTHER: re.compile(r".{1,20}"),
}
_YOUNGEST, _OLDEST, _USUAL = 3, 25, range(5, 21)
_EARLIEST_BIRTH = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a number: `code` for machines, `message` in Chinese for people."""

    code: str
    level: str
    message: str


def normalise(raw: str) -> str:
    """The number as stored: full-width and Roman ten folded, white space and a leading apostrophe gone, upper case.

    Letters of other alphabets that only look like X stay as they are, so that `check` can name them.
    """
    if raw.isascii() and raw.isalnum():
        return raw.upper()
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", raw)))
    return text.lstrip("'‘’`").upper()


def check_character(seventeen: str) -> str:
    """The 18th character for seventeen digits (ISO 7064 MOD 11-2)."""
    return _CHECKS[(sum(map(mul, seventeen.encode(), _WEIGHTS)) - _ZEROS) % 11]


@lru_cache(maxsize=16_384)
def date_of(eight: str) -> date | None:
    """YYYYMMDD as a date, None when there is no such day."""
    try:
        return date(int(eight[:4]), int(eight[4:6]), int(eight[6:8]))
    except ValueError:
        return None


def is_citizen_shaped(number: str) -> bool:
    """True for a normalised 18-character number with the right check character."""
    return bool(_EIGHTEEN.fullmatch(number)) and check_character(number[:17]) == number[17]


def birth_of(number: str) -> date | None:
    """The birth date inside an 18-character number, None when there is none."""
    return date_of(number[6:14]) if _EIGHTEEN.fullmatch(number) else None


def sex_of(number: str) -> str | None:
    """Code of 性别 ("1" 男, "2" 女) inside an 18-character number, None when there is none."""
    if not _EIGHTEEN.fullmatch(number):
        return None
    return "1" if int(number[16]) % 2 else "2"


def check(number: str, id_type: str = RESIDENT, *, today: date, pupil: bool = True) -> list[Problem]:
    """Everything wrong with a normalised number of type `id_type`, all at once; [] when it may stand.

    `today` is the legal date. For adults (`pupil=False`) the old 15-digit form is a warning and age is not looked at.
    """
    if not number:
        return [] if id_type == OTHER else [Problem("id_empty", ERROR, "身份证件号为空")]
    if id_type in (RESIDENT, PERMANENT) or _EIGHTEEN.fullmatch(number):
        return _check_card(number, id_type, today, pupil)
    pattern = _TRAVEL.get(id_type)
    if pattern and not pattern.fullmatch(number):
        return [Problem("id_format", ERROR, "号码与所填的身份证件类型不符")]
    return []


def _check_card(number: str, id_type: str, today: date, pupil: bool) -> list[Problem]:
    if not _EIGHTEEN.fullmatch(number):
        return _check_other_card(number, id_type, pupil)
    problems = _region(number, id_type) + _birth(number, today, pupil)
    if number[14:17] == "000":
        problems.append(Problem("id_sequence", WARNING, "顺序码为 000，一般不存在，请核对"))
    if check_character(number[:17]) != number[17]:
        problems.append(_wrong_check(number))
    return problems


def _check_other_card(number: str, id_type: str, pupil: bool) -> list[Problem]:
    if id_type == PERMANENT and _OLD_PERMANENT.fullmatch(number):
        return []
    return [_fifteen_digits(number, pupil) if _FIFTEEN.fullmatch(number) else _wrong_shape(number)]


def _fifteen_digits(number: str, pupil: bool) -> Problem:
    if pupil:
        return Problem("id_fifteen", ERROR, "15 位旧身份证号自 2013 年起失效，学生应填 18 位公民身份号码")
    return Problem(
        "id_fifteen", WARNING, f"15 位旧身份证号已失效，18 位应为 {'*' * 14}{eighteen_from(number)[-4:]}，请本人确认"
    )


def eighteen_from(fifteen: str) -> str:
    """The 18-character number that an old 15-digit one became; a person must confirm it."""
    seventeen = f"{fifteen[:6]}19{fifteen[6:]}"
    return seventeen + check_character(seventeen)


def _wrong_shape(number: str) -> Problem:
    if len(number) == 18 and number[:17].isascii() and number[:17].isdigit() and number[17] in _LOOKS_LIKE_X:
        right = check_character(number[:17]) == "X"
        hint = "，应改为英文字母 X" if right else "，按校验规则也不应为 X，请核对"
        return Problem("id_not_letter_x", ERROR, f"最后一位不是英文字母 X{hint}")
    if number.isascii() and number.isalnum():
        return Problem("id_length", ERROR, f"应为 18 位，现为 {len(number)} 位或含有不应有的字母")
    return Problem("id_format", ERROR, "含有不应出现的字符，应为 17 位数字加 1 位数字或 X")


def _region(number: str, id_type: str) -> list[Problem]:
    if number[0] == "9":
        return _foreigner_region(number, id_type)
    if number[:2] not in PROVINCES:
        return [Problem("id_region", ERROR, "前两位不是任何省级行政区划代码")]
    if in_covered_prefecture(number) and not county_known(number[:6]):
        return [Problem("id_region_unknown", WARNING, "前六位不在现行区划表中（可能是已撤销的区划），请核对")]
    return []


def _foreigner_region(number: str, id_type: str) -> list[Problem]:
    if number[1:3] not in PROVINCES:
        return [Problem("id_region", ERROR, "9 开头的永久居留身份证，第 2～3 位不是任何省级行政区划代码")]
    if id_type == RESIDENT:
        return [Problem("id_type_mismatch", WARNING, "9 开头的是外国人永久居留身份证，请核对身份证件类型")]
    return []


def _birth(number: str, today: date, pupil: bool) -> list[Problem]:
    birth = birth_of(number)
    if birth is None:
        return [Problem("id_birth", ERROR, f"第 7～14 位“{number[6:14]}”不是真实日期")]
    if birth > today:
        return [Problem("id_birth", ERROR, "第 7～14 位的出生日期在今天之后")]
    if birth < _EARLIEST_BIRTH:
        return [Problem("id_birth", ERROR, "第 7～14 位的出生日期早于 1900 年，不合情理")]
    return check_age(birth, today) if pupil else []


def age_on_september(birth: date, today: date) -> int:
    """Full years on 1 September of the school year of `today`."""
    year = today.year if today.month >= 9 else today.year - 1
    return year - birth.year - ((birth.month, birth.day) > (9, 1))


def check_age(birth: date, today: date) -> list[Problem]:
    """A pupil outside 5–20 years is unusual, outside 3–25 impossible (both on 1 September)."""
    age = age_on_september(birth, today)
    if not _YOUNGEST <= age <= _OLDEST:
        return [Problem("age_impossible", ERROR, f"9 月 1 日时为 {age} 岁，不可能是中小学生")]
    if age not in _USUAL:
        return [Problem("age_unusual", WARNING, f"9 月 1 日时为 {age} 岁，不在 5～20 岁之间，请核对")]
    return []


def _wrong_check(number: str) -> Problem:
    if number.endswith("000"):
        return Problem("id_check", ERROR, "校验码不对，末三位为 000，很像被 Excel 截断的号码，请以文本格式重新录入")
    return Problem("id_check", ERROR, "校验码不对，号码有错字，请对照证件核对")
