"""What a batch of 招生入学 does to the record: set-based, whatever the number of children.

A child is taken over once: the open change blocks a second case, the state of the child a later one, and under both the
exclusion constraint of Enrolment lets nobody live at two schools.
"""

from collections import Counter, defaultdict
from datetime import date

from django.db.models import Q

from law import clock, parameters
from law.school_time import LAST_PRIMARY_GRADE, school_year_of
from schools import seats
from schools.models import SchoolClass, Seats

from .. import enrolments, places
from ..models.child import Student
from ..models.record_change import RecordEntry
from ..naming import named
from .cohort import dropped_out_leavers
from .destination import LeaverDestination

GRADE = LAST_PRIMARY_GRADE + 1
Status = Student.Status


def standing_of(case) -> dict:
    """How the rows of an open case stand today, as columns of IntakeFacts; five queries at most."""
    rows = list(case.rows.select_related("child__school", "school_class").order_by("pk"))
    dropped = [r.child_id for r in rows if r.child.status == Status.DROPPED_OUT]
    back = back_from_dropout(dropped) if dropped else {}
    wrong = {r.school_class for r in rows if not class_fits(r.school_class, case.lead_school_id)}
    return {
        "rows": len(rows),
        "settled": named([f"{r.child.name}（{where_now(r.child)}）" for r in rows if not may_come(r, back)]),
        "dropped_on": max(back.values(), default=None),
        "elsewhere": named(assigned_elsewhere(case, [r.child_id for r in rows])),
        "wrong_class": "、".join(sorted(map(str, wrong))),
        "crowded": "；".join(crowded(case, Counter(r.school_class for r in rows))),
    }


def back_from_dropout(children) -> dict[int, date]:
    """Of these, who dropped out as a leaver and comes after all → the day it was listed (第三十条)."""
    listed = RecordEntry.objects.filter(child__in=dropped_out_leavers().filter(pk__in=children), table="student")
    listed = listed.filter(after__status=Status.DROPPED_OUT, case__state="done").order_by("pk")
    return dict(listed.values_list("child", "case__closed_on"))


def may_come(row, back) -> bool:
    """A leaver waits for a junior school or is `back` from 辍学; a newcomer from outside is pending for this case."""
    if not row.from_school_id:
        return row.child.status == Status.PENDING
    return row.child.status == Status.LEAVER or row.child_id in back


def where_now(child: Student) -> str:
    """Where a child that is no leaver any more is, in words."""
    if child.status == Status.ENROLLED:
        return f"已由{child.school}接收"
    return f"{child.school}{child.get_status_display()}"


def assigned_elsewhere(case, children: list[int]) -> list[str]:
    """Leavers whom the bureau has assigned to another school."""
    others = LeaverDestination.objects.filter(child__in=children, year=case.year, ended_by=None)
    others = others.exclude(school=case.lead_school_id).select_related("child", "school").order_by("pk")
    return [f"{each.child.name}（{each.school}）" for each in others]


def class_fits(school_class: SchoolClass, school_id: int) -> bool:
    """An open class of this school that is in grade seven now."""
    year = school_year_of(clock.today())
    return school_class.school_id == school_id and not school_class.closed_on and school_class.grade_in(year) == GRADE


def ledger_of(case) -> dict:
    """This year's grade-seven rows of the school, by class (None: the grade); empty while the ledger is not open."""
    rows = Seats.objects.filter(school=case.lead_school_id, year=school_year_of(clock.today()), grade=GRADE)
    return {row.school_class_id: row for row in rows}


def crowded(case, wanted: Counter) -> list[str]:
    """Classes and the grade in which more would sit than there are seats, in words (第八条)."""
    ledger, year = ledger_of(case), school_year_of(clock.today())
    cap = parameters.on(clock.today())["class.cap"]
    found = []
    for each, count in sorted(wanted.items(), key=lambda item: item[0].number):
        free = ledger[each.pk].free_seats if each.pk in ledger else cap
        if count > free:
            found.append(f"{each.name_in(year)}拟编{count}人，空余{max(free, 0)}")
    at_school = sum(count for each, count in wanted.items() if not each.at_home)
    if None in ledger and at_school > max(ledger[None].free_seats, 0):
        found.append(f"七年级拟收{at_school}人，计划空余{max(ledger[None].free_seats, 0)}")
    return found


def take_over(case) -> None:
    """Out of the primary school's books and into a class of grade seven, seats used, on one day."""
    rows = list(case.rows.select_related("child", "school_class").order_by("child_id"))
    children = [row.child for row in rows]
    occupy(case, Counter(row.school_class for row in rows))
    left = enrolments.end(children, on=case.begins_on, case=case, how="小学毕业升学", went_to=case.lead_school.name)
    places.give_up_seats(left, clock.today())
    for origin, group in by_origin(rows).items():
        enrolments.begin(
            [(row.child, row.school_class) for row in group],
            school=case.lead_school,
            on=case.begins_on,
            case=case,
            how="招生入学",
            came_from=origin,
        )
    Student.objects.filter(pk__in=[child.pk for child in children]).update(status=Status.ENROLLED)


def by_origin(rows) -> dict[str, list]:
    groups = defaultdict(list)
    for row in rows:
        groups[row.from_name].append(row)
    return groups


def occupy(case, wanted: Counter) -> None:
    """Use the seats of grade and classes, ids ascending; what is not free is refused. Raises NoSeat.

    Whoever is taught at home takes none of the grade (第七条).
    """
    today = clock.today()
    enrolments.open_ledger(case.lead_school, school_year_of(today), parameters.on(today)["class.cap"])
    heads = {each.pk: count for each, count in wanted.items()}
    heads[None] = sum(count for each, count in wanted.items() if not each.at_home)
    rows = Seats.objects.filter(school=case.lead_school_id, year=school_year_of(today), grade=GRADE)
    for row in rows.filter(Q(school_class=None) | Q(school_class__in=wanted)).order_by("pk"):
        if heads[row.school_class_id]:
            seats.occupy([row], heads[row.school_class_id])
