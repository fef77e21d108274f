"""The papers of chapter 4: complaints, orders, registrars, audits; what `forms` makes of them."""

from law import articles

from . import audit_forms, complaint_forms, office_forms, order_forms

# Who complained is for the bureau alone; what a school is told to check or to put right prints at both ends.
BY_BUREAU = ("bureau_make", "bureau_check", "bureau_sign")
BY_BOTH = (*BY_BUREAU, "make_change", "check_change")
BY_HEADMASTER = ("sign_change", *BY_BOTH)
COMPLAINT, OFFICE = articles.COMPLAINTS, articles.REGISTRAR_TRAINED

# (code, title, article, data, kind, rights, page)
REGISTERED = (
    (
        "complaint_receipt",
        "学籍投诉受理告知单",
        COMPLAINT,
        complaint_forms.complaint_receipt,
        "complaint",
        BY_BUREAU,
        "letter",
    ),
    ("complaint_order", "学籍投诉核查单", COMPLAINT, complaint_forms.complaint_order, "complaint", BY_BOTH, "list"),
    (
        "complaint_supervision",
        "学籍投诉督办单",
        COMPLAINT,
        complaint_forms.complaint_supervision,
        "complaint",
        BY_BOTH,
        "list",
    ),
    (
        "complaint_answer",
        "学籍投诉答复意见书",
        COMPLAINT,
        complaint_forms.complaint_answer,
        "complaint",
        BY_BUREAU,
        "letter",
    ),
    ("roll_call_sheet", "人籍核查表", articles.TERM_CHECK, audit_forms.roll_call_sheet, "audit", BY_BOTH, "list"),
    ("audit_report", "学期学籍核查报告", articles.TERM_CHECK, audit_forms.audit_report, "audit", BY_BOTH, "list"),
    (
        "handover_of_office",
        "学籍管理员交接清单",
        OFFICE,
        office_forms.handover_of_office,
        "registrar_change",
        BY_HEADMASTER,
        "list",
    ),
    ("order_notice", "责令改正通知书", articles.ORDERED, order_forms.order_notice, "order", BY_BOTH, "list"),
)
