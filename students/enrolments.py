"""Beginning and ending a child's life at a school. The only writers of Enrolment, Placement and `Student.school`.

Everything takes lists, so that one child and a whole county go the same way. Callers hold the children's locks.
"""

import random
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count, F, Func, Value

from jianping_xueji import vault
from law import clock
from law.school_time import first_day, school_year_of
from schools import seats
from schools.models import School, SchoolClass

from .models.child import NumberKind, Student, StudentNumber, number_aad
from .models.enrolment import Enrolment, Placement
from .registry_number import make_temporary


def begin(
    children: Sequence[tuple[Student, SchoolClass | None]],
    *,
    school: School,
    on: date,
    case=None,
    how: str,
    came_from: str = "",
) -> None:
    """These children live at `school` from `on`, each in the given class of the present school year."""
    year = school_year_of(clock.today())
    made = Enrolment.objects.bulk_create(
        [
            Enrolment(
                student=child,
                school=school,
                during=(on, None),
                came_by_id=case and case.pk,
                came_how=how,
                came_from=came_from,
                attends_id=elsewhere(to_class, school.pk),
            )
            for child, to_class in children
        ],
        batch_size=1000,
    )
    Placement.objects.bulk_create(
        [
            Placement(enrolment=enrolment, school_class=to_class, year=year, starts=max(on, first_day(year)))
            for enrolment, (_, to_class) in zip(made, children, strict=True)
            if to_class
        ],
        batch_size=1000,
    )
    Student.objects.filter(pk__in=[child.pk for child, _ in children]).update(school=school)


def elsewhere(to_class: SchoolClass | None, record_school: int) -> int | None:
    """The school a child attends when its class is at another school than its record (第二十五条); else None."""
    return to_class.school_id if to_class and to_class.school_id != record_school else None


def end(children: Iterable[Student], *, on: date, case, how: str, went_to: str = "") -> list[Placement]:
    """Their living enrolments end: `on` is the first day on which they are no longer here. Returns the places left.

    An enrolment that began on that very day has no day left to live: it is voided, and stays in the history as such.
    """
    living = Enrolment.objects.living().filter(student__in=list(children))
    left = list(Placement.objects.filter(enrolment__in=living, ends=None).select_related("school_class", "enrolment"))
    for place in left:
        place.ends = max(on, place.starts)
    Placement.objects.bulk_update(left, ["ends"])
    parted = {"left_by": case.pk, "left_how": how, "went_to": went_to}
    living.filter(during__startswith__gte=on).update(voided=True, **parted)
    living.update(during=Func(Func(F("during"), function="lower"), Value(on), function="daterange"), **parted)
    return left


def places_taken(school: School) -> dict[int, int]:
    """How many children sit in each class of a school now, by class id."""
    sitting = Placement.objects.filter(school_class__school=school, ends=None, enrolment__voided=False)
    return dict(sitting.values_list("school_class").annotate(Count("pk")))


def open_ledger(school: School, year: int, cap: int) -> None:
    """Open a school year's seat ledger with the children who already sit there counted."""
    seats.ensure_rows(school.pk, year, cap, places_taken(school))


def issue_temporary_numbers(children: Sequence[Student], *, on: date, area: str) -> None:
    """Give an L number to every child that holds no 学籍号 yet (temporary until CEIMS answers)."""
    holders = set(
        StudentNumber.objects.filter(student__in=children, kind=NumberKind.REGISTRY, until=None).values_list(
            "student_id", flat=True
        )
    )
    rng = random.SystemRandom()
    fresh = unused_numbers([c for c in children if c.pk not in holders], area, rng)
    StudentNumber.objects.bulk_create(
        [sealed_number(child, NumberKind.REGISTRY, number, on) for child, number in fresh], batch_size=1000
    )


def unused_numbers(children: Sequence[Student], area: str, rng) -> list[tuple[Student, str]]:
    """Draw numbers until none of them is held by anybody, in this draw or in the table."""
    settled: dict[bytes, tuple[Student, str]] = {}
    waiting = list(children)
    while waiting:
        drawn = [(child, make_temporary(area, child.birth_date, rng)) for child in waiting]
        indexed = [(vault.index(number, NumberKind.REGISTRY), child, number) for child, number in drawn]
        held = {
            bytes(i)
            for i in StudentNumber.objects.filter(index__in=[i for i, _, _ in indexed]).values_list("index", flat=True)
        }
        waiting = []
        for index, child, number in indexed:
            if index in held or index in settled:
                waiting.append(child)
            else:
                settled[index] = (child, number)
    return list(settled.values())


def sealed_number(child: Student, kind: str, number: str, on: date) -> StudentNumber:
    """An unsaved number row: ciphertext under the child's key, blind index, last four."""
    return StudentNumber(
        student=child,
        kind=kind,
        cipher=vault.seal(bytes(child.wrapped_key), number, number_aad(kind)),
        index=vault.index(number, kind),
        tail=vault.tail(number),
        letter=number[0] if kind == NumberKind.REGISTRY else "",
        since=on,
    )
