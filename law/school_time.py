"""School years and their halves: 1 September to 31 August, autumn term then spring term (办法 of statistics)."""

from datetime import date, timedelta

LAST_PRIMARY_GRADE = 6
LAST_GRADE = 9


def school_year_of(day: date) -> int:
    """The year in which the school year of `day` began: 2026 for 2026-09-01 … 2027-08-31."""
    return day.year if day.month >= 9 else day.year - 1


def school_year_name(year: int) -> str:
    return f"{year}—{year + 1}学年"


def first_day(year: int) -> date:
    return date(year, 9, 1)


def last_day(year: int) -> date:
    return date(year + 1, 8, 31)


def year_after(day: date) -> date:
    """The last day of one year that begins on `day`: 14 September after 15 September; 28 February after a leap day."""
    following = date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
    return following - timedelta(days=1)


def is_second_term(day: date) -> bool:
    """In the spring half of the school year: March to August."""
    return 3 <= day.month <= 8


def grade_on(day: date, grade: int, known_on: date) -> int | None:
    """The grade a child of `grade` on `known_on` is in on `day`; None once the stage is over.

    A grade-6 child does not *transfer* into grade 7 (that is intake, 第六条第三款), a grade-9 child has graduated.
    """
    shifted = grade + school_year_of(day) - school_year_of(known_on)
    last = LAST_PRIMARY_GRADE if grade <= LAST_PRIMARY_GRADE else LAST_GRADE
    return shifted if shifted <= last else None


GRADE_NAMES = ["", "一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级"]


def grade_name(grade: int | None) -> str:
    return GRADE_NAMES[grade] if grade and 1 <= grade <= LAST_GRADE else "—"
