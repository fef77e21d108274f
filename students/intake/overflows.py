"""统筹 of newcomers whose school is full: reporting, choosing a school, handing the child over, the page."""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from accounts.policies import may
from approvals.errors import Refused
from approvals.models import CaseSubject
from approvals.presenting import desk_line, verdict_of
from approvals.rules import judge
from approvals.services import lock_draft, open_case, perform, set_due
from law import articles, clock, parameters
from schools.models import Bureau, Catchment, School, SchoolClass, Seats, Stage

from ..models import Application, Overflow, Registration, Student
from . import batches, facts, newcomers
from .overflow import free_seats, still_pending


def waiting_for(school: School, year: int) -> int:
    """Newcomers of grade one in the school's open batches: each of them will want a seat."""
    rows = Application.objects.filter(grade=1, student__registration_entry__registration__lead_school=school)
    return rows.filter(
        student__registration_entry__registration__closed_on=None,
        student__registration_entry__registration__intake_year=year,
    ).count()


def is_full(school: School, year: int) -> bool:
    """More children wait than there are seats in grade one."""
    return waiting_for(school, year) > free_seats(school, year, clock.today())


def of_child(child: Student, judged) -> dict:
    """What the page of a child says about 统筹: a running case, or that it may be reported now."""
    case = Overflow.objects.filter(subjects__child=child).order_by("-pk").first()
    full = bool(judged and judged.enters_school and judged.at_home) and is_full(child.school, judged.year)
    return {"case": case, "may_report": full}


@transaction.atomic
def report_full(child: Student, *, by, reason: str) -> Overflow:
    """The school is full and hands a child of its catchment to the bureau. Raises Refused, NotYourHand, TooLate."""
    case = batches.batch_of(child)
    judged = facts.of_batch(case, clock.today())[child.pk]
    year = judged.year
    if not judged.at_home:
        raise Refused(f"{child.name}不在本校学区，请到学区学校登记，不报统筹（{articles.CATCHMENT}）。")
    if not is_full(child.school, year):
        raise Refused(
            f"{child.school}一年级还有空余学位，学区内的学生不得拒收（{articles.CATCHMENT}）。请直接编班、提交注册。"
        )
    reason = reason.strip()[:200] or "一年级学位已满"
    perform(case, "let_go_to_bureau", by=by, child=child, opinion=f"{child.name}：{reason}")
    return open_case(Overflow, by=by, lead=child.school, children=[child], state="draft", year=year, reported=reason)


@dataclass(frozen=True)
class Choice:
    """A school with grade one: how near, how many seats free."""

    school: School
    near: bool
    free: int


def choices_for(case: Overflow) -> list[Choice]:
    """Schools of the county with grade one, the catchment and the township of the family first; three queries."""
    bureau: Bureau = case.lead_school.bureau
    day, applied = clock.today(), Application.objects.filter(student__case_subjects__case=case).first()
    ledger = Seats.objects.filter(school__bureau=bureau, year=case.year, grade=1, school_class=None)
    free = {row.school_id: max(row.free_seats, 0) for row in ledger}
    rooms = SchoolClass.objects.filter(school__bureau=bureau, stage=Stage.PRIMARY, cohort=case.year, closed_on=None)
    classes = Counter(rooms.order_by().values_list("school", flat=True))
    cap = parameters.on(day)["class.cap"]
    near = set(
        Catchment.objects.filter(community=applied.community_id if applied else None, year=case.year)
        .order_by()
        .values_list("school", flat=True)
    )
    schools = School.objects.filter(bureau=bureau, closed_on=None).exclude(kind=School.Kind.SPECIAL)
    found = [
        Choice(
            school,
            school.pk in near or school.division_id == case.lead_school.division_id,
            free.get(school.pk, classes[school.pk] * cap),
        )
        for school in schools.exclude(pk=case.lead_school_id).exclude(private=True).select_related("division")
        if 1 in school.grades
    ]
    return sorted(found, key=lambda each: (not each.near, not each.free, each.school.code))


@transaction.atomic
def name_school(case: Overflow, school: School, *, by) -> Overflow:
    """The clerk proposes who takes the child. Raises Refused once handed in or without a seat, NotYourHand."""
    case = lock_draft(case, by=by)
    case.peer_school = school
    verdict = judge(case.RULES, case.facts)
    if verdict.broken:
        raise Refused(*[finding.sentence for finding in verdict.broken])
    set_due(case, case.desk)
    case.save()
    return case


def hand_over(case: Overflow) -> None:
    """The receiving school has the child in its batch; being placed is its ground there."""
    child = still_pending(case)
    CaseSubject.objects.filter(case_id=case.pk).update(blocking=False)
    Student.objects.filter(pk=child.pk).update(school=case.peer_school)
    ground = {"ground": Application.Ground.PLACED, "ground_note": case.number}
    Application.objects.filter(student=child).update(**ground)
    batch = batches.open_batch(case.peer_school, by=case.acting)
    perform(batch, "take_over", by=case.acting, child=child, opinion=f"{child.name}：{case.number}")


def return_child(case: Overflow) -> None:
    """The child stands in a batch of the school that reported it, as if nothing had been reported."""
    child = still_pending(case)
    CaseSubject.objects.filter(case_id=case.pk).update(blocking=False)
    Student.objects.filter(pk=child.pk).update(school=case.lead_school)
    batch = batches.open_batch(case.lead_school, by=case.opened_by)
    newcomers.join_batch(batch, child)


def bring_back(case: Overflow) -> None:
    """The leader corrects the decision while the receiving school has not handed its batch in."""
    child = still_pending(case)
    batch = batches.batch_of(child)
    if batch.state != Registration.State.FILLED:
        raise Refused(f"{batch.number}现为“{batch.state_name}”，请先退回接收学校，再撤销统筹（{articles.CATCHMENT}）。")
    newcomers.leave_batch(batch, child)
    Application.objects.filter(student=child).update(ground="", ground_note="")
    return_child(case)


def page_of(case: Overflow, user) -> dict:
    """Context of `students/overflow.html`."""
    chooses = case.state == case.State.DRAFT and may(user, "bureau_make", case.lead_school_id)
    units = {"教育局": str(case.lead_school.bureau), "主管局长": str(case.lead_school.bureau)}
    limit = parameters.on(case.accepted_on or clock.today())["approval.stage_workdays"]
    to_school = str(case.peer_school or "待指定")
    return {
        "desks": desk_line(case, [(stage, units.get(stage, to_school)) for stage in case.STAGES], limit),
        "desks_note": "学校报告，教育局经办、审核，主管局长签批后学校接收",
        "lines": lines_of(case),
        "choose_url": reverse("intake:overflow", args=[case.number]) if chooses else "",
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
    }


def lines_of(case: Overflow) -> list[dict]:
    child = case.child
    applied = getattr(child, "application", None)
    return [
        {"label": "学生", "value": child.name},
        {"label": "出生日期", "value": f"{child.birth_date:%Y年%-m月%-d日}"},
        {"label": "居住地", "value": str(applied.community or "") if applied else ""},
        {"label": "学区学校", "value": f"{case.lead_school}（学位已满）"},
        {"label": "学校报告的情况", "value": case.reported},
        {"label": "接收学校", "value": str(case.peer_school or "待指定")},
        {"label": "入学年", "value": f"{case.year}年秋季"},
    ]
