"""What the pages of 批量核查 draw: tabs with their counts, one tab's lines, the masked workbook."""

from django.urls import reverse

from accounts.policies import powers_of
from jianping_xueji import audit
from law import clock

from ..exporting import workbook
from ..exporting.services import mark_of
from ..models.child import Student
from ..models.traces import Look
from .looking import RIGHTS, Tab
from .models import CheckRun

TONES = {Tab.DROPPED_OUT: "refused", Tab.WRONG: "refused", Tab.NOBODY: "soon", Tab.SUSPENDED: "soon"}
SHEET = {"行号": 8, "核查内容": 28, "结果": 12, "姓名": 12, "学籍状态": 14, "学校": 20, "说明": 48}


def tabs_of(run: CheckRun, chosen: str) -> list[dict]:
    """全部 first, then every tab of the seven; what else there is only when there is something."""
    address = run.get_absolute_url()
    shown = [tab for tab in Tab if tab != Tab.OTHER or run.counts.get(tab.value)]
    tabs = [{"label": "全部", "url": address, "count": sum(run.counts.values()), "active": not chosen, "tone": ""}]
    return tabs + [
        {
            "label": str(tab.label),
            "url": f"{address}?tab={tab.value}",
            "count": run.counts.get(tab.value, 0),
            "active": chosen == tab.value,
            "tone": TONES.get(tab, "") if run.counts.get(tab.value) else "",
        }
        for tab in shown
    ]


def with_words(lines: list[dict]) -> list[dict]:
    """The lines with the tab in words and the way to the record, where it may be opened."""
    slugs = [line["slug"] for line in lines if line["slug"]]
    audit.saw(*Student.objects.filter(slug__in=slugs).values_list("pk", flat=True))
    for line in lines:
        tab = Tab(line["tab"])
        line["label"], line["tone"] = str(tab.label), TONES.get(tab, "done" if tab == Tab.HERE else "idle")
        line["url"] = reverse("students:child", args=[line["slug"]]) if line["slug"] else ""
    return lines


def workbook_of(run: CheckRun, user) -> bytes:
    """The whole result as text cells, as masked as the page; the file is a look of its own (第三十七条)."""
    rows = (
        [str(line["row"]), line["asked"], line["label"], line["name"], line["word"], line["school"], line["said"]]
        for line in with_words(run.lines)
    )
    content = workbook.written(
        "核查结果", list(SHEET), rows, mark=mark_of(user, run.purpose), widths=tuple(SHEET.values())
    )
    held = (power for right in RIGHTS for held in powers_of(user).held.get(right, {}).values() for power in held)
    behind = next(held, None)
    Look.objects.create(
        kind=Look.Kind.FILE,
        school=behind.appointment.school if behind else None,
        user=user,
        reason=f"导出批量核查结果（{sum(run.counts.values())}行）：{run.purpose}"[:200],
        legal_date=clock.today(),
    )
    return content
