"""Which school year ends, and the days on which its graduation and promotion may be done."""

from datetime import date

from law import parameters
from law.parameters import Parameters
from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE, first_day
from schools.models import School

FINISHING = (LAST_PRIMARY_GRADE, LAST_GRADE)


def ending_year(today: date) -> int:
    """The school year whose turn it is: the running one until August, the one just ended in the autumn after it."""
    return today.year - 1


def turn_of(year: int) -> date:
    """The day on which the next school year begins: promotion is written from then on."""
    return first_day(year + 1)


def graduation_days(year: int, params: Parameters | None = None) -> tuple[date, date]:
    """First and last day of the graduation of a school year (第十五条)."""
    params = params or parameters.on(turn_of(year))
    return params.yearly("graduation.first_day", year + 1), params.yearly("graduation.last_day", year + 1)


def finishing_grades(school: School) -> list[int]:
    """The last grades taught at a school: 6, 9, or both."""
    return [grade for grade in FINISHING if grade in school.grades]
