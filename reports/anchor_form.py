"""审计锚: the head of the audit's chain on one page, for the bureau's seal and the paper archive."""

from accounts.policies import school_ids_where
from jianping_xueji.audit.models import Anchor
from jianping_xueji.templatetags.ui import cn_date
from schools.models import Bureau

from .subject import Sheet


def audit_anchor(about: None) -> dict:
    """Values of the blank sheet."""
    return {
        "rows": [(label, "") for label in ("日期", "封存序号", "事件总数", "链头（SHA-256）")],
        "decision": "空白表",
    }


def anchor_sheet(anchor: Anchor, user) -> Sheet:
    """The sheet of one day's anchor, for an auditor."""
    schools = tuple(sorted(school_ids_where(user, "audit_school")))
    whose = Bureau.objects.filter(school__in=schools).first()
    rows = [
        ("日期", cn_date(anchor.on)),
        ("封存序号", f"第{anchor.height}封"),
        ("事件总数", f"{anchor.events}条"),
        ("链头（SHA-256）", grouped(anchor.hash)),
    ]
    if anchor.sm3:
        rows.append(("链头的SM3摘要", grouped(anchor.sm3)))
    content = {"whose": str(whose or ""), "rows": rows, "decision": f"第{anchor.height}封"}
    return Sheet(content, schools, f"审计锚 {anchor.on.isoformat()} 第{anchor.height}封")


def grouped(digest: str) -> str:
    """A digest in groups of eight, so that a person can compare it by eye."""
    return " ".join(digest[place : place + 8] for place in range(0, len(digest), 8))
