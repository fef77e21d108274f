"""What a family takes home (一次性告知): the receipt, the reasons of a refusal, the whole checklist at once."""

from approvals.models import Case, Material
from approvals.rules import Level, Rule, judge
from law import clock, parameters
from law.school_time import grade_name
from transfers import rules
from transfers.grounds import RefusalGround
from transfers.materials import (
    APPLICATION,
    BASICS_FORM,
    CONTACT_FORM,
    DIRECT_FORM,
    HOUSEHOLD_BOOK,
    INVESTOR_FORM,
    INVESTOR_HOUSEHOLD,
    LICENCE,
    NEARNESS,
    NO_PROPERTY,
    OTHER_REASON,
    PROPERTY,
    RESIDENCE,
    RETURN_HOME,
    TALENT_CONTRACT,
    WITNESSES,
)
from transfers.models import Transfer

from .errors import NotPrintable
from .wording import addressee, day

# Who brings which paper, for the blank notice that hangs at the counter.
WHO_BRINGS = {
    CONTACT_FORM: "所有转学",
    BASICS_FORM: "所有转学",
    HOUSEHOLD_BOOK: "所有转学",
    RESIDENCE: "所有转学",
    OTHER_REASON: "户籍未变化",
    PROPERTY: "转入县直学校",
    INVESTOR_FORM: "转入县直，企业家（人才）子女",
    LICENCE: "转入县直，企业家（人才）子女",
    INVESTOR_HOUSEHOLD: "转入县直，企业家（人才）子女",
    TALENT_CONTRACT: "转入县直，高级专业技术管理人才子女",
    NO_PROPERTY: "转入县直，工作调动或务工且无房",
    NEARNESS: "转入县直，工作调动或务工且无房",
    APPLICATION: "转入县直，其他特殊原因",
    WITNESSES: "转入县直，其他特殊原因",
    DIRECT_FORM: "转入县直学校",
    RETURN_HOME: "九年级回原籍参加中考",
}
REMEDY_OF_REFUSAL = "所述情形消除或补齐证明后，可以重新申请"


def basics_of(case: Case) -> dict:
    """What every letter about a change begins with."""
    return {
        "case_number": case.number,
        **(case.introduced() or introduced(case.child)),
        "kind": case.kind_name,
        "article": str(case.ARTICLE),
        "school": counter_of(case),
        "bureau": str(case.lead_school.bureau),
        "move": move_of(case) if is_transfer(case) else {},
    }


def counter_of(case: Case) -> str:
    """Who takes the papers and answers the family: the school, or the bureau where it opens such cases."""
    lead = case.lead_school
    return str(lead.bureau) if case.OPENER.right == "bureau_make" else lead.name


def introduced(child) -> dict:
    """Of whom a letter speaks and to whom it is written."""
    number = child.registry_number or child.id_number
    return {"name": child.name, "addressee": addressee(child), "masked_number": number.masked if number else ""}


def is_transfer(case: Case) -> bool:
    return case.kind == Transfer.kind_code


def move_of(case: Case) -> dict:
    return {
        "from_school": case.from_school_name,
        "to_school": case.lead_school.name,
        "grade": grade_name(case.grade),
        "ground": case.get_ground_display(),
    }


def rules_of(case: Case) -> tuple[Rule, ...]:
    """What the kind asks of a child, without the papers of the desk."""
    return tuple(rules.RULES if is_transfer(case) else case.RULES)


def road_of(case: Case) -> dict:
    """Who decides in which order and until when; a transfer's road is printed on the form itself."""
    params = parameters.on(case.accepted_on or clock.today())
    if is_transfer(case):
        return {"stage_days": params["approval.stage_workdays"], "calls_file": case.calls_file}
    stages = dict.fromkeys(desk.stage for desk in case.DESKS.values())
    return {"road": "、".join(stages), "deadline": case.deadline_words(params)}


def stage_days() -> int:
    return parameters.on(clock.today())["approval.stage_workdays"]


def acceptance_receipt(case: Case | None) -> dict:
    """受理回执: what was handed in, on which day it was accepted, within how many days each desk decides."""
    if case is None:
        return {"stage_days": stage_days(), "papers": [], "decision": "空白表"}
    if case.accepted_on is None:
        raise NotPrintable(f"{case.number}尚未提交，没有受理日期，不能打印受理回执。请先提交。")
    papers = case.materials.exclude(state__in=[Material.State.MISSING, Material.State.RETURNED])
    return basics_of(case) | {
        "accepted_on": day(case.accepted_on),
        **road_of(case),
        "papers": [{"label": paper.label} for paper in papers],
        "decision": f"已于{day(case.accepted_on)}受理",
    }


def refusal_notice(case: Case | None) -> dict:
    """不予受理告知书: every reason with its article, what cures it, and whom to ask."""
    if case is None:
        return {"reasons": [{}, {}, {}], "decision": "空白表"}
    step = case.steps.filter(target="refused").order_by("pk").last()
    reasons = reasons_of_step(case, step) if step else reasons_of_rules(case)
    if not reasons:
        raise NotPrintable(f"{case.number}现为“{case.state_name}”，没有不予受理的情形，不能打印告知书。")
    return basics_of(case) | {
        "reasons": reasons,
        "refused_on": day(step.acted_on) if step else "",
        "unit": step.stage if step else "",
        "decision": f"不予{'' if is_transfer(case) else '办理'}{case.kind_name}" if step else "不予受理",
    }


def reasons_of_step(case: Case, step) -> list[dict]:
    """The refusal as signed: the opinion, the listed ground of a refused release, the article of its day."""
    ground = getattr(case, "refusal_ground", "")
    listed = RefusalGround(ground).label if ground else ""
    message = f"{listed}：{step.opinion}" if listed else step.opinion
    return [{"message": message, "article": step.article, "remedy": REMEDY_OF_REFUSAL, "possible_from": ""}]


def reasons_of_rules(case: Case) -> list[dict]:
    """Before acceptance: the hard rules that are broken today, all together."""
    if case.accepted_on:
        return []
    broken = judge(rules_of(case), case.facts).of(Level.HARD)
    return [
        {"message": f.message, "article": f.article, "remedy": f.remedy, "possible_from": day(f.possible_from)}
        for f in broken
    ]


def one_time_notice(case: Case | None) -> dict:
    """一次性告知单: all papers with their states, and everything else that is still in the way."""
    if case is None:
        papers = [{"label": p.label, "article": str(p.article), "who": who} for p, who in WHO_BRINGS.items()]
        return {"papers": papers, "findings": [], "stage_days": stage_days(), "decision": "空白表"}
    return basics_of(case) | {
        "papers": [paper_row(paper) for paper in case.materials.filter(required=True)],
        "findings": findings_of(case),
        **road_of(case),
        "decision": "已告知材料清单",
    }


def paper_row(paper: Material) -> dict:
    return {
        "label": paper.label,
        "article": paper.article,
        "state": paper.get_state_display(),
        "note": paper.note,
    }


def findings_of(case: Case) -> list[dict]:
    """Rules that stand in the way of a case not yet accepted; afterwards the desks speak for themselves."""
    if case.accepted_on:
        return []
    broken = judge(rules_of(case), case.facts).broken
    return [
        {"message": f.message, "article": f.article, "remedy": f.remedy, "possible_from": day(f.possible_from)}
        for f in broken
    ]
