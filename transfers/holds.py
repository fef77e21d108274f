"""The seat a case holds for a child that is to come: reserved, renewed over 1 September, used or freed.

A transfer holds it in grade and class, a placement by the bureau in the grade. `case.grade` is the grade of the day
`case.grade_known_on`.
"""

from approvals.errors import Refused
from approvals.models import SeatHold
from law import clock, parameters
from law.school_time import grade_on, school_year_of
from schools import seats
from students import enrolments


def present_grade(case) -> int | None:
    """The grade the child is in today: a case that lasts over 1 September moves up too; None past the stage."""
    return grade_on(clock.today(), case.grade, case.grade_known_on)


def seat_fits(case) -> bool:
    """The case holds a seat in the very grade and class, in this year's ledger."""
    held = set(SeatHold.objects.filter(case_id=case.pk, ended_on=None).values_list("seats_id", flat=True))
    return bool(held) and held == {row.pk for row in rows_of(case)}


def rows_of(case) -> list:
    """This year's ledger rows of the case: grade, and class when it names one."""
    year = school_year_of(clock.today())
    return seats.rows_for(case.lead_school_id, year, present_grade(case) or 0, case.to_class)


def hold_seat(case) -> None:
    """Reserve a seat in the grade and the class for the life of the case. Raises NoSeat (第十九条第一款)."""
    if present_grade(case) is None:
        raise Refused(f"学生已升入下一学段，{case.kind_name}不再适用，请按招生入学办理（第六条第三款）。")
    today, wanted = clock.today(), 2 if case.to_class else 1
    rows = rows_of(case)
    if len(rows) < wanted:
        # Only for a year whose ledger is not open: an insert, even of nothing, waits for whoever holds a seat row.
        year, cap = school_year_of(today), parameters.on(today)["class.cap"]
        enrolments.open_ledger(case.lead_school, year, cap)
        rows = rows_of(case)
    if len(rows) < wanted:
        raise Refused(f"{case.lead_school}没有与年级、班级相符的学位台账，请教育局核对班级后再办理（第十九条第一款）。")
    seats.reserve(rows)
    SeatHold.objects.bulk_create([SeatHold(case_id=case.pk, seats=row, held_on=today) for row in rows])


def renew_hold(case) -> None:
    """A case that lasted over 1 September holds last year's seat: give it back, take one where the child sits now."""
    if not seat_fits(case):
        end_holds(case, used=False)
        hold_seat(case)


def end_holds(case, *, used: bool) -> None:
    """The reservations of the case become used seats, or free ones."""
    holds = list(SeatHold.objects.filter(case_id=case.pk, ended_on=None).select_related("seats").order_by("seats_id"))
    (seats.use_reserved if used else seats.release)([hold.seats for hold in holds])
    SeatHold.objects.filter(pk__in=[h.pk for h in holds]).update(ended_on=clock.today(), used=used)
