"""能否办理, asked before anything is filled in: the verdict over given facts, for the page and for the command."""

from datetime import date

from approvals.rules import Finding, Verdict, judge
from schools.models import Bureau, School
from students.models import Student
from students.standing import open_case_of

from .facts import Place, facts_for
from .rules import RULES


def home_of(*schools: School | None) -> str:
    """The county that is asked, six digits: that of the schools named, else of the only (first) bureau."""
    named = next((s for s in schools if s), None)
    bureau = named.bureau if named else Bureau.objects.order_by("pk").first()
    return bureau.division_id[:6] if bureau else ""


def place_of(school: School | None, division: str) -> Place:
    return Place.of_school(school) if school else Place(division)


def verdict_for(
    *,
    from_school: School | None = None,
    from_division: str = "",
    to_school: School | None = None,
    to_division: str = "",
    grade: int,
    ground: str,
    on: date,
    child: Student | None = None,
    **more,
) -> Verdict:
    """Judge an intended transfer. Schools of the county as rows, places elsewhere as six-digit divisions.

    With a `child` its state, problem record and open case are facts too.
    """
    if child:
        open_case = open_case_of(child)
        more |= {"student_state": child.status, "problem": child.problem, "open_case": open_case}
    facts = facts_for(
        origin=place_of(from_school, from_division),
        target=place_of(to_school, to_division),
        grade=grade,
        ground=ground,
        home=home_of(to_school, from_school),
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
