"""Starting a transfer and keeping its draft: what the wizard writes before anything is handed in."""

from dataclasses import dataclass

from django.db import transaction

from approvals.errors import Refused
from approvals.models import Case
from approvals.services import lock, open_case, permit
from law import clock
from schools.divisions import scope_between
from schools.models import School, SchoolClass
from students import idnumber
from students.models import Placement, Student
from students.pending import take_in

from .desks import State
from .grounds import Ground
from .materials import lay_out
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


@dataclass(frozen=True)
class Origin:
    """Where the child comes from when the school is not one of ours."""

    division: str
    school_name: str
    school_code: str = ""
    class_name: str = ""


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

    `origin` is given for a school outside the county; a child of ours comes from its own school.
    Raises NotYourHand, ChildBusy, Refused.
    """
    peer = None if origin else child.school
    if peer and peer.pk == to_school.pk:
        raise Refused(f"{child.name}已在{to_school.name}就读，无须转学（第十六条）。")
    _check_class(draft.get("to_class"), to_school)
    place = present_place(child)
    case = open_case(
        Transfer,
        by=by,
        lead=to_school,
        peer=peer,
        children=[child],
        state=State.DRAFT,
        grade=grade,
        ground=ground,
        from_division=origin.division if origin else peer.division_id,
        from_school_name=origin.school_name if origin else peer.name,
        from_school_code=origin.school_code if origin else peer.code,
        from_class=origin.class_name if origin else (place.school_class.name_in(place.year) if place else ""),
        scope=scope_between(origin.division if origin else peer.division_id, to_school.division_id),
        **draft,
    )
    lay_out(case)
    return case


@transaction.atomic
def start_from_outside(by, school: School, basics: dict, origin: Origin, grade: int) -> Transfer:
    """Take in a child of another county as pending and open its transfer, both or neither. Raises Refused."""
    number = idnumber.normalise(basics["id_number"])
    problems = [p for p in idnumber.check(number, today=clock.today()) if p.level == "error"]
    if problems:
        raise Refused(*[p.message for p in problems])
    if idnumber.birth_of(number) != basics["birth_date"] or idnumber.sex_of(number) != basics["sex"]:
        raise Refused("身份证件号与填写的出生日期或性别不符，请对照户口簿核对（第八条）。")
    child = take_in(school=school, id_type="1", **(basics | {"id_number": number}))
    return start_transfer(child, school, by=by, ground=Ground.HOUSEHOLD, grade=grade, origin=origin)


def _check_class(to_class: SchoolClass | None, to_school: School) -> None:
    if to_class and to_class.school_id != to_school.pk:
        raise Refused(f"{to_class}不是{to_school.name}的班级，请重新选择拟转入班级。")


@transaction.atomic
def keep_draft(case: Case, *, by, **draft) -> Transfer:
    """Write the wizard's fields into a draft or a case returned for completion. Raises NotYourHand, Refused."""
    case = lock(case)
    if case.state not in (State.DRAFT, State.SUPPLEMENT):
        raise Refused(f"{case.number}已提交，现为“{case.state_name}”，内容不能再改；需要更正请先退回（第十七条）。")
    permit_draft(case, by)
    _check_class(draft.get("to_class"), case.lead_school)
    for name in DRAFT_FIELDS:
        if name in draft:
            setattr(case, name, draft[name])
    case.save()
    lay_out(case)
    return case


def permit_draft(case: Case, by) -> None:
    """Only the registrar of the receiving school keeps its drafts."""
    permit(case, _drafting(case), by)


def _drafting(case: Case):
    action = "submit" if case.state == State.DRAFT else "resubmit"
    return next(t for t in case.get_all_state_transitions() if t.name == action).custom["move"]
