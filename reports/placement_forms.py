"""入学通知书: the letter by which the bureau places a child and binds the school (第二十条)."""

from approvals.models import Case
from approvals.presenting import signature_of_step
from law.school_time import grade_name

from .errors import NotPrintable
from .wording import day


def admission_notice(case: Case | None) -> dict:
    """The notice of a decided placement; before the leader has signed there is none."""
    if case is None:
        return {"decision": "空白表"}
    if not case.notice_number:
        raise NotPrintable(f"{case.number}尚未经主管局长签批，不能开具入学通知书（第二十条）。")
    signed = {step.action: step for step in case.steps.select_related("actor", "appointment__user").order_by("pk")}
    return {
        "case_number": case.number,
        "notice_number": case.notice_number,
        "bureau": str(case.lead_school.bureau),
        "school": case.lead_school.name,
        "name": case.child_name,
        "sex": case.get_sex_display(),
        "birth_date": day(case.birth_date),
        "guardian": case.guardian_name,
        "phone": case.phone,
        "ground": case.get_ground_display(),
        "from_school": case.present_school,
        "residence": case.residence,
        "grade": grade_name(case.grade),
        "issued_on": day(case.issued_on),
        "valid_until": day(case.valid_until),
        "leader": signature_of_step(signed["approve"])["name"],
        "maker": signature_of_step(signed["submit"])["name"],
        "decision": case.state_name,
    }
