"""辍学学生情况报告表 and the 移交单 of a migrant child's file (第三十条)."""

from approvals.models import Case
from approvals.presenting import stage_steps
from approvals.ways import SCHOOL
from law import clock
from students.change_pages import place_name as class_of
from suspensions.models import Dropout

from .contact import child_of, guardian_row, place_name, shortened
from .errors import NotPrintable
from .wording import day, guardians_of

VISITS_SHOWN = 5


def dropout_report(case: Case | None) -> dict:
    """Values of the report to township and bureau, with its receipt slip; blank for None."""
    if case is None:
        whys = [{"ticked": False, "label": label} for label in Dropout.Why.labels]
        return {"whys": whys, "visits": [{}] * 3, "decision": "空白表"}
    facts, visits = case.facts, list(case.child.visits.all())[-VISITS_SHOWN:]
    since = case.absent_since or facts.absent_since
    return {
        "case_number": case.number,
        "child": child_of(case.child),
        "school": case.lead_school.name,
        "class": class_of(case.child),
        "township": place_name(case.lead_school.division_id),
        "bureau": str(case.lead_school.bureau),
        "guardians": [guardian_row(member) for member in guardians_of(case.child)],
        "last_seen_on": day(case.last_seen_on),
        "absent_since": day(since),
        "absent_days": facts.absent_days or "",
        "whys": [{"ticked": value == case.why, "label": label} for value, label in Dropout.Why.choices],
        "visits": [visit_row(visit) for visit in visits] + [{}] * (3 - len(visits)),
        "whereabouts": case.whereabouts,
        "head": head_of(case),
        "reported_on": day(case.reported_on),
        "receiver": case.township_receiver,
        "receipt": case.township_receipt,
        "received_on": day(case.closed_on) if case.bureau_receipt else "",
        "bureau_receipt": case.bureau_receipt,
        "came_back_on": day(returned_on(case)),
        "decision": case.state_name,
    }


def visit_row(visit) -> dict:
    return {
        "on": day(visit.on),
        "form": visit.get_form_display(),
        "who": visit.who,
        "whom": visit.whom,
        "result": visit.result,
    }


def head_of(case: Case) -> dict:
    """The school's opinion as signed by its checker; empty while it is not."""
    step = next((s for s in stage_steps(case).get(SCHOOL, []) if s.signature == "check"), None)
    return (
        {
            "opinion": shortened(step.opinion or "情况属实，同意上报。"),
            "name": step.actor.name,
            "on": day(step.acted_on),
        }
        if step
        else {}
    )


def returned_on(case: Case):
    """The day of return: before the decision on the case itself, after it by the case that ended it."""
    back = case.returns.filter(state="done").first()
    return case.came_back_on or (back and back.returned_on)


def file_handover(case: Case | None) -> dict:
    """移交单: which file goes to which county, with the receipt it comes back with; blank for None."""
    if case is None:
        return {"decision": "空白表"}
    if case.state != Dropout.State.DONE:
        raise NotPrintable(f"{case.number}现为“{case.state_name}”，列为辍学后才移交档案。")
    if not case.facts.outside_county:
        raise NotPrintable(f"{case.child.name}户籍在本县或未登记，不用移交档案。")
    return {
        "case_number": case.number,
        "child": child_of(case.child),
        "school": case.lead_school.name,
        "bureau": str(case.lead_school.bureau),
        "class": class_of(case.child),
        "dropped_on": day(case.closed_on),
        "kept_until": day(case.kept_until),
        "handed_on": day(case.handed_on or clock.today()),
        "handed_to": case.handed_to,
        "receipt": case.handover_receipt,
        "decision": "已移交" if case.handed_on else "待移交",
    }
