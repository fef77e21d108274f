"""What a book says: lines about children, read from the record for a span of days, nothing kept yet."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from jianping_xueji.vault import mask
from schools.models import School

from .periods import Period

NUMBERS = ("registry_number", "id_number")


@dataclass(frozen=True)
class Scope:
    """Which book: whose, of which term, and the days it tells of, both included."""

    school: School
    period: Period
    first: date
    until: date

    @property
    def year(self) -> int:
        return self.period.year


@dataclass
class Line:
    """One line of a book. `key` makes it the same line in another reading; `cells` are plain values."""

    key: str
    child: int | None
    cells: dict
    section: str = ""

    @property
    def masked(self) -> dict:
        """The cells for the screen: numbers by their last four."""
        return {name: mask(v) if name in NUMBERS and v else v for name, v in self.cells.items()}


@dataclass
class Reading:
    """All lines of a book in order; figures by name; who is here at the end, by number; what nobody can explain."""

    lines: list[Line]
    figures: dict[str, dict[str, int]] = field(default_factory=dict)
    opening: dict[str, list[int]] = field(default_factory=dict)
    ends: dict[str, list[int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    # More that is printed over the lines, by section: 班主任.
    heads: dict[str, str] = field(default_factory=dict)

    @cached_property
    def sections(self) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.section, []).append(line)
        return found

    def only(self, section: str) -> "Reading":
        """The part about one class or grade."""
        return Reading([line for line in self.lines if line.section == section], self.figures, heads=self.heads)
