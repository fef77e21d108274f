"""Dates and months in the shapes that schools write them."""

import re
from datetime import date, timedelta

from students.importing.cells import Answer, error, fixed, folded, undotted, whole

_EPOCH_1900 = date(1899, 12, 30)
_SHIFT_1904 = 1462
_SERIALS = range(20_000, 60_001)
_DAYS = range(19_000_101, 20_991_232)
_MONTHS = range(190_001, 209_913)
_FIRST_PUPIL_BIRTH = date(1990, 1, 1)

_FULL = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?|(\d{4})(\d{2})")
_TWO_DIGIT_YEAR = re.compile(r"\d{6}|\d{2}\s*[-./年]\s*\d{1,2}(?:\s*[-./月]\s*\d{1,2}\s*日?)?")
_HAN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_HAN_DATE = re.compile(
    r"[〇零一二三四五六七八九]{4}年([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})日)?"
)
_AS_TEMPLATE = "请填 8 位年月日，如 20170901"


def read_birth_date(cell: object, *, date1904: bool, today: date) -> Answer:
    """A full date of birth as `date`; year-month, two-digit years and impossible days are errors."""
    day, why = _full_date(cell, date1904)
    if day is None:
        return error(*why, _AS_TEMPLATE)
    if not _FIRST_PUPIL_BIRTH <= day <= today:
        return error("date_out_of_range", f"出生日期 {day.isoformat()} 不在 1990 年至今天之间", _AS_TEMPLATE)
    if isinstance(cell, str) and cell == f"{day:%Y%m%d}":
        return day, None
    return fixed(day, "date_rewritten", f"已读作 {day.isoformat()}")


def read_day(cell: object) -> tuple[date | None, str]:
    """Any full date in the shapes schools write, or None and why."""
    day, (_, why) = _full_date(cell, False)
    return day, why


def read_month(cell: object, *, date1904: bool) -> Answer:
    """入学年月 as "202409"; a day behind the month is dropped."""
    text = _month_of(cell, date1904)
    if text is None or not 1 <= int(text[4:]) <= 12 or not 1990 <= int(text[:4]) <= 2099:
        return error("month_unreadable", "入学年月看不懂", "请填 6 位年月，如 202409")
    return (text, None) if cell == text else fixed(text, "month_rewritten", f"已读作 {text}")


def read_validity(cell: object, *, date1904: bool) -> Answer:
    """身份证件有效期 as "2017-09-01/2027-09-01" or "2017-09-01/长期"."""
    text = folded(cell) if isinstance(cell, str) else ""
    found = re.fullmatch(r"(\d{4}.?\d{1,2}.?\d{1,2}日?)\s*[-—~至到/]+\s*(长期|\d{4}.?\d{1,2}.?\d{1,2}日?)", text)
    if not found:
        return error("validity_unreadable", "身份证件有效期看不懂", "请填起止日期，如 20170901-20270901")
    start = _full_date(found[1], date1904)[0]
    end = "长期" if found[2] == "长期" else _full_date(found[2], date1904)[0]
    if start is None or end is None or (end != "长期" and start >= end):
        return error("validity_unreadable", "身份证件有效期的起止日期不对", "请填起止日期，如 20170901-20270901")
    return f"{start.isoformat()}/{end}", None


def _full_date(cell: object, date1904: bool) -> tuple[date | None, tuple[str, str]]:
    """(date, _) or (None, (code, reason))."""
    if isinstance(cell, list):
        return date.fromisoformat(cell[0]), ("", "")
    if isinstance(cell, bool):
        return None, ("date_unreadable", "日期看不懂")
    if isinstance(cell, float | int):
        return _numeric_date(float(cell), date1904)
    return _written_date(undotted(folded(str(cell))), date1904)


def _numeric_date(number: float, date1904: bool) -> tuple[date | None, tuple[str, str]]:
    digits = whole(number)
    if digits and int(digits) in _DAYS:
        return _written_date(digits, date1904)
    if int(number) in _SERIALS:
        return _EPOCH_1900 + timedelta(days=int(number) + (_SHIFT_1904 if date1904 else 0)), ("", "")
    return _not_a_date(digits or str(number))


def _written_date(text: str, date1904: bool) -> tuple[date | None, tuple[str, str]]:
    text = _han_numbers(text)
    found = _FULL.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        try:
            return date(*map(int, found.groups())), ("", "")
        except ValueError:
            return None, ("date_impossible", f"“{text}”不是真实日期")
    if re.fullmatch(r"\d{5}", text) and int(text) in _SERIALS:
        return _numeric_date(float(text), date1904)
    return _not_a_date(text)


def _not_a_date(text: str) -> tuple[None, tuple[str, str]]:
    month = _YEAR_MONTH.fullmatch(text)
    if month and (not month[3] or int(text) in _MONTHS and 1 <= int(month[4]) <= 12 and month[3][:2] in ("19", "20")):
        return None, ("date_incomplete", "只有年月，缺少日")
    if _TWO_DIGIT_YEAR.fullmatch(text):
        return None, ("date_two_digit_year", "年份只有两位，无法确定")
    return None, ("date_unreadable", "日期看不懂")


def _han_numbers(text: str) -> str:
    """二〇一七年九月一日 → 2017年9月1日; other texts unchanged."""
    found = _HAN_DATE.fullmatch(text)
    if not found:
        return text
    month, day = found.groups()
    return f"{text[:4].translate(_HAN_DIGITS)}年{_han_number(month)}月" + (f"{_han_number(day)}日" if day else "")


def _han_number(text: str) -> int:
    tens, ten, units = text.rpartition("十")
    digit = lambda part, empty: int(part.translate(_HAN_DIGITS)) if part else empty  # noqa: E731
    return (digit(tens, 1) * 10 if ten else 0) + digit(units, 0)


def _month_of(cell: object, date1904: bool) -> str | None:
    if isinstance(cell, float) and cell == int(cell) and int(cell) in _MONTHS:
        return str(int(cell))
    if isinstance(cell, str):
        text = _han_numbers(undotted(folded(cell)))
        found = _YEAR_MONTH.fullmatch(text)
        if found:
            return f"{found[1] or found[3]}{int(found[2] or found[4]):02d}"
    day, _ = _full_date(cell, date1904)
    return f"{day:%Y%m}" if day else None
