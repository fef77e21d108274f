"""能否办理, asked before anything is filled in: the verdict over given facts, for the page and for the command."""

from datetime import date

from approvals.rules import Finding, Verdict, judge
from schools.models import Bureau, School

from .facts import Place, facts_for
from .rules import RULES


class UnknownPlace(Exception):
    """A school code nobody knows, or no place at all."""


def home_division() -> str:
    """The six-digit division of the county's bureau."""
    return Bureau.objects.order_by("pk").values_list("division_id", flat=True).first() or ""


def place_of(school: School | None, division: str, home: str) -> Place:
    return Place.of_school(school) if school else Place.of_division(division, home)


def verdict_for(
    *,
    from_school: School | None = None,
    from_division: str = "",
    to_school: School | None = None,
    to_division: str = "",
    grade: int,
    ground: str,
    on: date,
    **more,
) -> Verdict:
    """Judge an intended transfer. Schools of the county as rows, places elsewhere as six-digit divisions."""
    home = home_division()
    facts = facts_for(
        origin=place_of(from_school, from_division, home),
        target=place_of(to_school, to_division, home),
        grade=grade,
        ground=ground,
        on=on,
        to_school=to_school,
        **more,
    )
    return judge(RULES, facts)


def as_json(finding: Finding) -> dict:
    """One breach as the command prints it."""
    return {
        "article": finding.article,
        "message": f"{finding.message}。{finding.remedy}。",
        "possible_from": finding.possible_from.isoformat() if finding.possible_from else None,
    }
