"""Looks at what is confidential: a full number, or a child of another school. Each leaves a trace (第三十七条)."""

from accounts.models import User
from accounts.policies import may, powers_of
from approvals.errors import NotYourHand, Refused
from jianping_xueji import audit
from law import clock
from law.articles import WRITTEN_APPROVAL
from schools.models import School

from .models import Look, NumberKind, Student
from .search import exact

REASON_LENGTH = Look._meta.get_field("reason").max_length


def find_elsewhere(name: str, number: str, by: User, school: School) -> Student | None:
    """The child of exactly this name and number anywhere in the county, for a school about to receive it.

    The attempt is logged whether or not somebody was found. Raises NotYourHand without 学校经办 at `school`.
    """
    if not may(by, "make_change", school):
        raise NotYourHand(f"您在{school}没有学校经办职权，不能查找他校学生（{WRITTEN_APPROVAL}）。")
    audit.searched(name, number)
    found = exact(name, number)
    keep_trace(found, school, by, "为办理转入查找学生")
    return found


def reveal(child: Student, kind: str, *, by: User, reason: str) -> str:
    """The full current number of a child in sight. Raises NotYourHand for class teachers, Refused without a reason."""
    if not may(by, "view_school", child.school_id):
        raise NotYourHand(f"班主任不能查看完整号码，请由本校学籍管理员办理（{WRITTEN_APPROVAL}）。")
    if not reason.strip():
        raise Refused(f"查看完整号码须写明原因，记入留痕（{WRITTEN_APPROVAL}）。")
    if len(reason.strip()) > REASON_LENGTH:
        raise Refused(f"原因不超过{REASON_LENGTH}字，请简要写明。")
    number = child.number(kind)
    if number is None:
        raise Refused(f"该生没有现用的{NumberKind(kind).label}。")
    _trace(Look.Kind(kind), child, _acting_school(by, child), by, reason.strip())
    audit.became("opened", reason=reason.strip())
    return number.plain()


def _acting_school(by: User, child: Student) -> School | None:
    """The school whose officer looks; None for an officer of the bureau."""
    behind = powers_of(by).on("view_school", child.school_id)
    return behind[0].appointment.school if behind else None


def keep_trace(found: Student | None, school: School, by: User, reason: str) -> None:
    """Keep the trace of a school looking for a child elsewhere, whether or not somebody was found."""
    _trace(Look.Kind.ELSEWHERE, found, school, by, reason)


def _trace(kind: str, child: Student | None, school: School | None, by: User, reason: str) -> None:
    Look.objects.create(kind=kind, student=child, school=school, user=by, reason=reason, legal_date=clock.today())
