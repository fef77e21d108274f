"""学籍管理员交接清单 (第三十四条): who hands over to whom, and what lay open that day."""

from approvals.models import Case
from approvals.presenting import signature_of_step

from .errors import NotPrintable
from .wording import day

THINGS = ("学籍系统账号及口令已停用、更换", "学籍簿册、学籍卡", "纸质学籍档案及存放柜钥匙", "印章、介质、其他")


def handover_of_office(case: Case | None) -> dict:
    """The list both registrars sign. Raises NotPrintable before the bureau has registered the change."""
    if case is None:
        return {"tasks": [{} for _ in range(4)], "things": THINGS, "decision": "空白表"}
    if case.state != case.State.DONE:
        raise NotPrintable(f"{case.number}尚未登记，没有交接清单（第三十四条）。")
    approved = case.steps.filter(action="approve").select_related("actor", "appointment__user").get()
    return {
        "case_number": case.number,
        "school": case.lead_school.name,
        "why": case.get_why_display(),
        "former": case.predecessor.user.name if case.predecessor else "",
        "person": case.person.name,
        "trained_on": day(case.trained_on),
        "certificate": case.certificate,
        "acts_from": day(case.appointed.starts),
        "tasks": [task | {"due": day(task["due"])} for task in case.handed_over],
        "heads": len(case.handed_over),
        "things": THINGS,
        "approved_by": signature_of_step(approved)["name"],
        "approved_on": day(approved.acted_on),
        "decision": case.state_name,
    }
