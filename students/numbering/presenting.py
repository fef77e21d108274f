"""What the pages of 学籍号编发 draw: the dry run, the case with its first rows, and the schools that still wait."""

from django.db.models import Count, Q

from approvals.presenting import desk_line, verdict_of
from approvals.rules import judge
from law import clock, parameters
from students.filters import ON_ROLL
from students.importing.child_lists import Judged
from students.importing.findings import masked

from ..models.child import NumberKind, Student, StudentNumber
from .case import SHOWN


def page_of(case, user) -> dict:
    """Context of the case page: the count of all rows, and the first children among those in sight."""
    count = case.rows.count()
    seen = case.rows.filter(child__in=Student.objects.visible_to(user)).select_related("child__school")
    limit = parameters.on(case.accepted_on or clock.today())["approval.stage_workdays"]
    return {
        "desks": desk_line(case, [(stage, str(case.lead_school.bureau)) for stage in case.STAGES], limit),
        "desks_note": "经办、审核两人签字",
        "lines": [
            {"label": "全国系统下发日期", "value": f"{case.answered_on:%Y年%-m月%-d日}"},
            {"label": "编发结果文件", "value": case.file_name},
            {"label": "编发人数", "value": f"{count} 名"},
        ],
        "rows": seen[:SHOWN],
        "count": count,
        "shown": SHOWN,
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
    }


def rows_of(judged: Judged) -> list[dict]:
    """The good lines as the dry run shows them."""
    return [
        {"row": line.row, "child": child, "number": f"{line.new_number[0]}{masked(line.new_number[1:])}"}
        for line, child in judged.good
    ]


def without_formal(schools) -> "list[dict]":
    """Per school: how many children on the roll still have a temporary number (L) or one without an ID number (J)."""
    rows = StudentNumber.objects.filter(waiting_numbers("student__"), student__school__among=schools)
    figures = rows.values("student__school", "student__school__short_name", "student__school__code")
    counted = figures.annotate(temporary=Count("pk", Q(letter="L")), without_id=Count("pk", Q(letter="J")))
    return [
        {
            "id": row["student__school"],
            "name": row["student__school__short_name"],
            "code": row["student__school__code"],
            "temporary": row["temporary"],
            "without_id": row["without_id"],
            "all": row["temporary"] + row["without_id"],
        }
        for row in counted.order_by("-temporary", "student__school")
    ]


def waiting_numbers(path: str = "") -> Q:
    """Present numbers that are not yet formal, of children on the roll."""
    return Q(kind=NumberKind.REGISTRY, until=None, letter__in="LJ", **{f"{path}status__in": ON_ROLL})
