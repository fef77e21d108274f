"""What the rules of a closing look at: both schools as they stand, and what is still unfinished between them."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from approvals.models import Case
from law.school_time import grade_name, school_year_of
from schools.models import School


@dataclass(frozen=True)
class ClosingFacts:
    """撤并要看的事实：两所学校各是什么状况，撤并学校还有哪些没有了结的事."""

    on: date
    today: date
    closing: str = ""
    receiving: str = ""
    same_school: bool = False
    other_bureau: bool = False
    already_closed: str = ""
    receiver_closed: str = ""
    untaught: str = ""
    document: str = ""
    closes_on: date | None = None
    deciding: bool = False
    other_closing: str = ""
    open_batches: str = ""
    inward: str = ""
    between: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day: date) -> "ClosingFacts":
        """The same schools on another day."""
        return replace(self, today=day)


def facts_of_schools(closing: School, receiving: School | None, *, on: date, today: date, case=None, **more) -> dict:
    """What the database says about both schools, as columns of ClosingFacts."""
    facts = {"on": on, "today": today, "closing": closing.name, **unfinished_at(closing, receiving, case), **more}
    facts["already_closed"] = in_words(closing.closed_on)
    if receiving is None:
        return facts
    taught = {each.grade_in(school_year_of(today)) for each in closing.classes.filter(closed_on=None)} - {None}
    return facts | {
        "receiving": receiving.name,
        "same_school": receiving.pk == closing.pk,
        "other_bureau": receiving.bureau_id != closing.bureau_id,
        "receiver_closed": in_words(receiving.closed_on),
        "untaught": "、".join(grade_name(grade) for grade in sorted(taught - set(receiving.grades))),
    }


def unfinished_at(closing: School, receiving: School | None, case) -> dict:
    """Open cases that stand in the way, by their numbers: they end first, each by its own desks."""
    others = Case.objects.open().exclude(pk=case.pk if case else None)
    here = others.filter(lead_school=closing)
    both = [closing.pk, *([receiving.pk] if receiving else [])]
    closings = others.filter(kind="school_closing").filter(
        Q(lead_school__in=both) | Q(schoolclosing__receiving=closing)
    )
    inward = here.filter(
        Q(kind="transfer") | Q(seat_holds__seats__school=closing, seat_holds__ended_on=None) | coming_to(closing)
    ).exclude(kind__in=["school_closing", "registration", "overflow"])
    between = others.filter(kind="transfer", lead_school=receiving, peer_school=closing) if receiving else []
    return {
        "other_closing": numbers_of(closings),
        "open_batches": numbers_of(
            here.filter(kind__in=["registration", "overflow"]) | others.filter(kind="overflow", peer_school=closing)
        ),
        "inward": numbers_of(inward.distinct()),
        "between": numbers_of(between),
    }


def coming_to(school: School) -> Q:
    """Cases all of whose children still live elsewhere: they would bring a child into a school that ends."""
    return Q(subjects__blocking=True) & ~Q(subjects__child__school=school)


def numbers_of(cases) -> str:
    return "、".join(sorted({case.number for case in cases}))


def in_words(day: date | None) -> str:
    return f"{day:%Y年%-m月%-d日}" if day else ""
