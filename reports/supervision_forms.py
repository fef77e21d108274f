"""The papers of chapter 4: complaints, orders, registrars, audits."""

from law import articles

from . import audit_forms, complaint_forms, office_forms, order_forms
from .form import UNDONE, Form

# Who complained is for the bureau alone; what a school is told to check or to put right prints at both ends.
BY_BUREAU = ("bureau_make", "bureau_check", "bureau_sign")
BY_BOTH = (*BY_BUREAU, "make_change", "check_change")
BY_HEADMASTER = ("sign_change", *BY_BOTH)
# An order that was taken back can no more be relied on than a change that was undone.
VOID_IN = UNDONE | {"revoked"}


def paper(code: str, title: str, article, data, kind: str, rights=BY_BOTH, page="list") -> Form:
    return Form(code, title, article, data, frozenset({kind}), rights=rights, page=page, void_in=VOID_IN)


def of_complaint(code: str, title: str, data, rights=BY_BOTH, page="list") -> Form:
    return paper(code, title, articles.COMPLAINTS, data, "complaint", rights, page)


FORMS = (
    of_complaint("complaint_receipt", "学籍投诉受理告知单", complaint_forms.complaint_receipt, BY_BUREAU, "letter"),
    of_complaint("complaint_order", "学籍投诉核查单", complaint_forms.complaint_order),
    of_complaint("complaint_supervision", "学籍投诉督办单", complaint_forms.complaint_supervision),
    of_complaint("complaint_answer", "学籍投诉答复意见书", complaint_forms.complaint_answer, BY_BUREAU, "letter"),
    paper("roll_call_sheet", "人籍抽查点名表", articles.TERM_CHECK, audit_forms.roll_call_sheet, "audit"),
    paper("audit_report", "学期学籍核查报告", articles.TERM_CHECK, audit_forms.audit_report, "audit"),
    paper(
        "handover_of_office",
        "学籍管理员交接清单",
        articles.REGISTRAR_TRAINED,
        office_forms.handover_of_office,
        "registrar_change",
        BY_HEADMASTER,
    ),
    paper("order_notice", "责令改正通知书", articles.ORDERED, order_forms.order_notice, "order"),
)
