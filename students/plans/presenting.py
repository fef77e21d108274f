"""What the plan pages draw: the case with its lines against the ledger, and the county's plan per school and grade."""

from collections import Counter

from django.urls import reverse

from accounts.policies import may
from approvals.presenting import verdict_of
from approvals.rules import judge
from approvals.ways import BUREAU, SCHOOL
from law import clock, parameters
from law.school_time import LAST_PRIMARY_GRADE, grade_name
from schools.models import Catchment, School, SchoolClass, Seats, cohort_of

from ..change_pages import desks_of
from ..classing.ledger import HOME
from .case import IntakePlan, latest_lines
from .judging import ENTRY_GRADES


def is_written_by(case, user) -> bool:
    """Whether the figures lie with this user now, to be written anew."""
    return case.state in case.HANDED_IN_BY and may(user, case.desk_right, case.lead_school_id)


def page_of(case, user) -> dict:
    """Context of `students/plan_case.html`."""
    ledger = {
        row.grade: row for row in Seats.objects.filter(school=case.lead_school, year=case.year, school_class=None)
    }
    return {
        "desks": desks_of(case, (SCHOOL, BUREAU) if case.proposed else (BUREAU,)),
        "desks_note": "学校经办、校长签字，教育局经办、审核" if case.proposed else "教育局经办、审核两人签字",
        "facts": foundations_of(case),
        "lines": [
            line_row(line, ledger.get(line.grade), case.asked.get(grade_name(line.grade), ""))
            for line in case.lines.all()
        ],
        "left_out": "、".join(f"{name}{said}" for name, said in case.asked.items() if name not in case.figures),
        **(verdict_of(judge(rules_of(case), case.facts)) if case.is_open else {}),
        "draft_url": reverse("students:plan_draft", args=[case.number]) if is_written_by(case, user) else "",
        "draft_words": "核定计划" if case.proposed and case.state == case.State.DRAFT else "修改计划",
    }


def rules_of(case) -> list:
    """All rules; what the bureau adds to a proposal is asked once it has come to the bureau."""
    at_school = case.state in (case.State.PROPOSAL, case.State.HEADMASTER)
    return [*case.RULES] if at_school else [*case.RULES, *case.AWAITED]


def foundations_of(case) -> list[dict]:
    """Whose plan this is, of which year, and what it rests on."""
    said = [
        ("学校", case.lead_school.name),
        ("学年", case.year_name),
        ("申报理由", case.reason),
        ("依据文件", case.document or ("待教育局核定时填写" if case.is_open else "")),
        ("调整理由", case.adjustment),
    ]
    return [{"label": label, "value": value} for label, value in said if value]


def line_row(line, row: Seats | None, asked: str = "") -> dict:
    used, reserved = (row.used, row.reserved) if row else (0, 0)
    return {
        "grade": grade_name(line.grade),
        "classes": line.classes,
        "size": line.size,
        "seats": line.seats,
        "asked": asked,
        "changed": bool(asked) and asked != f"{line.classes}×{line.size}",
        "used": used,
        "reserved": reserved,
        "free": max(line.seats + (row.granted if row else 0) - used - reserved, 0),
    }


def county_plan(user, schools: list[School], year: int) -> list[dict]:
    """One row per school and grade that begins or is planned; the same six queries for any number of schools."""
    ids = [school.pk for school in schools]
    lines = latest_lines(ids, year)
    rows = Seats.objects.filter(school__in=ids, year=year, school_class=None)
    ledger = {(row.school_id, row.grade): row for row in rows}
    classes, villages, drafts = classes_of(ids, year), villages_of(ids, year), drafts_of(user, ids, year)
    cap = parameters.on(clock.today())["class.cap"]
    found = []
    for school in schools:
        planned = {grade for pk, grade in lines if pk == school.pk}
        for grade in sorted(planned | {grade for grade in ENTRY_GRADES if grade in school.grades}):
            stage, cohort = cohort_of(grade, year)
            row = grade_row(lines.get((school.pk, grade)), ledger.get((school.pk, grade)))
            row |= unplanned(classes[school.pk, stage, cohort], cap) if row["plan"] is None else {}
            row |= {"school": school, "grade": grade_name(grade), "villages": villages[school.pk, stage]}
            row |= {"draft": drafts.get(school.pk), "makes": may(user, "bureau_make", school.pk)}
            row["proposes"] = may(user, "make_change", school.pk)
            row["entry"] = grade in (1, LAST_PRIMARY_GRADE + 1)
            found.append(row)
    return found


def grade_row(line, row: Seats | None) -> dict:
    used, reserved, granted = (row.used, row.reserved, row.granted) if row else (0, 0, 0)
    seats = line.seats if line else row.capacity if row else None
    free = max(seats + granted - used - reserved, 0) if seats is not None else 0
    return {"plan": line, "seats": seats, "used": used, "reserved": reserved, "granted": granted, "free": free}


def unplanned(classes: int, cap: int) -> dict:
    """Without a plan the grade has classes × cap (unplanned is not nothing)."""
    return {"said": f"未下达，按{classes}班×{cap}人", "classes": classes}


def classes_of(ids, year: int) -> Counter:
    rows = SchoolClass.objects.filter(school__in=ids, closed_on=None).exclude(kind=HOME).order_by()
    return Counter(rows.values_list("school", "stage", "cohort"))


def villages_of(ids, year: int) -> Counter:
    """How many villages and communities each school takes, per stage."""
    return Counter(Catchment.objects.filter(school__in=ids, year=year).order_by().values_list("school", "stage"))


def drafts_of(user, ids, year: int) -> dict[int, IntakePlan]:
    running = IntakePlan.objects.visible_to(user).filter(lead_school__in=ids, year=year, closed_on=None)
    return {case.lead_school_id: case for case in running}


def chart_of(rows: list[dict]) -> dict:
    """Seats of the plan beside the children who are there, for every grade that begins."""
    shown = [row for row in rows if row["entry"]]
    return {
        "kind": "bar",
        "unit": "个",
        "labels": [f"{row['school']}{row['grade']}" for row in shown],
        "series": [
            {"label": "计划学位", "values": [row["seats"] or 0 for row in shown]},
            {"label": "已在籍", "values": [row["used"] for row in shown]},
            {"label": "预留", "values": [row["reserved"] for row in shown]},
        ],
    }
