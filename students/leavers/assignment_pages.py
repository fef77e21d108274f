"""What the pages of 招生分配 draw: the plan of the junior schools, the list of a case."""

from collections import Counter

from django.urls import reverse

from accounts.policies import may
from approvals.presenting import verdict_of
from approvals.rules import judge
from law.school_time import school_year_name

from ..change_pages import desks_of
from . import plan
from .assigning import juniors_of
from .plan import Line


def page_of(case, user) -> dict:
    """Context of `students/assignment_case.html`."""
    rows = list(case.rows.select_related("child", "primary", "school"))
    keeps = case.state == case.State.DRAFT and may(user, case.OPENER.right, case.lead_school_id)
    return {
        "desks": desks_of(case),
        "desks_note": "教育局经办、审核两人签字",
        "lines": [
            {"label": "学校", "value": case.lead_school.name},
            {"label": "学年", "value": school_year_name(case.year)},
            {"label": "毕业生", "value": f"{len(rows)}名"},
            {"label": "分配", "value": in_words(rows)},
        ],
        "rows": rows,
        "plan": plan_of(case, rows) if case.is_open else [],
        "draft_url": reverse("students:assignment_draft", args=[case.number]) if keeps else "",
        "prints": [],
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
    }


def in_words(rows) -> str:
    counted = Counter(row.school.short_name if row.school else "未定" for row in rows)
    return "，".join(f"{name}{count}名" for name, count in counted.most_common())


def plan_of(case, rows) -> list[Line]:
    """The plan of the junior schools this case sends children to."""
    wanted = Counter(row.school_id for row in rows if row.school_id)
    schools = [school for school in juniors_of(case.lead_school.bureau) if school.pk in wanted]
    return plan.lines(case.year, schools, proposed=wanted, besides=[row.child_id for row in rows])


def chart_of(lines: list[Line]) -> dict:
    """Plan against children, per junior school."""
    return {
        "kind": "bar",
        "unit": "人",
        "labels": [line.school.short_name for line in lines],
        "series": [
            {"label": "招生计划", "values": [line.planned or 0 for line in lines]},
            {"label": "已入学", "values": [line.used for line in lines]},
            {"label": "已分配未入学", "values": [line.assigned for line in lines]},
            {"label": "建议分配", "values": [line.proposed for line in lines]},
        ],
    }
