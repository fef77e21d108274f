"""Beginning a placing, and the registrar's changes to its draft: another class, two children swapped, drawn anew."""

from secrets import randbelow

from django.db import transaction

from approvals.errors import Refused
from approvals.services import lock_children, lock_draft, open_case
from law import articles, clock, parameters
from law.school_time import grade_name, school_year_of
from schools.models import School, Seats

from .. import enrolments
from ..models.child import Student
from .balance import TooFewSeats, propose
from .ledger import classes_in
from .placing import LAW, Placing, PlacingRow
from .seating import newcomer, rooms_of, waiting_at

SEEDS = 1_000_000


@transaction.atomic
def start_placing(school: School, grade: int, *, by, seed: int | None = None) -> Placing:
    """Open a case about everybody of this grade who waits, with the proposal drawn. Raises Refused, NotYourHand."""
    today = clock.today()
    year = school_year_of(today)
    lock_children([child.pk for child in waiting_at(school, year).by_grade[grade]])
    enrolments.open_ledger(school, year, parameters.on(today)["class.cap"])
    children = waiting_at(school, year).by_grade[grade]
    if not children:
        raise Refused(f"{grade_name(grade)}没有未编班的学生，或者他们有在办业务（{LAW}）。")
    case = open_case(
        Placing,
        by=by,
        lead=school,
        children=children,
        state=Placing.State.DRAFT,
        year=year,
        grade=grade,
        seed=randbelow(SEEDS) if seed is None else seed,
    )
    dealt = deal(case, children)
    rows = [PlacingRow(case=case, child=child, school_class_id=dealt[child.pk]) for child in children]
    PlacingRow.objects.bulk_create(rows, batch_size=1000)
    return case


def deal(case: Placing, children: list[Student]) -> dict[int, int]:
    """The proposal of this case's seed. Raises Refused when the classes or the plan have too few seats."""
    rooms = rooms_of(case.lead_school_id, case.grade, case.year, dealt=True)
    row = Seats.objects.of_grade(case.lead_school_id, case.year, case.grade).first()
    free = min(sum(room.free for room in rooms), max(row.free_seats, 0) if row else 0)
    try:
        if len(children) > free:
            raise TooFewSeats(len(children) - free)
        return propose([newcomer(child) for child in children], rooms, case.seed)
    except TooFewSeats as few:
        raise Refused(
            f"{grade_name(case.grade)}待编{len(children)}人，{len(rooms)}个班空余{free}个学位，还差{few.short}个"
            f"（{articles.NO_FALSE_RECORD}）。请先开班，或者报教育局调整招生计划。"
        ) from few


@transaction.atomic
def assign(case: Placing, wanted: dict[int, int | None], *, by) -> int:
    """Put these children into other classes (None: not now). Returns how many moved. Raises Refused, NotYourHand."""
    case = lock_draft(case, by=by, what="名单")
    classes = {each.pk for each in classes_in(case.lead_school_id, case.grade, case.year)}
    if set(wanted.values()) - classes - {None}:
        raise Refused(f"所选班级不是{grade_name(case.grade)}现有的班级，请刷新后重新选择。")
    moved = []
    for row in case.rows.filter(child__in=wanted):
        if row.school_class_id != wanted[row.child_id]:
            row.school_class_id, row.by_hand = wanted[row.child_id], True
            moved.append(row)
    PlacingRow.objects.bulk_update(moved, ["school_class", "by_hand"], batch_size=1000)
    return len(moved)


@transaction.atomic
def swap(case: Placing, one: int, other: int, *, by) -> None:
    """Two children change places. Raises Refused, NotYourHand."""
    case = lock_draft(case, by=by, what="名单")
    sits = dict(case.rows.filter(child__in=(one, other)).values_list("child", "school_class"))
    if len(sits) != 2 or sits[one] == sits[other]:
        raise Refused("请选择编在两个不同班级的两名学生互换。")
    assign(case, {one: sits[other], other: sits[one]}, by=by)


@transaction.atomic
def redraw(case: Placing, seed: int, *, by) -> None:
    """Draw the whole list anew with this seed; changes by hand are gone, who waits goes on waiting."""
    case = lock_draft(case, by=by, what="名单")
    Placing.objects.filter(pk=case.pk).update(seed=seed)
    case.seed = seed
    rows = list(case.rows.exclude(school_class=None).select_related("child"))
    dealt = deal(case, [row.child for row in rows])
    for row in rows:
        row.school_class_id, row.by_hand = dealt[row.child_id], False
    PlacingRow.objects.bulk_update(rows, ["school_class", "by_hand"], batch_size=1000)
