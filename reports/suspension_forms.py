"""休学复学申请表 and 学籍注销审批表: the papers of leaving a class and coming back (第二十一至二十八条)."""

from approvals.models import Case
from approvals.ways import BUREAU, LEADER, SCHOOL
from law.school_time import school_year_of
from students.change_pages import place_name
from students.models import Student
from suspensions.models import Death, Extension, Incapacity, Resumption, Suspension
from suspensions.models.death import Proof
from suspensions.models.suspension import Ground

from .contact import child_of, guardian_row, papers_of
from .decisions import blank_blocks, opinion_blocks
from .wording import day, guardians_of, month

KINDS = {Suspension.kind_code: "休学", Extension.kind_code: "延长休学", Resumption.kind_code: "复学"}
LEAVINGS = {Death.kind_code: "死亡", Incapacity.kind_code: "丧失学习能力"}
SCHOOL_AND_BUREAU = {SCHOOL: ("学校意见", "校　长"), BUREAU: ("县级教育行政部门意见", "负责人")}
WITH_LEADER = {**SCHOOL_AND_BUREAU, LEADER: ("主管局长意见", "主管局长")}
USUAL_PAPERS = (
    "休学（因病）：县级及以上医院诊断证明、病历、医疗收费发票",
    "休学（其他）：有关证明材料",
    "延长：县级及以上医院证明或有关证明材料",
    "复学（因病）：县级及以上医院康复证明",
)


def ticks(choices: dict, chosen: str) -> list[dict]:
    return [{"ticked": value == chosen, "label": label} for value, label in choices.items()]


def head_of(case: Case) -> dict:
    """What both forms say of the child, its school and its guardians."""
    child: Student = case.child
    return {
        "case_number": case.number,
        "filled_on": day(case.accepted_on or case.opened_on),
        "child": child_of(child),
        "school": case.lead_school.name,
        "class": place_name(child),
        "entered_month": month(child.entered_month),
        "guardians": [guardian_row(member) for member in guardians_of(child)],
        "papers": papers_of(case),
        "decision": case.state_name,
    }


def suspension_form(case: Case | None) -> dict:
    """休学、延长休学、复学 are asked for on one and the same form."""
    if case is None:
        return {
            "kinds": ticks(KINDS, ""),
            "grounds": ticks(dict(Ground.choices), ""),
            "papers": [{"ticked": False, "label": label} for label in USUAL_PAPERS],
            "desks": blank_blocks(SCHOOL_AND_BUREAU),
            "decision": "空白表",
        }
    own = {Suspension: asked_suspension, Extension: asked_extension, Resumption: asked_resumption}[case.model]
    return head_of(case) | {
        "kinds": ticks(KINDS, case.kind),
        "desks": opinion_blocks(case, SCHOOL_AND_BUREAU),
        **own(case),
    }


def asked_suspension(case: Suspension) -> dict:
    return {
        "grounds": ticks(dict(Ground.choices), case.ground),
        "ground_note": case.ground_note,
        "asked": [day(case.starts_on), day(case.until)],
    }


def asked_extension(case: Extension) -> dict:
    former = case.prolongs
    return {
        "grounds": ticks(dict(Ground.choices), former.ground),
        "ground_note": case.reason_note,
        "asked": ["原期满日次日", day(case.until)],
        "former": [day(former.starts_on), day(former.until)],
    }


def asked_resumption(case: Resumption) -> dict:
    former = case.returns_from
    return {
        "grounds": ticks(dict(Ground.choices), former.ground if former else ""),
        "former": [day(former.starts_on), day(last_day_of(former))] if former else [],
        "back_on": day(case.back_on),
        "to_class": case.to_class.name_in(school_year_of(case.back_on)),
        "health": case.health_note,
    }


def last_day_of(suspension: Suspension):
    """Until when the suspension ran, its extension included."""
    longer = suspension.extensions.filter(state=Extension.State.DONE).first()
    return longer.until if longer else suspension.until


def deregistration_form(case: Case | None) -> dict:
    """死亡 and 丧失学习能力: the two ends of a record before the school years are over."""
    if case is None:
        return {
            "kinds": ticks(LEAVINGS, ""),
            "proofs": ticks(dict(Proof.choices), ""),
            "desks": blank_blocks(WITH_LEADER),
            "decision": "空白表",
        }
    own = death_of(case) if case.kind == Death.kind_code else incapacity_of(case)
    filing = case.filings.exclude(filed_on=None).order_by("pk").last()
    return head_of(case) | {
        "kinds": ticks(LEAVINGS, case.kind),
        "filed_on": day(filing.filed_on) if filing else "",
        **own,
    }


def death_of(case: Death) -> dict:
    return {
        "died_on": day(case.died_on),
        "learned_on": day(case.learned_on),
        "cause": case.get_cause_display() if case.cause else "",
        "proved_on": day(case.proved_on),
        "proofs": ticks(dict(Proof.choices), case.proof_kind),
        "desks": opinion_blocks(case, SCHOOL_AND_BUREAU),
    }


def incapacity_of(case: Incapacity) -> dict:
    return {
        "leaves_on": day(case.leaves_on),
        "condition": case.condition,
        "proofs": ticks(dict(Proof.choices), ""),
        "desks": opinion_blocks(case, WITH_LEADER),
    }
