"""Plausible values of every kind of entry."""

from datetime import date
from decimal import Decimal

from archives.kinds import KINDS

MARKS = {"chinese": "92", "maths": "95.5", "ethics": "优秀"}
FITNESS = {"height": Decimal("138.5"), "weight": Decimal("33"), "rope": 110, "total": Decimal("84.5")}
AWARD = {"title": "三好学生", "level": "43", "issuer": "建平县教育局", "awarded_on": date(2026, 6, 1)}
AID = {"aid_kind": "boarder", "amount": Decimal("500.00"), "granted_on": date(2026, 5, 20)}
CHECKUP = {"checked_on": date(2025, 10, 12), "vision_left": Decimal("5.0"), "conclusion": "未见异常"}
VACCINATION = {"seen_on": date(2025, 9, 3), "complete": True}
GROWTH = {"sport": "跳绳、篮球", "service": "社区清洁", "service_hours": Decimal("6")}
EVALUATION = {
    "morals": "A",
    "learning": "B",
    "health": "A",
    "arts": "B",
    "society": "C",
    "comment": "待人有礼，读书用心，望加强锻炼。",
}
PROOF = {"title": "监护关系证明", "issuer": "黑水镇人民政府"}
OF = {
    "marks": MARKS,
    "growth": GROWTH,
    "fitness": FITNESS,
    "checkup": CHECKUP,
    "vaccination": VACCINATION,
    "award": AWARD,
    "aid": AID,
    "evaluation": EVALUATION,
    "proof": PROOF,
}


def filled(kind: str, values: dict) -> dict:
    """The values with None for what is not said, as a form gives them."""
    return {column.key: values.get(column.key) for column in KINDS[kind].columns}
