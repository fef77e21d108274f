"""招生分配的建议（第四条）: where each leaver goes by catchment, else by township; nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from schools.catchments import mapped, named_among
from schools.models import Bureau, Division, School, Stage

from ..models.child import Student
from ..models.enrolment import Placement
from .cohort import ANYBODY, last_in_grade_six, nearest_school
from .destination import Why

COMMUNITY_DIGITS = 12


@dataclass(frozen=True)
class Proposed:
    """One leaver and where it would go; `school` None: the bureau has to decide."""

    child: Student
    primary: School
    school: int | None
    why: str


@dataclass(frozen=True)
class Map:
    """The catchments of a year as they are asked for thousands of addresses."""

    schools: dict[str, list[int]]
    communities: tuple[Division, ...]

    @classmethod
    def of(cls, bureau: Bureau, year: int) -> "Map":
        schools = mapped(year, Stage.JUNIOR)
        here = Division.objects.filter(pk__in=schools, pk__startswith=bureau.division_id[:6])
        return cls(schools, tuple(here.select_related("parent").order_by("pk")))

    def schools_of(self, child: Student) -> list[int]:
        """By the registered community of the household, else by a community named in the address where it lives."""
        code = child.household_division
        if len(code) == COMMUNITY_DIGITS and code in self.schools:
            return self.schools[code]
        named = named_among(self.communities, child.home_address) if child.home_address else []
        return self.schools[named[0].pk] if named else []


def waiting(year: int, bureau: Bureau, which: Q = ANYBODY) -> QuerySet[Placement]:
    """The grade-six places of the bureau's leavers whom no junior school has taken over yet; `which` narrows them."""
    leaver = Q(enrolment__school__bureau=bureau, enrolment__student__status=Student.Status.LEAVER)
    rows = last_in_grade_six(Q(year=year - 1) & leaver & which)
    named = rows.select_related("enrolment__student", "enrolment__school").annotate(nearest=nearest_school())
    return named.order_by("enrolment__school__code", "school_class__number", "enrolment__student__name_pinyin", "pk")


def propose(places: Iterable[Placement], year: int, bureau: Bureau) -> list[Proposed]:
    """A proposal for each of these leavers; two statements whatever their number."""
    known = Map.of(bureau, year)
    return [proposed(place, known) for place in places]


def proposed(place: Placement, known: Map) -> Proposed:
    child, primary = place.enrolment.student, place.enrolment.school
    if primary.kind != School.Kind.PRIMARY:
        return Proposed(child, primary, primary.pk, Why.OWN)
    schools = known.schools_of(child)
    if len(schools) == 1:
        return Proposed(child, primary, schools[0], Why.CATCHMENT)
    if schools and place.nearest not in schools:
        return Proposed(child, primary, None, Why.DECIDED)
    why = Why.CATCHMENT if schools else Why.TOWNSHIP if place.nearest else Why.DECIDED
    return Proposed(child, primary, place.nearest, why)
