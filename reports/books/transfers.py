"""转学联系表 of a term: an index of everybody who moved in or out, each with its form and the list of its proofs."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from students.models import Enrolment, Student
from transfers.grounds import Ground

from .. import contact
from ..rosters import Column
from ..wording import day, guardians_of, month
from .movements import Told, reason_of
from .reading import Line, Reading, Scope

COLUMNS = (
    Column("order", "序号", 10), Column("side", "转入/转出", 14), Column("name", "姓名", 30), Column("sex", "性别", 9),
    Column("birth_date", "出生日期", 22), Column("registry_number", "学籍号", 36),
    Column("where", "来自（去往）学校", 46), Column("scope", "范围", 18), Column("reason", "转学理由", 34),
    Column("day", "学籍转移日期", 22), Column("case", "联系表编号", 22),
)  # fmt: skip
WITH_FORM = ("transfer", "outward")


def read(scope: Scope) -> Reading:
    """Lines by day, each with its form and proofs. A move that an old workbook brought has no case, and says so."""
    return index_of(scope, papers=True)


def glance(scope: Scope) -> Reading:
    """The index alone."""
    return index_of(scope, papers=False)


def index_of(scope: Scope, *, papers: bool) -> Reading:
    days = (scope.first, scope.until)
    came, went = Q(came_how="转入", during__startswith__range=days), Q(left_how="转出", during__endswith__range=days)
    lives = Enrolment.objects.filter(came | went, school=scope.school, voided=False)
    moved = sorted(
        (move for life in lives for move in moves_of(life, *days)), key=lambda row: (row[1], row[0], row[2].pk)
    )
    told = Told({life.student_id for _, _, life, _ in moved}, scope)
    return Reading([line_of(number, told, *row, papers=papers) for number, row in enumerate(moved, 1)])


def moves_of(life: Enrolment, first: date, last: date) -> Iterator[tuple]:
    """Side, day, enrolment and case of its beginning and its end, where each is a transfer within the days."""
    if life.came_how == "转入" and first <= life.during.lower <= last:
        yield "in", life.during.lower, life, life.came_by_id
    if life.left_how == "转出" and life.during.upper and first <= life.during.upper <= last:
        yield "out", life.during.upper, life, life.left_by_id


def line_of(number: int, told: Told, side: str, on, life: Enrolment, named: int | None, *, papers: bool) -> Line:
    child = told.children[life.student_id]
    case = next((each for each in told.cases.get(child.pk, []) if each.pk == named), None)
    cells = {
        "order": str(number),
        "side": "转入" if side == "in" else "转出",
        "name": child.name,
        "sex": child.sex_name,
        "birth_date": f"{child.birth_date:%Y-%m-%d}",
        "registry_number": contact.in_full(child.registry_number),
        "where": life.came_from if side == "in" else life.went_to,
        "scope": str(getattr(case, "scope", "")),
        "reason": reason_of(case),
        "day": f"{on:%Y-%m-%d}",
        "case": case.number if case else "无本系统案件",
    }
    if papers:
        cells["form"] = form_of(case, child, told.class_at(child.pk, side, on))
        cells["papers"] = papers_of(case) if case else []
    return Line(f"{life.pk}/{side}", child.pk, cells)


def form_of(case, child: Student, class_name: str) -> dict | None:
    """The values of the 转学联系表 of this case; None where the law asks for none (随班就读, 专门教育)."""
    if case is None or case.kind not in WITH_FORM:
        return None
    return contact.contact_form(case) if case.kind == "transfer" else outward_form(case, child, class_name)


def outward_form(case, child: Student, class_name: str) -> dict:
    """The form seen from the sending side: the request began at a school beyond the county."""
    return {
        "case_number": case.number,
        "filled_on": day(case.accepted_on or case.opened_on),
        "child": contact.child_of(child),
        "move": outward_move(case, child, class_name),
        "guardians": [contact.guardian_row(member) for member in guardians_of(child)],
        "grounds": [{"ticked": g.value == case.ground, "label": g.label} for g in Ground],
        "ground_note": f"凭据：{case.evidence}",
        "papers": contact.papers_of(case),
        "desks": [contact.desk_of(case, stage) for stage in contact.BLOCKS],
        "calls_file": False,
        "decision": case.state_name,
    }


def outward_move(case, child: Student, class_name: str) -> dict:
    school = case.lead_school
    return {
        "from_school": school.name,
        "from_place": contact.place_name(school.division_id[:6]),
        "from_code": school.code,
        "from_class": class_name,
        "entered_month": month(child.entered_month),
        "to_school": case.to_school_name,
        "to_place": contact.place_name(case.to_division),
        "to_code": "",
        "to_class": "",
        "scope": str(case.scope),
    }


def papers_of(case) -> list[dict]:
    """Every paper of the checklist: its state, who checked it, and the digests of its pictures."""
    rows = case.materials.prefetch_related("scans").select_related("checked_by")
    return [
        {
            "label": paper.label,
            "state": paper.get_state_display(),
            "checked_by": (paper.checked_by.name or paper.checked_by.username) if paper.checked_by else "",
            "checked_on": day(paper.checked_on),
            "scans": [scan.sha256 for scan in paper.scans.all() if not scan.withdrawn],
        }
        for paper in rows
    ]
