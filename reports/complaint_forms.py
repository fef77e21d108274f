"""Papers of a complaint (第三十六条): receipt, check order, 督办单, and the answer to whoever complained."""

from datetime import date

from approvals.models import Case
from law import articles, clock, parameters
from supervision.complaints.words import ACT, OPINION, ORDER, VERIFY

from .decisions import signers_of, step_of
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


def days_of(on: date) -> dict:
    """The working days of each leg, by the numbers in force on the day from which they are told."""
    params = parameters.on(on)
    return {leg: params[f"complaint.{leg}_workdays"] for leg in LEGS}


def complaint_receipt(case: Case | None) -> dict:
    """投诉受理告知单: that it was taken down, who answers, by when at the latest."""
    if case is None:
        return {"days": days_of(clock.today()), "decision": "空白表"}
    return basics_of(case) | {
        "complainant": case.complainant,
        "days": days_of(case.received_on),
        "article": articles.COMPLAINTS.full,
        "decision": "投诉已登记",
    }


def complaint_order(case: Case | None) -> dict:
    """核查单: what the school is to check, and what it found. Raises NotPrintable before the order goes out."""
    if case is None:
        return {"days": days_of(clock.today()), "decision": "空白表"}
    issued = step_of(case, "issue", "发出核查单")
    return basics_of(case) | {
        "days": days_of(issued.acted_on),
        "order_text": case.order_text,
        "issued_on": day(issued.acted_on),
        "ordered_by": signers_of(case, ORDER),
        "found": case.found,
        "checked_by": signers_of(case, VERIFY),
    }


def complaint_supervision(case: Case | None) -> dict:
    """督办单: what the bureau wants done, and what was done. Raises NotPrintable when none was issued."""
    if case is None:
        return {"days": days_of(clock.today()), "decision": "空白表"}
    issued = step_of(case, "supervise", "发督办单")
    return basics_of(case) | {
        "days": days_of(issued.acted_on),
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
    if not case.opinion_text or case.state not in case.ANSWERED:
        raise NotPrintable(f"{case.number}的处理意见尚未审核，不能打印答复意见书（第三十六条）。")
    return basics_of(case) | {
        "complainant": case.complainant,
        "truth": case.get_truth_display(),
        "opinion": case.opinion_text,
        "done": case.done_text,
        "reviewed": case.reviewed,
        "cited": str(case.accused_of),
        "told_on": day(case.told_on),
    }
