"""Opening a graduation, and the steps of a promotion run: submitted, confirmed and undone for all schools at once."""

from django.db import transaction

from accounts.policies import school_ids_where
from approvals.common_rules import of_level
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.rules import Level, judge
from approvals.services import open_case
from law import clock
from law.school_time import grade_name
from schools.models import Bureau, School

from ..models.child import Student
from . import rolls
from .calendar import ending_year, finishing_grades, graduation_days
from .graduation import RULES, Graduation, GraduationFacts

MAKES, CHECKS, SIGNS = "bureau_make", "bureau_check", "bureau_sign"
SAID = 200  # exceptions named in a dry run that is kept


@transaction.atomic
def start_graduation(school: School, grade: int, *, by, year: int | None = None) -> Graduation:
    """Open the list of everybody in this grade who can graduate now. Raises Refused, RulesBroken, NotYourHand."""
    year = ending_year(clock.today()) if year is None else year
    if grade not in finishing_grades(school):
        raise Refused(f"{school}没有{grade_name(grade)}毕业年级（第十五条）。")
    ids = rolls.graduates(year, school.pk, grade)
    facts = GraduationFacts(clock.today(), grade, *graduation_days(year), children=len(ids))
    verdict = judge(of_level(RULES, Level.HARD), facts)
    if verdict.broken:
        raise RulesBroken(verdict)
    children = Student.objects.filter(pk__in=ids).only("pk").order_by("pk")
    return open_case(
        Graduation, by=by, lead=school, children=children, state=Graduation.State.DRAFT, year=year, grade=grade
    )


def bureau_of(user, *rights: str) -> Bureau:
    """The bureau for which this person acts. Raises NotYourHand."""
    held = set().union(*(school_ids_where(user, right) for right in rights))
    bureau = Bureau.objects.filter(school__in=held).order_by("pk").first()
    if bureau is None:
        raise NotYourHand("升级由教育局经办、审核人员办理（第十五条）。")
    return bureau


def schools_of(bureau: Bureau) -> list[int]:
    return list(School.objects.filter(bureau=bureau, closed_on=None).order_by("pk").values_list("pk", flat=True))
