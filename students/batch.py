"""What the pages draw of a registration batch: its desks, its figures, its children with the red ones first."""

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.urls import reverse

from approvals.presenting import desk_line
from law import clock, parameters
from law.school_time import school_year_of

from . import registering

PAGE = 50


def page_of(case) -> dict:
    """Context of the batch page."""
    children = listed(case)
    count = case.entries.count()
    limit = parameters.on(clock.today())["registration.stage_workdays"]
    stages = [("学校", str(case.lead_school)), ("教育局", str(case.lead_school.bureau))]
    return {
        "desks": desk_line(case, stages, limit),
        "desks_note": "学校填报、校内审核，教育局经办、审核，各由两人签字",
        "children": rows_of(case, children[:PAGE]),
        "children_count": count,
        "all_children_url": reverse("students:import_batch", args=[case.number]) if count > PAGE else "",
        "figures_of_fill": figures_of(case, count),
    }


def figures_of(case, count: int) -> list[dict]:
    """What the filling of the batch did, from its signed step."""
    fill = case.steps.filter(action="fill").first()
    said = fill.particulars if fill else {}
    return [
        {"label": "批次", "value": case.title},
        {"label": "学校", "value": case.lead_school.name},
        {"label": "新采集学生", "value": f"{count} 名"},
        {"label": "更新在籍学生信息", "value": f"{said.get('update', 0)} 名"},
        {"label": "原表无变化", "value": f"{said.get('unchanged', 0)} 行"},
        {"label": "原表有误未导入", "value": f"{said.get('error', 0)} 行"},
    ]


def listed(case) -> QuerySet:
    """Entries of a batch: what a rule objects to first, then by class and row of the sheet."""
    wrong = Q(student__in=registering.taken(case).values("student"))
    wrong |= Q(school_class__in=[c.pk for c, _, _ in registering.crowded_classes(case, clock.today())])
    red = Case(When(wrong, then=Value(True)), default=Value(False), output_field=BooleanField())
    entries = case.entries.select_related("student", "school_class").prefetch_related("student__numbers")
    return entries.annotate(red=red).order_by("-red", "school_class", "sheet_row", "pk")


def rows_of(case, entries) -> list[dict]:
    """Lines of the table of children."""
    year = school_year_of(case.opened_on)
    return [
        {
            "child": entry.student,
            "number": entry.student.id_number.masked if entry.student.id_number else "无",
            "class_name": entry.school_class.name_in(year),
            "sheet_row": entry.sheet_row,
            "red": entry.red,
        }
        for entry in entries
    ]
