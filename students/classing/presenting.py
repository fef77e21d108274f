"""What the pages of classes draw: the list of a placing with how even it is, an opening or closing, who waits."""

from collections import Counter

from django.urls import reverse

from accounts.policies import may
from approvals.presenting import verdict_of
from approvals.rules import judge
from law import clock
from law.school_time import grade_name, school_year_of

from ..change_pages import desks_of
from .balance import Newcomer, Room
from .ledger import classes_in
from .seating import newcomer, rooms_of


def page_of_class_change(case, user) -> dict:
    """Context of `students/class_change.html`."""
    year = school_year_of(clock.today())
    opening = case.act == case.Act.OPEN
    which = case.school_class.name_in(year) if case.school_class_id else f"{grade_name(case.grade)}新班，审核同意后编号"
    kind = case.school_class.get_kind_display() if case.school_class_id else case.get_class_kind_display()
    return {
        "desks": desks_of(case),
        "desks_note": "学校经办、审核两人签字",
        "facts": [
            {"label": "学校", "value": case.lead_school.name},
            {"label": "事项", "value": case.get_act_display()},
            {"label": "班级", "value": which},
            {"label": "班级类型", "value": kind},
            {"label": "事由", "value": case.reason},
        ],
        "opening": opening,
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
    }


def page_of_placing(case, user) -> dict:
    """Context of `students/placing_case.html`."""
    rows = list(
        case.rows.select_related("child", "school_class").order_by("school_class__number", "child__name_pinyin")
    )
    keeps = case.state == case.State.DRAFT and may(user, "make_change", case.lead_school_id)
    placed = [row for row in rows if row.school_class_id]
    return {
        "desks": desks_of(case),
        "desks_note": "学校经办、审核两人签字",
        "facts": [
            {"label": "学校", "value": case.lead_school.name},
            {"label": "年级", "value": grade_name(case.grade)},
            {"label": "随机数", "value": str(case.seed)},
            {"label": "手工调整", "value": f"{sum(row.by_hand for row in rows)} 名"},
        ],
        "balance": balance_of(case, placed),
        "rows": [{"row": row, "place": place_of(row, case.year)} for row in rows],
        "count": len(rows),
        "sheet_url": reverse("students:placing_sheet", args=[case.number]) if keeps else "",
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
    }


def place_of(row, year: int) -> str:
    return row.school_class.name_in(year) if row.school_class_id else "暂不编班"


def balance_of(case, placed) -> list[dict]:
    """Every class as it will be: heads, boys, girls, 随迁, 随班就读, with how far the classes differ at the end."""
    rooms = {room.id: room for room in rooms_of(case.lead_school_id, case.grade, case.year)}
    names = {each.pk: each.name_in(case.year) for each in classes_in(case.lead_school_id, case.grade, case.year)}
    coming: dict[int, list[Newcomer]] = {pk: [] for pk in rooms}
    for row in placed if case.is_open else []:
        coming.setdefault(row.school_class_id, []).append(newcomer(row.child))
    rows = [class_line(names[pk], room, coming[pk]) for pk, room in rooms.items()]
    if len(rows) > 1:
        rows.append({"name": "相差", "total": True} | {key: spread(rows, key) for key in COUNTED})
    return rows


COUNTED = ("heads", "boys", "girls", "migrant", "inclusive")


def class_line(name: str, room: Room, coming: list[Newcomer]) -> dict:
    everybody = [*room.sitting, *coming]
    sexes = Counter(child.sex for child in everybody)
    return {
        "name": name,
        "heads": len(everybody),
        "boys": sexes["1"],
        "girls": sexes["2"],
        "migrant": sum(child.migrant for child in everybody),
        "inclusive": sum(child.inclusive for child in everybody),
        "coming": len(coming),
        "free": room.free - len(coming),
    }


def spread(rows: list[dict], key: str) -> int:
    values = [row[key] for row in rows]
    return max(values) - min(values)
