"""Starting a transfer and keeping its draft: what the wizard writes before anything is handed in."""

from django.db import transaction

from accounts.policies import powers_behind
from approvals.errors import NotYourHand, Refused
from approvals.materials import lay_out
from approvals.models import Case
from approvals.services import lock_children, lock_draft, open_case
from law import clock
from law.school_time import grade_name, school_year_of
from schools.divisions import scope_between
from schools.models import Division, School, SchoolClass
from students.models import Placement, Student
from students.pending import Origin, checked_numbers, recognise, take_in

from .desks import State
from .effects import class_fits
from .facts import MOVABLE
from .grounds import Ground
from .materials import papers_of_case
from .models import Transfer

DRAFT_FIELDS = (
    "grade",
    "to_class",
    "ground",
    "ground_note",
    "household_moved",
    "has_property",
    "is_talent",
    "return_home",
    "exception_reason",
)


# What makes it another request.
SUBSTANCE = ("grade", "to_class", "ground", "return_home")


def present_place(child: Student) -> Placement | None:
    """The class the child sits in now."""
    return (
        Placement.objects.filter(enrolment__student=child, enrolment__voided=False, ends=None)
        .select_related("school_class", "enrolment__school")
        .first()
    )


@transaction.atomic
def start_transfer(
    child: Student, to_school: School, *, by, ground: str, grade: int, origin: Origin | None = None, **draft
) -> Transfer:
    """Open a transfer of `child` to `to_school` as a draft with its checklist.

    `origin` is given for a school outside the county; a child of ours comes from its own school, as it stands once the
    child is locked. Raises NotYourHand, ChildBusy, Refused.
    """
    lock_children([child.pk])
    child = Student.objects.select_related("school").get(pk=child.pk)
    peer = None if origin else child.school
    if peer and peer.pk == to_school.pk:
        raise Refused(f"{child.name}已在{to_school.name}就读，无须转学（第十六条）。")
    if child.status not in MOVABLE:
        raise Refused(
            f"{child.name}现为“{child.get_status_display()}”状态，请先由原学校恢复在读（第二十三条、第三十条）。"
        )
    check_class(draft.get("to_class"), to_school, grade)
    case = open_case(
        Transfer,
        by=by,
        lead=to_school,
        peer=peer,
        children=[child],
        state=State.DRAFT,
        grade=grade,
        ground=ground,
        **where_from(child, peer, origin, to_school),
        **draft,
    )
    lay_out(case, papers_of_case(case))
    return case


def where_from(child: Student, peer: School | None, origin: Origin | None, to_school: School) -> dict:
    """The columns that say where the child comes from, and the scope that follows."""
    if origin:
        name, code, division, class_name = origin.school_name, origin.school_code, origin.division, origin.class_name
    else:
        place = present_place(child)
        class_name = place.school_class.name_in(school_year_of(clock.today())) if place else ""
        name, code, division = peer.name, peer.code, peer.division_id
    return {
        "from_division": division,
        "from_school_name": name,
        "from_school_code": code,
        "from_class": class_name,
        "scope": scope_between(division, to_school.division_id),
    }


def start_from_outside(
    by, school: School, basics: dict, origin: Origin, grade: int, ground: str = Ground.HOUSEHOLD
) -> Transfer:
    """Take in a child of another county as pending and open its transfer, both or neither. Raises Refused."""
    if not powers_behind(by, Transfer.OPENER.right, school.pk):
        raise NotYourHand(f"您在{school}没有办理转学的经办职权。")
    check_outside(origin, school)
    basics = basics | checked_numbers(basics)
    known = recognise(school=school, by=by, **basics)
    with transaction.atomic():
        child = take_in(school=school, known=known, **basics)
        return start_transfer(child, school, by=by, ground=ground, grade=grade, origin=origin)


def check_outside(origin: Origin, school: School) -> None:
    """The place must exist and lie outside the county. Raises Refused."""
    if origin.division[:6] == school.bureau.division_id[:6]:
        raise Refused("转出学校在本县，请用“县内转入”查找该生，由转出学校核办（第十七条第（二）项）。")
    if not Division.objects.filter(code=f"{origin.division[:2]}0000").exists():
        raise Refused(f"区划代码“{origin.division}”不存在，请核对前两位（如辽宁 21、内蒙古 15）。")


def check_class(to_class: SchoolClass | None, to_school: School, grade: int) -> None:
    """A class already chosen must be one of this school and grade. Raises Refused."""
    if to_class and not class_fits(to_class, to_school, grade):
        raise Refused(f"{to_class}不是{to_school.name}{grade_name(grade)}的在办班级，请重新选择（第十九条第一款）。")


@transaction.atomic
def keep_draft(case: Case, *, by, **draft) -> Transfer:
    """Write the wizard's fields into a draft. Raises NotYourHand, Refused.

    A draft that came back keeps its day of 受理 only while ground, grade and class stay what they were: another request
    is judged by its own day (第十八条).
    """
    case = lock_draft(case, by=by)
    check_class(draft.get("to_class", case.to_class), case.lead_school, draft.get("grade", case.grade))
    for name in DRAFT_FIELDS:
        if name in draft:
            if name in SUBSTANCE and getattr(case, name) != draft[name]:
                case.accepted_on = None
            setattr(case, name, draft[name])
    case.save()
    lay_out(case, papers_of_case(case))
    return case
