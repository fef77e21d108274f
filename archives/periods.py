"""School terms as the archive counts them: the one that runs, and the last one that is over, of which all is owed."""

from dataclasses import dataclass

from law.school_time import school_year_name
from students.terms import present_opening

from .kinds import Kind

KEPT_YEARS = 9
TERM_NAMES = {0: "", 1: "第一学期", 2: "第二学期"}


@dataclass(frozen=True)
class Period:
    """One term of a school year."""

    year: int
    term: int

    @property
    def name(self) -> str:
        return f"{school_year_name(self.year)}{TERM_NAMES[self.term]}"

    @property
    def code(self) -> str:
        """As it stands in addresses and templates: 2025-2."""
        return f"{self.year}-{self.term}"

    @property
    def before(self) -> "Period":
        return Period(self.year, 1) if self.term == 2 else Period(self.year - 1, 2)

    def name_for(self, kind: Kind) -> str:
        """The span one entry of a kind speaks of."""
        return Period(self.year, kind.term_of(self.term)).name


def present_period() -> Period:
    """The term that runs."""
    opening = present_opening()
    return Period(opening.year, opening.term)


def owed_period() -> Period:
    """The last term that is over: its results belong in the archive by now."""
    return present_period().before


def periods() -> list[Period]:
    """Terms one may still enter, the latest first: a child's whole time at school."""
    found = [present_period()]
    while len(found) < 2 * KEPT_YEARS:
        found.append(found[-1].before)
    return found


def period_of(code: str) -> Period:
    """The term of an address; anything unknown is the one that is owed."""
    return next((period for period in periods() if period.code == code), owed_period())
