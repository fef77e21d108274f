"""Papers of a complaint (第三十六条): receipt, check order, 督办单, and the answer to whoever complained."""

from approvals.models import Case
from approvals.presenting import signature_of_step
from law import articles, clock, parameters
from supervision.complaints.words import ACT, OPINION, ORDER, VERIFY

from .errors import NotPrintable
from .wording import day

LEGS = ("order", "verify", "opinion", "act")


def basics_of(case: Case) -> dict:
    """What every one of these papers begins with; the complainant is not among it."""
    child = case.child
    return {
        "case_number": case.number,
        "school": case.lead_school.name,
        "bureau": str(case.lead_school.bureau),
        "child": child.name if child else "",
        "about": f"{case.about_case.kind_name}{case.about_case.number}" if case.about_case else "",
        "received_on": day(case.received_on),
        "matter": case.get_matter_display(),
        "accused_of": case.accused_of.full,
        "content": case.content,
        "demand": case.demand,
        "decision": case.state_name,
    }


def days_of(case: Case | None) -> dict:
    """The working days of each leg, by the numbers of the complaint's own day."""
    params = parameters.on(case.received_on if case else clock.today())
    return {leg: params[f"complaint.{leg}_workdays"] for leg in LEGS}


def signers_of(case: Case, stage: str) -> list[str]:
    """Maker and checker of the latest round in which a leg was signed, with the day of the second."""
    steps = list(case.steps.filter(stage=stage).exclude(signature="").select_related("actor", "appointment__user"))
    last = {step.signature: step for step in sorted(steps, key=lambda step: step.pk)}
    maker, checker = last.get("make"), last.get("check")
    whole = maker and checker and maker.round == checker.round
    return [
        signature_of_step(maker)["name"] if maker else "",
        signature_of_step(checker)["name"] if whole else "",
        day(checker.acted_on) if whole else "",
    ]


def complaint_receipt(case: Case | None) -> dict:
    """投诉受理告知单: that it was taken down, who answers, by when at the latest."""
    if case is None:
        return {"days": days_of(None), "decision": "空白表"}
    return basics_of(case) | {
        "complainant": case.complainant,
        "days": days_of(case),
        "article": articles.COMPLAINTS.full,
        "decision": "投诉已登记",
    }


def complaint_order(case: Case | None) -> dict:
    """核查单: what the school is to check, and what it found. Raises NotPrintable before the order goes out."""
    if case is None:
        return {"days": days_of(None), "decision": "空白表"}
    issued = step_of(case, "issue", "发出核查单")
    return basics_of(case) | {
        "days": days_of(case),
        "order_text": case.order_text,
        "issued_on": day(issued.acted_on),
        "ordered_by": signers_of(case, ORDER),
        "found": case.found,
        "checked_by": signers_of(case, VERIFY),
    }


def complaint_supervision(case: Case | None) -> dict:
    """督办单: what the bureau wants done, and what was done. Raises NotPrintable when none was issued."""
    if case is None:
        return {"days": days_of(None), "decision": "空白表"}
    issued = step_of(case, "supervise", "发督办单")
    return basics_of(case) | {
        "days": days_of(case),
        "truth": case.get_truth_display(),
        "opinion": case.opinion_text,
        "issued_on": day(issued.acted_on),
        "ordered_by": signers_of(case, OPINION),
        "done": case.done_text,
        "checked_by": signers_of(case, ACT),
    }


def complaint_answer(case: Case | None) -> dict:
    """投诉答复意见书: what was found and done, and where to turn next. Raises NotPrintable before an opinion stands."""
    if case is None:
        return {"decision": "空白表"}
    if not case.opinion_text or case.state not in (case.State.ANSWER, case.State.REVIEW, case.State.DONE):
        raise NotPrintable(f"{case.number}的处理意见尚未审核，不能打印答复意见书（第三十六条）。")
    return basics_of(case) | {
        "complainant": case.complainant,
        "truth": case.get_truth_display(),
        "opinion": case.opinion_text,
        "done": case.done_text,
        "reviewed": case.reviewed,
        "told_on": day(case.told_on),
    }


def step_of(case: Case, action: str, said: str):
    step = case.steps.filter(action=action).order_by("pk").last()
    if step is None:
        raise NotPrintable(f"{case.number}现为“{case.state_name}”，还没有{said}，不能打印（第三十六条）。")
    return step
