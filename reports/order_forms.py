"""责令改正通知书 (第三十八条): what the school did, what it must do until when, and below it what it did."""

from approvals.models import Case
from approvals.presenting import signature_of_step
from law import clock, parameters
from law.workdays import add
from supervision.orders.breaches import Breach
from supervision.orders.case import CORRECT, VERIFY

from .decisions import signers_of, step_of
from .wording import day


def order_notice(case: Case | None) -> dict:
    """The notice as the leader signed it. Raises NotPrintable before."""
    if case is None:
        days = parameters.on(clock.today())["order.answer_workdays"]
        return {"days": days, "breaches": [{"label": breach.label} for breach in Breach], "decision": "空白表"}
    issued = step_of(case, "issue", "签发")
    days = parameters.on(issued.acted_on)["order.answer_workdays"]
    return {
        "case_number": case.number,
        "school": case.lead_school.name,
        "bureau": str(case.lead_school.bureau),
        "breach": case.breach,
        "breach_label": case.get_breach_display(),
        "facts": case.facts_text,
        "demand": case.demand_text,
        "days": days,
        "due_on": day(add(issued.acted_on, days).day),
        "issued_on": day(issued.acted_on),
        "leader": signature_of_step(issued)["name"],
        "measures": case.measures,
        "corrected_by": signers_of(case, CORRECT),
        "verified_by": signers_of(case, VERIFY),
        "accountability": case.accountability,
        "decision": case.state_name,
    }
