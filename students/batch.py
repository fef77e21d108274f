"""What the pages draw of a registration batch: its desks, its figures, its children with the red ones first."""

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.urls import reverse

from accounts.policies import may
from approvals.presenting import desk_line, history
from law import clock, parameters
from law.school_time import school_year_of

from .intake import presenting as intake

PAGE = 50
EVENTS = 30


def page_of(case, user) -> dict:
    """Context of the batch page."""
    children = listed(case)
    works = may_work(case, user)
    whole = intake.of_batch_page(case, works)
    count = whole["count"]
    limit = parameters.on(clock.today())["registration.stage_workdays"]
    stages = [("学校", str(case.lead_school)), ("教育局", str(case.lead_school.bureau))]
    return {
        "desks": desk_line(case, stages, limit),
        "desks_note": "学校填报、校内审核，教育局经办、审核，各由两人签字",
        "children": rows_of(case, children[:PAGE]),
        "children_count": count,
        "all_children_url": reverse("students:import_batch", args=[case.number]) if count > PAGE else "",
        "figures_of_fill": figures_of(case, count),
        "events": history(case)[:EVENTS],
        **whole,
    }


def may_work(case, user) -> bool:
    """The registrar works on the children while the batch has not been handed in."""
    return case.state == case.State.FILLED and may(user, "make_change", case.lead_school_id)


def figures_of(case, count: int) -> list[dict]:
    """What the filling of the batch did, from its signed step; a batch typed on the page has none."""
    fill = case.steps.filter(action="fill").first()
    said = fill.particulars if fill else {}
    own = [
        {"label": "批次", "value": case.title},
        {"label": "学校", "value": case.lead_school.name},
        {"label": "新采集学生", "value": f"{count} 名"},
    ]
    filled = [
        {"label": "更新在籍学生信息", "value": f"{said.get('update', 0)} 名"},
        {"label": "原表无变化", "value": f"{said.get('unchanged', 0)} 行"},
        {"label": "原表有误未导入", "value": f"{said.get('error', 0)} 行"},
    ]
    return [*own, *filled] if fill else own


def listed(case) -> QuerySet:
    """Entries of a batch: what a rule objects to first, then by class and row of the sheet."""
    objected = [pk for pk, broken in case.facts.findings.items() if intake.is_red(broken)]
    wrong = Q(student__in=objected)
    wrong |= Q(school_class__in=case.facts.crowded_classes)
    red = Case(When(wrong, then=Value(True)), default=Value(False), output_field=BooleanField())
    entries = case.entries.select_related("student__application", "school_class").prefetch_related("student__numbers")
    return entries.annotate(red=red).order_by("-red", "school_class", "sheet_row", "pk")


def rows_of(case, entries) -> list[dict]:
    """Lines of the table of children, each with every reason why it cannot be registered yet."""
    year, findings = case.intake_year or school_year_of(case.opened_on), case.facts.findings
    crowded = case.facts.crowded_classes
    return [
        {
            "child": entry.student,
            "number": entry.student.id_number.masked if entry.student.id_number else "无",
            "class_name": entry.school_class.name_in(year) if entry.school_class else "未编班",
            "sheet_row": entry.sheet_row or "",
            "red": entry.red,
            "reasons": intake.reasons_of(findings.get(entry.student_id, ()), entry.school_class_id in crowded),
            "signed_on": getattr(getattr(entry.student, "application", None), "signed_on", None),
            "registry": registry_of(entry.student),
        }
        for entry in entries
    ]


def registry_of(child) -> str:
    """The 学籍号 a registered child holds, masked; 临时 until the national system has answered."""
    number = child.registry_number
    return f"{number.masked}{'（临时）' if number.letter == 'L' else ''}" if number else ""
