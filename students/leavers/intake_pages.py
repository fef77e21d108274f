"""What the page of a batch of 招生入学 shows: its day and deadline, how many into which class, the children."""

from collections import Counter

from approvals.presenting import verdict_of
from approvals.rules import judge
from law import clock
from law.school_time import school_year_name

from ..change_pages import desks_of, prints_of
from .cohort import intake_due

SHOWN = 100


def page_of(case, user) -> dict:
    """Context of `students/intake_case.html`."""
    rows = list(case.rows.select_related("child", "school_class").prefetch_related("child__numbers"))
    return {
        "desks": desks_of(case),
        "desks_note": "学校经办、审核，教育局经办、审核，各由两人签字",
        "lines": lines_of(case, rows),
        "rows": [row_of(row, case.year) for row in rows[:SHOWN]],
        "count": len(rows),
        "shown": SHOWN,
        "prints": [{"form": code, "label": label} for code, label in prints_of(case)],
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
    }


def lines_of(case, rows) -> list[dict]:
    classes = Counter(row.school_class.name_in(case.year) for row in rows)
    return [
        {"label": "接收学校", "value": case.lead_school.name},
        {"label": "学年", "value": school_year_name(case.year)},
        {"label": "入学日期", "value": f"{case.begins_on:%Y年%-m月%-d日}"},
        {"label": "接收人数", "value": f"{len(rows)}名"},
        {"label": "编入班级", "value": "、".join(f"{name}{count}名" for name, count in sorted(classes.items()))},
        {"label": "完成期限（第六条第三款）", "value": due_words(case.year, case.closed_on)},
    ]


def due_words(year: int, done=None) -> str:
    """The last day of the twenty, and how far it is away (or that it is past)."""
    due, today = intake_due(year), done or clock.today()
    left = (due - today).days
    if done:
        return f"{due:%Y年%-m月%-d日}（{'按期办结' if left >= 0 else f'逾期{-left}天办结'}）"
    return f"{due:%Y年%-m月%-d日}（{f'还剩{left}天' if left > 0 else '今天到期' if left == 0 else f'已超期{-left}天'}）"


def row_of(row, year: int) -> dict:
    number = row.child.registry_number
    return {
        "child": row.child,
        "number": number.masked if number else "无",
        "origin": row.from_name + ("" if row.from_school_id else f"（县外 {row.from_division}）"),
        "class_name": row.school_class.name_in(year),
    }
