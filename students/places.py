"""Sitting in a class and leaving it: a place and its seat move together, so that the ledger counts who sits there."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from law import parameters
from law.articles import Article
from law.school_time import first_day, school_year_of
from schools import seats
from schools.models import SchoolClass

from . import enrolments
from .models.child import Student
from .models.enrolment import Enrolment, Placement


def ledger_rows(school_class: SchoolClass, year: int) -> list:
    """Grade row and class row of a class, ids ascending; empty while the year's ledger is not open."""
    return seats.rows_for(school_class.school_id, year, school_class.grade_in(year) or 0, school_class)


def give_up_seats(places: Iterable[Placement], on: date) -> None:
    """These children sit there no more: their seats are free again. So many statements as there are classes."""
    left = [place.school_class for place in places]
    heads = Counter(school_class.pk for school_class in left)
    for each in sorted(set(left), key=lambda school_class: school_class.pk):
        for row in ledger_rows(each, school_year_of(on)):
            seats.vacate([row], min(heads[each.pk], row.used))


def take_seat(
    school_class: SchoolClass,
    *,
    on: date,
    article: Article,
    reason: str,
    case_number: str,
    above_cap: bool = True,
    heads: int = 1,
) -> None:
    """Use seats where the law places children whatever is free; a full class is granted what it lacks, by its article.

    Without `above_cap` a full class raises NoSeat.
    """
    year = school_year_of(on)
    if len(ledger_rows(school_class, year)) < 2:
        enrolments.open_ledger(school_class.school, year, parameters.on(on)["class.cap"])
    for row in seats.locked(ledger_rows(school_class, year)):
        lacking = heads - row.free_seats
        if above_cap and lacking > 0:
            seats.grant(row, lacking, article=article, reason=reason, on=on, case_number=case_number)
        seats.occupy([row], heads)


def leave_class(children: Iterable[Student], *, on: date) -> list[Placement]:
    """The children keep their record here but sit in no class from `on`; their seats are free. Returns the places."""
    living = Enrolment.objects.living().filter(student__in=list(children))
    left = list(Placement.objects.filter(enrolment__in=living, ends=None).select_related("school_class", "enrolment"))
    for place in left:
        place.ends = max(on, place.starts)
    Placement.objects.bulk_update(left, ["ends"])
    give_up_seats(left, on)
    return left


def sit_down(
    child: Student, to_class: SchoolClass, *, on: date, article: Article, reason: str, case, above_cap: bool = True
) -> Placement:
    """The child sits in this class from `on`, seat or not (第二十三、二十九条); its record stays where it lives.

    A class of another school makes that school the one attended (第二十五条).
    """
    take_seat(to_class, on=on, article=article, reason=reason, case_number=case.number, above_cap=above_cap)
    year = school_year_of(on)
    enrolment = Enrolment.objects.living().get(student=child)
    attends = enrolments.elsewhere(to_class, enrolment.school_id)
    if enrolment.attends_id != attends:
        Enrolment.objects.filter(pk=enrolment.pk).update(attends=attends)
    return Placement.objects.create(
        enrolment=enrolment, school_class=to_class, year=year, starts=max(on, first_day(year))
    )
