"""Opening a case for somebody who is not in the register, and finding the school that issued a certificate."""

from django.db import transaction

from approvals.common_rules import of_level
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.materials import lay_out
from approvals.rules import Level, judge
from approvals.services import open_case
from law import clock
from schools.models import School

from ..lookup import find_elsewhere
from ..models.child import Student
from .case import CertificateProof


@transaction.atomic
def start_from_roll_book(school: School, *, by, **given) -> CertificateProof:
    """A draft about a line of the school's roll book. Raises RulesBroken, NotYourHand, Refused."""
    facts = CertificateProof.facts_for(None, clock.today(), **given)
    verdict = judge(of_level(CertificateProof.RULES, Level.HARD), facts)
    if verdict.broken:
        raise RulesBroken(verdict)
    case = open_case(CertificateProof, by=by, lead=school, children=[], state=CertificateProof.State.DRAFT, **given)
    lay_out(case, case.papers())
    return case


def school_that_issued(name: str, number: str, *, by, school: School | None) -> School:
    """The school from which the person of this name and number graduated; the look is kept (第三十七条).

    Raises NotYourHand, Refused when the register knows no such graduate.
    """
    if school is None:
        raise NotYourHand("查找毕业学校由学校学籍管理员办理；教育局可直接在学生名单中查找。")
    found = find_elsewhere(name, number, by, school)
    if found is None or found.status != Student.Status.GRADUATED:
        raise Refused("系统中没有查到这名毕业生。系统建立以前毕业的，请本人到原学校查毕业生花名册（第三十二条）。")
    return found.school
