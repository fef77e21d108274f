"""What the rules of transfer look at. A case, a form, or a line of a JSON file all become these facts."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from law import parameters
from law.models import Term
from law.parameters import Parameters
from law.school_time import LAST_GRADE, first_day, grade_name, grade_on, school_year_of
from schools.divisions import Scope, scope_between
from schools.models import School, Seats
from students.models import Student

# States from which a child may move: in school, or away abroad and coming back (境外归来可直接转学).
MOVABLE = {Student.Status.ENROLLED, Student.Status.ABROAD, Student.Status.PENDING}


@dataclass(frozen=True)
class Place:
    """One end of a move: a school known by its code, or somewhere outside known by its division."""

    division: str
    code: str = ""
    county_direct: bool = False
    grades: range = range(1, LAST_GRADE + 1)
    name: str = ""

    @classmethod
    def of_school(cls, school: School) -> "Place":
        return cls(school.division_id, school.code, school.county_direct, school.grades, school.short_name)


@dataclass(frozen=True)
class TransferFacts:
    """Facts of one intended or running transfer on one day."""

    on: date
    origin: Place
    target: Place
    grade: int
    ground: str
    home: str
    params: Parameters
    first_terms: dict[int, tuple[date, date]] = field(default_factory=dict)
    student_state: str = Student.Status.ENROLLED
    return_home: bool = False
    open_case: str = ""
    problem: str = ""
    free_seats: int | None = None

    @property
    def scope(self) -> Scope:
        return scope_between(self.origin.division, self.target.division)

    @property
    def from_here(self) -> bool:
        """The sending school lies in the county `home` (six digits)."""
        return self.origin.division[:6] == self.home

    @property
    def to_here(self) -> bool:
        return self.target.division[:6] == self.home

    @property
    def in_county(self) -> bool:
        return self.from_here and self.to_here

    @property
    def outward(self) -> bool:
        return self.from_here and not self.to_here

    @property
    def grade_name(self) -> str:
        return grade_name(self.grade)

    @property
    def state_name(self) -> str:
        return dict(Student.Status.choices).get(self.student_state, self.student_state)

    @property
    def window_months(self) -> str:
        return "、".join(f"{month}月" for month in self.params["transfer.window_months"])

    @property
    def in_first_term(self) -> bool:
        """Inside the autumn half of the school year: from its first day to the day before the second term starts."""
        year = school_year_of(self.on)
        starts, second = self.first_terms.get(year, (first_day(year), date(year + 1, 3, 1)))
        return min(starts, first_day(year)) <= self.on < second

    @property
    def after_grade_nine_deadline(self) -> bool:
        """After 30 September, to the end of the school year."""
        return self.on > self.params.yearly("transfer.grade9_last_day", school_year_of(self.on))

    @property
    def in_national_stop(self) -> bool:
        year, p = self.on.year, self.params
        return p.yearly("transfer.stop_first_day", year) <= self.on <= p.yearly("transfer.stop_last_day", year)

    def at(self, day: date) -> "TransferFacts | None":
        """The same child and schools on another day; None when the child has left this stage of school by then."""
        grade = grade_on(day, self.grade, self.on)
        return None if grade is None else replace(self, on=day, grade=grade)


def first_terms_around(day: date) -> dict[int, tuple[date, date]]:
    """school year → (first day of term one, first day of term two), for the years a judgement may reach."""
    year = school_year_of(day)
    starts = {
        (t.year, t.number): t.starts for t in Term.objects.filter(year__range=(year, (day + timedelta(days=900)).year))
    }
    return {
        y: (starts[y, 1], starts[y, 2]) for y in {key[0] for key in starts} if (y, 1) in starts and (y, 2) in starts
    }


def free_seats_at(school: School, grade: int, day: date) -> int:
    """Seats free in a grade; a grade whose ledger is not open yet has its classes × cap (upper grades without plan)."""
    year = school_year_of(day)
    row = Seats.objects.of_grade(school, year, grade).first()
    if row:
        return max(row.free_seats, 0)
    classes = [c for c in school.classes.filter(closed_on=None) if c.grade_in(year) == grade]
    return len(classes) * parameters.on(day)["class.cap"]


def facts_for(
    *,
    origin: Place,
    target: Place,
    grade: int,
    ground: str,
    home: str,
    on: date,
    to_school: School | None = None,
    **more,
) -> TransferFacts:
    """Facts of an intended move: loads the day's parameters, terms and, for a school of ours, its free seats."""
    if to_school and "free_seats" not in more:
        more["free_seats"] = free_seats_at(to_school, grade, on)
    return TransferFacts(
        on=on,
        origin=origin,
        target=target,
        grade=grade,
        ground=ground,
        home=home,
        params=parameters.on(on),
        first_terms=first_terms_around(on),
        **more,
    )
