"""学习经历证明 in place of a lost 毕业证书 (第三十二条): no second certificate, a letter of school and bureau."""

from approvals.models import Case
from approvals.presenting import signature_of_step
from schools.models import Stage

from .contact import in_full
from .errors import NotPrintable
from .wording import day, month


def schooling_proof(case: Case | None) -> dict:
    """Values of an issued proof; before the bureau has approved there is none."""
    if case is None:
        return {"decision": "空白表"}
    if not case.stands:
        raise NotPrintable(f"{case.number}尚未经教育局核准（或已撤销），不能出具学习经历证明（第三十二条）。")
    signed = {step.action: step for step in case.steps.select_related("actor", "appointment__user").order_by("pk")}
    return {
        "proof_number": case.proof_number,
        "bureau": str(case.lead_school.bureau),
        "school": case.lead_school.name,
        "name": case.name,
        "sex": case.get_sex_display(),
        "birth_date": day(case.birth_date),
        **numbers_of(case),
        "stage": "义务教育阶段初中" if case.stage == Stage.JUNIOR else "小学",
        "entered": month(case.entered_month),
        "left": month(case.left_month),
        "certificate_number": case.certificate_number or "查无",
        "roll_book": case.roll_book,
        "issued_on": day(case.issued_on),
        "maker": signature_of_step(signed["submit"])["name"],
        "head": signature_of_step(signed["vouch"])["name"],
        "decision": f"{case.state_name}，{case.proof_number}",
    }


def numbers_of(case: Case) -> dict:
    """A graduate of the register has whole numbers; of an older one the last four are what the school saw."""
    if child := case.child:
        return {"id_number": in_full(child.id_number), "registry_number": in_full(child.registry_number)}
    return {"id_number": f"末四位{case.id_tail}" if case.id_tail else "", "registry_number": ""}
