"""What a book says: lines about children, read from the record for a span of days, nothing kept yet."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from jianping_xueji.vault import mask
from schools.models import School

from .periods import Period

CLASS_NUMBER = re.compile(r"\d+班$")
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

    def only(self, chosen: str) -> "Reading":
        """The part about one class, or one grade."""
        kept = [line for line in self.lines if chosen in (line.section, grade_of(line.section))]
        return Reading(kept, self.figures, heads=self.heads)

    @property
    def choices(self) -> list[str]:
        """What can be asked for alone: grades of several classes, then classes."""
        names = [name for name in self.sections if name]
        grades = Counter(grade_of(name) for name in names)
        return [*(grade for grade, classes in grades.items() if classes > 1), *names]


def grade_of(section: str) -> str:
    """三年级2班 → 三年级."""
    return CLASS_NUMBER.sub("", section)
