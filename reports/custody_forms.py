"""学籍档案移交单 (第十一条): one child or a whole batch, with the receipt that comes back signed."""

from archives.custody.presenting import entries_of
from archives.models import Handover

from .subject import Sheet
from .wording import day

BLANK_ROWS = 6


def handover_slip(about: None) -> dict:
    return {"rows": [{}] * BLANK_ROWS, "decision": "空白表"}


def slip_of(slip: Handover, address: str, by_school: int) -> Sheet:
    """The slip as a sheet, printed by one of its schools; `address` is what the QR of its receipt opens."""
    entries = entries_of(slip)
    children = [entry.child for entry in entries if entry.child]
    content = {
        "number": slip.number,
        "from_school": slip.from_school.name,
        "given_for": slip.given_for.name if slip.given_for else "",
        "to_name": slip.to_name,
        "bureau": str(slip.from_school.bureau),
        "way": slip.get_way_display(),
        "carrier": slip.carrier,
        "given_on": day(slip.given_on),
        "given_by": slip.given_by.name,
        "closing": slip.case.number if slip.case else "",
        "note": slip.note,
        "rows": [row_of(entry) for entry in entries],
        "heads": str(len(entries)),
        "pages": str(sum(entry.pages for entry in entries) or ""),
        "receive": address,
        **receipt_of(slip),
    }
    subject = f"{slip.number}，{slip.from_school.name}移交{slip.to_name}，{len(entries)}份"
    return Sheet(content, (by_school,), subject[:200], school=slip.from_school, children=children)


def row_of(entry) -> dict:
    if entry.volume:
        return {"name": f"簿册：{entry.volume}", "pages": str(entry.pages or ""), "place": entry.box}
    child = entry.child
    return {
        "name": child.name,
        "sex": child.sex_name,
        "birth_date": f"{child.birth_date:%Y-%m-%d}",
        "left_on": f"{entry.enrolment.during.upper:%Y-%m-%d}" if entry.enrolment else "",
        "why": entry.enrolment.left_how if entry.enrolment else "留存档案",
        "pages": str(entry.pages or ""),
        "place": " ".join(filter(None, [entry.box, entry.shelf])),
    }


def receipt_of(slip: Handover) -> dict:
    """What is known of the receipt when the slip is printed."""
    ended = getattr(slip, "receipt", None)
    if ended is None:
        return {"decision": "已移交，待签收"}
    words = {"received_on": day(ended.received_on), "receiver": ended.receiver, "discrepancy": ended.discrepancy}
    return (words if ended.outcome == "received" else {}) | {"decision": ended.get_outcome_display()}
