"""What the rules of intake look at: one child, or every child of a batch, fetched in a fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from law import parameters
from law.school_time import grade_name
from schools.models import Catchment, Division, School, Stage

from ..models.child import NumberKind, StudentNumber
from ..models.enrolment import Enrolment
from ..models.intake import Application
from . import years


@dataclass(frozen=True)
class ChildFacts:
    """One child who asks for a place in a grade of a school."""

    on: date
    name: str
    birth: date
    grade: int
    year: int
    born_by: date
    first_year: int
    age: int = 6
    overdue_since: date | None = None
    deferral_number: str = ""
    open_to_all: bool = False
    takes_any_age: bool = False
    community: str = ""
    mapped_to: tuple[str, ...] = ()
    at_home: bool = False
    grounded: bool = False
    exception_reason: str = ""
    new_record: bool = True
    newcomer_reason: str = ""
    searched: bool = True
    signed: bool = False
    seated: bool = False
    begins: date | None = None
    lives_at: str = ""

    def at(self, day):
        return None

    @property
    def grade_name(self) -> str:
        return grade_name(self.grade)

    @property
    def enters_school(self) -> bool:
        return self.grade == 1

    @property
    def catchment_schools(self) -> str:
        return "、".join(self.mapped_to) or "尚未划定"


@dataclass(frozen=True)
class Frame:
    """What all children of one school and day have in common."""

    school: School
    on: date
    year: int
    params: parameters.Parameters
    begins: date
    takers: dict[str, dict[int, str]]

    @classmethod
    def of(cls, school: School, on: date, communities) -> "Frame":
        """Loaded once for a school, a day and the communities that matter."""
        year = years.intake_year(on)
        takers: dict[str, dict[int, str]] = defaultdict(dict)
        rows = Catchment.objects.filter(year=year, stage=Stage.PRIMARY, community__in=set(communities) - {None})
        for row in rows.filter(school__closed_on=None).select_related("school").order_by("school__code"):
            takers[row.community_id][row.school_id] = row.school.short_name
        return cls(school, on, year, parameters.on(on), years.entry_day(year), takers)

    def facts(self, *, name: str, birth: date, grade: int, community: Division | None, **more) -> ChildFacts:
        """The facts of one child; `workplace` counts like the home of a migrant child (第五条)."""
        workplace, migrant = more.pop("workplace", None), more.pop("migrant", False)
        homes = [community, workplace if migrant else None]
        takers = self.takers.get(community.pk, {}) if community else {}
        cutoff = years.born_by(self.year, self.params)
        return ChildFacts(
            on=self.on,
            name=name,
            birth=birth,
            grade=grade,
            year=self.year,
            born_by=cutoff,
            first_year=years.first_year(birth, self.params),
            age=self.params["intake.age"],
            overdue_since=years.born_by(self.year - 1, self.params),
            open_to_all=self.school.private or self.school.kind == School.Kind.SPECIAL,
            takes_any_age=self.school.kind == School.Kind.SPECIAL,
            community=str(community or ""),
            mapped_to=tuple(takers.values()),
            at_home=any(self.school.pk in self.takers.get(home.pk, {}) for home in homes if home),
            begins=self.begins,
            **more,
        )


@dataclass(frozen=True)
class BatchFacts:
    """A registration batch loaded once: its lines, its frame, the facts of every child."""

    entries: list
    frame: Frame
    children: dict[int, ChildFacts]

    @classmethod
    def of(cls, case, day: date) -> "BatchFacts":
        """Five queries whatever the size of the batch."""
        numbered = StudentNumber.objects.filter(student=OuterRef("student"), kind=NumberKind.REGISTRY, until=None)
        entries = case.entries.select_related("student", "school_class").annotate(numbered=Exists(numbered))
        entries = list(entries.defer("student__wrapped_key"))
        applied = applications_of(case)
        places = [place for each in applied.values() for place in (each.community_id, each.workplace_id)]
        frame = Frame.of(case.lead_school, day, places)
        living = dict(lives_elsewhere(case).values_list("student", "school__short_name"))
        children = {
            e.student_id: facts_of_entry(e, applied.get(e.student_id), frame, living.get(e.student_id, ""))
            for e in entries
        }
        return cls(entries, frame, children)


def of_batch(case, day: date) -> dict[int, ChildFacts]:
    """child id → facts of everybody in a registration batch."""
    return BatchFacts.of(case, day).children


def applications_of(case) -> dict[int, Application]:
    """child id → what was written down when the child was entered."""
    rows = Application.objects.filter(student__registration_entry__registration=case)
    return {row.student_id: row for row in rows.select_related("community", "workplace")}


def lives_elsewhere(case):
    """Living enrolments that children of an open batch have already."""
    living = Enrolment.objects.living().filter(student__registration_entry__registration=case)
    return living.exclude(came_by=case.pk)


def facts_of_entry(entry, applied: Application | None, frame: Frame, lives_at: str) -> ChildFacts:
    applied = applied or Application()
    child, sits_in = entry.student, entry.school_class
    in_class = sits_in.grade_in(frame.year) if sits_in else None
    return frame.facts(
        name=child.name,
        birth=child.birth_date,
        grade=(in_class or 0) if sits_in else applied.grade or 1,
        migrant=bool(child.migrant_child),
        lives_at=lives_at,
        new_record=not entry.numbered and not entry.sheet_row,
        searched=bool(applied.search_id),
        signed=applied.signed_on is not None,
        seated=sits_in is not None,
        **written_down(applied),
    )


def written_down(applied: Application) -> dict:
    """The part of the facts that the application itself says."""
    return {
        "community": applied.community,
        "workplace": applied.workplace,
        "grounded": bool(applied.ground and applied.ground_note),
        "deferral_number": applied.deferral_number,
        "exception_reason": applied.exception_reason,
        "newcomer_reason": applied.newcomer_reason,
    }
