"""Who keeps a school's books: the school itself, or whoever took it over (第十一条第二款)."""

from schools.models import FormerName, School


def successors() -> dict[int, int]:
    """school → the school that took it over, corrected closings left out; one query."""
    return dict(FormerName.objects.filter(revoked=False).values_list("school_id", "successor_id"))


def keeper_of(school_id: int, taken_over: dict[int, int] | None = None) -> int:
    """The school on whose shelf the books of a school stand now."""
    taken_over = successors() if taken_over is None else taken_over
    seen = set()
    while school_id in taken_over and school_id not in seen:
        seen.add(school_id)
        school_id = taken_over[school_id]
    return school_id


def shelved_at(school: School) -> list[School]:
    """The school and every school whose books it keeps, its own first."""
    taken_over = successors()
    former = [pk for pk in taken_over if keeper_of(pk, taken_over) == school.pk and pk != school.pk]
    return [school, *School.objects.filter(pk__in=former).order_by("code")]
