"""Filling the schools: every class with its children, school by school, five COPYs each."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace

from django.db.models import Model

from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE, first_day
from schools.models import Division, School
from students.importing.bulk import take_ids
from students.models import Enrolment, FamilyMember, Placement, Student, StudentNumber

from . import SEED, SEED_YEAR, names
from .bulk import BackgroundCopy
from .children import ChildMaker, Draft, Seatmate
from .lives import DROPPED_OUT, GRADUATED, MOVED_AWAY, PRESENT, SUSPENDED, ClassRooms, Fate, entry_year, life_of
from .plans import SchoolPlan

TWINS = 0.012
# In the demo the children with rare characters sit together, where every story begins.
RARE_NAMES_AT = ("jpxx", 3)
RARE_FATES = ((SUSPENDED, 0.004), (DROPPED_OUT, 0.002))
GRADUATES, MOVED = 6, 1


@dataclass
class Place:
    """A child to be made: grade and class number, and what became of the child."""

    grade: int
    number: int
    fate: Fate = PRESENT


@dataclass
class Tables:
    """The rows of one school, waiting for their COPY."""

    drafts: list[Draft] = field(default_factory=list)
    enrolments: list[SimpleNamespace] = field(default_factory=list)
    placements: list[SimpleNamespace] = field(default_factory=list)

    def in_order(self) -> Iterator[tuple[type[Model], list]]:
        """Tables and rows, what is referred to first."""
        yield Student, [d.student for d in self.drafts]
        yield FamilyMember, [m for d in self.drafts for m in d.family]
        yield StudentNumber, [n for d in self.drafts for n in d.numbers]
        yield Enrolment, self.enrolments
        yield Placement, self.placements


class Population:
    """Writes the children of all schools and counts who sits where."""

    def __init__(self, *, with_history: bool):
        """`with_history` adds the two years before, leavers and troubled records, as the demo has them."""
        self.rng = Random(SEED)
        self.maker = ChildMaker(self.rng)
        self.rooms = ClassRooms()
        self.townships = {division.code: division.name for division in Division.objects.all()}
        self.with_history = with_history
        self.seated: Counter = Counter()
        self.written = 0

    def fill(self, plans: list[SchoolPlan], schools: dict[str, School]) -> None:
        """Write the children of all schools; while one school's rows travel, the next one's are invented."""
        places = {plan.login: list(self._places(plan)) for plan in plans}
        self.written = sum(map(len, places.values()))
        self.ids = iter(take_ids(Student, self.written))
        self.enrolment_ids = iter(take_ids(Enrolment, self.written))
        with BackgroundCopy() as copying:
            for plan in plans:
                tables = self._school(plan, schools[plan.login], places[plan.login])
                copying.submit(*tables.in_order())

    def _school(self, plan: SchoolPlan, school: School, places: list[Place]) -> Tables:
        """Invent all children of one school."""
        tables, former = Tables(), None
        rare = iter(names.RARE_NAMES)
        for place in places:
            given = next(rare, ("", "")) if (plan.login, place.grade) == RARE_NAMES_AT else ("", "")
            twin = former if not given[0] and self.rng.random() < TWINS and is_beside(former, place) else None
            draft = self._child(plan, school, place, given, twin and twin[1].student)
            self._live(tables, draft, next(self.enrolment_ids), school, place)
            former = None if twin else (place, draft)
        return tables

    def _places(self, plan: SchoolPlan) -> Iterator[Place]:
        for grade, sizes in plan.sizes.items():
            for number, size in enumerate(sizes, start=1):
                yield from (Place(grade, number, self._fate()) for _ in range(size))
        if self.with_history:
            yield from (Place(self.rng.choice(list(plan.grades)[1:]), 1, MOVED_AWAY) for _ in range(MOVED))
            if LAST_GRADE in plan.sizes and plan.kind != School.Kind.SPECIAL:
                yield from (Place(LAST_GRADE + 1, 1, GRADUATED) for _ in range(GRADUATES))

    def _fate(self) -> Fate:
        if not self.with_history:
            return PRESENT
        chances = [share for _, share in RARE_FATES]
        return self.rng.choices([PRESENT, *(f for f, _ in RARE_FATES)], [1 - sum(chances), *chances])[0]

    def _child(self, plan: SchoolPlan, school: School, place: Place, given, twin_of) -> Draft:
        seat = Seatmate(
            school_id=school.pk,
            township_code=plan.division,
            township=self.townships[plan.division],
            grade=place.grade,
            boards=place.grade > LAST_PRIMARY_GRADE,
            special=plan.kind == School.Kind.SPECIAL,
        )
        draft = self.maker.child(next(self.ids), seat, name=given[0], sex=given[1], twin_of=twin_of)
        draft.student.status = place.fate.status
        temporary = place.grade == 1 and self.rng.random() < 0.85
        self.maker.number(draft, first_day(entry_year(school, place.grade)), "L" if temporary else "G")
        return draft

    def _live(self, tables: Tables, draft: Draft, enrolment_id: int, school: School, place: Place) -> None:
        since = SEED_YEAR - 2 if self.with_history else SEED_YEAR
        enrolment, placements = life_of(
            draft.student.id, enrolment_id, school, place.grade, place.number, self.rooms, since=since, fate=place.fate
        )
        tables.drafts.append(draft)
        tables.enrolments.append(enrolment)
        tables.placements += placements
        if place.fate.seated:
            self.seated[placements[-1].school_class_id] += 1


def is_beside(former: tuple[Place, Draft] | None, place: Place) -> bool:
    """True when the child before sits in the same class and is there."""
    return former is not None and (former[0].grade, former[0].number) == (place.grade, place.number)
