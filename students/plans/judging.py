"""A plan held against the school's classes and seats: everything that is wrong with it, in words."""

from datetime import date

from law import parameters
from law.school_time import grade_name, school_year_name, school_year_of
from schools.models import School, Seats

from ..classing import ledger
from .case import open_plan
from .rules import PlanFacts

ENTRY_GRADES = (1, 7)
Line = tuple[int, int, int]


def facts_of(school_id: int, year: int, lines: list[Line], on: date, *, case=None, **papers) -> PlanFacts:
    """Facts of an intended or running plan; `lines` are (grade, classes, size)."""
    school, present, cap = School.objects.get(pk=school_id), school_year_of(on), parameters.on(on)["class.cap"]
    other = open_plan(school_id, year, besides=case)
    ended = school.closed_on
    return PlanFacts(
        on=on,
        year=year,
        lines=len(lines),
        cap=cap,
        school_ended=f"{school}已于{ended:%Y年%-m月%-d日}撤并" if ended else "",
        other=f"该校{school_year_name(year)}已有在办的招生计划{other.number}" if other else "",
        not_its_year="" if present <= year <= present + 1 else f"{school_year_name(year)}不能编报招生计划",
        ahead=names(g for g, _, _ in lines if year > present and g not in ENTRY_GRADES),
        untaught=names(g for g, _, _ in lines if g not in school.grades),
        too_large="、".join(f"{grade_name(g)}每班{size}人" for g, _, size in lines if size > cap),
        **(held_against_ledger(school_id, year, lines) if case is None or case.is_open else {}),
        **papers,
    )


def names(grades) -> str:
    return "、".join(grade_name(grade) for grade in grades)


def held_against_ledger(school_id: int, year: int, lines: list[Line]) -> dict[str, str]:
    """What is taken already stands against too small a plan."""
    rows = {(r.grade, r.school_class_id): r for r in Seats.objects.filter(school=school_id, year=year)}
    low, crowded, not_empty = [], [], []
    for grade, classes, size in lines:
        row = rows.get((grade, None))
        if row and classes * size + row.granted < row.used + row.reserved:
            low.append(f"{grade_name(grade)}计划{classes * size}个，已用{row.used}个、预留{row.reserved}个")
        here = ledger.classes_in(school_id, grade, year)
        taken = {c.pk: rows[grade, c.pk].used + rows[grade, c.pk].reserved for c in here if (grade, c.pk) in rows}
        crowded += [
            f"{c.name_in(year)}{taken[c.pk]}人"
            for c in here
            if c.pk in taken and taken[c.pk] > size + rows[grade, c.pk].granted
        ]
        busy = sum(bool(taken.get(c.pk)) for c in here)
        if classes < busy:
            not_empty.append(f"{grade_name(grade)}计划{classes}个班，现有{busy}个班有学生")
    return {"too_low": "；".join(low), "crowded": "、".join(crowded), "not_empty": "；".join(not_empty)}
