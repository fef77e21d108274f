"""School terms as the archive counts them: the one that runs, and the last one that is over, of which all is owed."""

from dataclasses import dataclass

from law.school_time import school_year_name
from students.terms import Opening, present_opening

from .kinds import ONCE, Kind

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


@dataclass(frozen=True)
class Moment:
    """Where a day stands among the terms, asked once for a page: the term that runs, and the one that is owed."""

    opening: Opening

    @classmethod
    def now(cls) -> "Moment":
        return cls(present_opening())

    @property
    def present(self) -> Period:
        return Period(self.opening.year, self.opening.term)

    @property
    def owed(self) -> Period:
        """The last term that is over: its results belong in the archive by now."""
        return self.present.before

    @property
    def periods(self) -> list[Period]:
        """Terms one may still enter, the latest first: a child's whole time at school."""
        found = [self.present]
        while len(found) < 2 * KEPT_YEARS:
            found.append(found[-1].before)
        return found

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(period.code, period.name) for period in self.periods]

    def period_for(self, kind: Kind, asked: Period) -> Period:
        """Under which term something is entered: what is made once for good belongs to the term in which it is made."""
        return self.present if kind.period == ONCE else asked

    def period_of(self, code: str) -> Period:
        """The term of an address; anything unknown is the one that is owed."""
        return next((period for period in self.periods if period.code == code), self.owed)
