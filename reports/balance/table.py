"""The balance as a table: lines by years of entry and sex, sums, and what nobody can explain."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from law.school_time import grade_name, school_year_of
from schools.models import SchoolClass

from .lines import OTHER, SIDES, UNTOLD, Line, line_of
from .spells import Book, Event, Span, events

SEXES = (("1", "男"), ("2", "女"))
OPENING = Line("open", "期初", ())
CLOSING = Line("close", "期末", ())
SUMS = {"in": Line("sum", "增加合计", ()), "out": Line("sum", "减少合计", ())}
WORDS = {"in": "增加", "out": "减少"}


@dataclass(frozen=True)
class Column:
    """One year of entry, named by its grade in the last school year of the span."""

    stage: str | None
    cohort: int | None
    year: int

    @property
    def label(self) -> str:
        if self.cohort is None:
            return "未编班"
        grade = SchoolClass(stage=self.stage, cohort=self.cohort).grade_in(self.year)
        stage = "小学" if self.stage == "primary" else "初中"
        return grade_name(grade) if grade else f"{stage}{self.cohort}级"

    @property
    def order(self) -> tuple:
        return (self.cohort is None, self.stage != "primary", -(self.cohort or 0))


@dataclass
class Row:
    """One line: its figure per column and sex. `kind` says how it is drawn: stock, line, sum or fault."""

    side: str
    line: Line
    kind: str
    figures: Counter

    @property
    def label(self) -> str:
        wanting = self.line in (OTHER, UNTOLD)
        return f"{self.line.label}{WORDS[self.side] if wanting else ''}"

    def of(self, column: Column | None = None, sex: str = "") -> int:
        """How many, in one column and of one sex, or of all."""
        return sum(n for (place, its), n in self.figures.items() if column in (None, place) and sex in ("", its))

    @property
    def total(self) -> int:
        return sum(self.figures.values())


@dataclass
class Balance:
    """期初 + 增 − 减 = 期末 of one number."""

    book: str
    span: Span
    told: list[Event] = field(default_factory=list)

    @cached_property
    def columns(self) -> list[Column]:
        year = school_year_of(self.span.last)
        return sorted({Column(e.stage, e.cohort, year) for e in self.told}, key=lambda column: column.order)

    def figures(self, side: str, line: Line | None = None) -> Counter:
        year, found = school_year_of(self.span.last), Counter()
        for event in self.told:
            if event.side == side and (line is None or line_of(side, event.how) == line):
                found[Column(event.stage, event.cohort, year), event.sex] += event.count
        return found

    @cached_property
    def opening(self) -> Row:
        return Row("open", OPENING, "stock", self.figures("open"))

    @cached_property
    def closing(self) -> Row:
        return Row("close", CLOSING, "stock", self.figures("close"))

    def lines(self, side: str, *, all_of_them: bool = False) -> list[Row]:
        """Lines of one side with anything on them (or all of the law's), without the untold ones."""
        rows = [Row(side, line, "line", self.figures(side, line)) for line in [*SIDES[side], OTHER]]
        return [row for row in rows if row.figures or all_of_them and row.line.belongs_to(self.book)]

    def sum(self, side: str) -> Row:
        """The sum of what is explained."""
        return Row(side, SUMS[side], "sum", self.figures(side) - self.figures(side, UNTOLD))

    @cached_property
    def faults(self) -> list[Row]:
        """What came or went without a cause that the record tells."""
        rows = [Row(side, UNTOLD, "fault", self.figures(side, UNTOLD)) for side in ("in", "out")]
        return [row for row in rows if row.figures]

    @property
    def difference(self) -> int:
        """期末 − (期初 + 增 − 减), counting only what is explained."""
        return self.closing.total - self.opening.total - self.sum("in").total + self.sum("out").total

    @property
    def balances(self) -> bool:
        return not self.faults

    def rows(self, *, all_lines: bool = False) -> list[Row]:
        """Every line in its order, as printed."""
        return [
            self.opening,
            *self.lines("in", all_of_them=all_lines),
            self.sum("in"),
            *self.lines("out", all_of_them=all_lines),
            self.sum("out"),
            *self.faults,
            self.closing,
        ]


def balance_of(book: str, span: Span) -> Balance:
    """The balance of one number, in one query."""
    return Balance(book, span, events(book, span))


def balances_of(span: Span) -> list[Balance]:
    return [balance_of(book, span) for book in Book.values]
