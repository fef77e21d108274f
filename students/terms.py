"""The present term with its first day, as announced or else by the calendar."""

from dataclasses import dataclass
from datetime import date

from law import clock
from law.models import Term
from law.school_time import first_day

from .campaigns import present_term


@dataclass(frozen=True)
class Opening:
    """The beginning of the present term."""

    year: int
    term: int
    starts: date

    @property
    def name(self) -> str:
        return "第一学期" if self.term == 1 else "第二学期"

    @property
    def days(self) -> int:
        """Days since the first one, which is counted as 0."""
        return (clock.today() - self.starts).days


def present_opening() -> Opening:
    """The term that has begun last, with its announced first day, else 1 September or 1 March."""
    year, term = present_term(clock.today())
    announced = Term.objects.filter(year=year, number=term).values_list("starts", flat=True).first()
    return Opening(year, term, announced or (first_day(year) if term == 1 else date(year + 1, 3, 1)))
