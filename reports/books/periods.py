"""Terms as books count them: a term's book runs until the next term begins, so that no day falls between two books."""

from dataclasses import dataclass
from datetime import date, timedelta

from law.models import Term
from law.school_time import first_day, school_year_name

TERMS = (1, 2)
NAMES = {1: "第一学期", 2: "第二学期"}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """One term: its first day, its last one before the next term, and the day lessons end (`over`)."""

    year: int
    term: int
    first: date
    last: date
    over: date
    # The first day of its school year.
    year_first: date

    @property
    def name(self) -> str:
        return f"{school_year_name(self.year)}{NAMES[self.term]}"


def announced() -> dict[tuple[int, int], Term]:
    """Every term the bureau has published."""
    return {(term.year, term.number): term for term in Term.objects.all()}


def start_of(year: int, term: int, known: dict) -> date:
    """The first day of a term, as published, else 1 September or 1 March."""
    if (year, term) in known:
        return known[year, term].starts
    return first_day(year) if term == 1 else date(year + 1, 3, 1)


def period_of(year: int, term: int, known: dict | None = None) -> Period:
    """The term as books count it; `known` saves the question when many are asked."""
    known = announced() if known is None else known
    following = (year, 2) if term == 1 else (year + 1, 1)
    last = start_of(*following, known) - DAY
    over = min(known[year, term].ends, last) if (year, term) in known else last
    return Period(year, term, start_of(year, term, known), last, over, start_of(year, 1, known))


def before(year: int, term: int) -> tuple[int, int]:
    """The term before."""
    return (year, 1) if term == 2 else (year - 1, 2)
