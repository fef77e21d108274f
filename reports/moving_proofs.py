"""转学证明 and 复学通知单: what a school gives along once a move or a return is decided (第十七条、第二十三条)."""

from approvals.models import Case
from law.school_time import grade_name, school_year_of
from students.change_pages import place_name as class_of
from transfers.models import Transfer

from .certificate_forms import letter_of
from .contact import place_name
from .errors import NotPrintable
from .wording import addressee, day


def transfer_proof(case: Case | None) -> dict:
    """转学证明 of the school that lets the child go. Raises NotPrintable while the move is not decided."""
    if case is None:
        return {"decision": "空白表"}
    if case.state not in case.SUCCESS:
        raise NotPrintable(f"{case.number}尚未办结（或已撤销），不能出具转学证明（第十七条第（二）项）。")
    own = within_county(case) if case.kind == Transfer.kind_code else out_of_county(case)
    return own | {"proof_number": case.number, "issued_on": day(case.closed_on), "decision": case.state_name}


def within_county(case: Transfer) -> dict:
    if case.from_outside:
        raise NotPrintable("转出学校在县外，转学证明由转出学校出具（第十七条第（二）项）。")
    return letter_of(case.child, case.peer_school) | {
        "class": case.from_class or grade_name(case.grade),
        "to_school": case.lead_school.name,
        "to_class": case.to_class.name_in(school_year_of(case.opened_on)) if case.to_class else grade_name(case.grade),
        "ground": case.get_ground_display(),
        "moved_on": day(case.moved_on or case.closed_on),
    }


def out_of_county(case: Case) -> dict:
    return letter_of(case.child, case.lead_school) | {
        "class": class_of(case.child),
        "to_school": f"{place_name(case.to_division)}{case.to_school_name}",
        "ground": case.get_ground_display(),
        "moved_on": day(case.closed_on),
    }


def resumption_notice(case: Case | None) -> dict:
    """复学通知单 to guardians and class teacher. Raises NotPrintable while the return is not decided."""
    if case is None:
        return {"decision": "空白表"}
    if case.state not in case.SUCCESS:
        raise NotPrintable(f"{case.number}尚未准予复学（或已撤销），不能开具复学通知单（第二十三条）。")
    return letter_of(case.child, case.lead_school) | {
        "proof_number": case.number,
        "addressee": addressee(case.child),
        "to_class": case.to_class.name_in(school_year_of(case.back_on)),
        "back_on": day(case.back_on),
        "issued_on": day(case.closed_on),
        "decision": case.state_name,
    }
