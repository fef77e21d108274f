"""What a promotion does at all schools of a run: the places of the year end, those of the next begin in the same class.

Written by so many statements as there are kinds of rows, whatever the number of schools; each row under the case of its
school. The ledger of the next year counts who sits in its classes; a class that is larger than its seats is granted
what it is (第八条). An undo leaves the ledger: the same children sit in the same classes before and after.
"""

from django.db import connection

from law import articles, clock, parameters
from schools import seats

from .. import mass_journal
from .calendar import turn_of
from .rolls import MOVING_UP

REASON = "升级时原有班级人数超过学位数"
_ENDS = {"ends": "GREATEST(t.starts, %(turn)s)"}
_BEGINS = {
    "enrolment_id": "now.enrolment_id",
    "school_class_id": "now.school_class_id",
    "year": "%(year)s + 1",
    "starts": "now.ends",
}
_EXCESS = """
WITH sitting AS (
    SELECT p.school_class_id AS class, count(*) AS heads FROM schools_schoolclass c
    JOIN students_placement p ON p.school_class_id = c.id AND p.ends IS NULL
    JOIN students_enrolment e ON e.id = p.enrolment_id AND NOT e.voided
    WHERE c.school_id = ANY(%(schools)s) GROUP BY 1),
counted AS (
    SELECT r.id, r.school_id, r.used, r.capacity, r.granted, r.reserved,
        CASE WHEN r.school_class_id IS NULL
            THEN sum(coalesce(n.heads, 0)) FILTER (WHERE c.kind <> 'home') OVER (PARTITION BY r.school_id, r.grade)
            ELSE coalesce(n.heads, 0) END AS heads
    FROM schools_seats r LEFT JOIN schools_schoolclass c ON c.id = r.school_class_id
    LEFT JOIN sitting n ON n.class = r.school_class_id
    WHERE r.school_id = ANY(%(schools)s) AND r.year = %(year)s)
SELECT id, school_id, heads::int, GREATEST(heads + reserved - capacity - granted, 0)::int FROM counted
WHERE heads IS NOT NULL AND heads <> used ORDER BY id
"""


def promote(cases: list) -> dict[int, int]:
    """Everybody in a class whose next grade exists, seen afresh; returns by case how many. Twice changes nothing."""
    year, numbers = cases[0].year, parameters.on(clock.today())
    params = {"schools": [case.lead_school_id for case in cases], "cases": [case.pk for case in cases]}
    params |= {"dropouts": numbers["promotion.dropout_advances"], "year": year, "turn": turn_of(year)}
    with mass_journal.whole_tables():
        moved = mass_journal.succeed("placement", _ENDS, _BEGINS, "enrolment_id", MOVING_UP, **params)
        open_ledger(cases, year + 1, numbers["class.cap"])
    return {case.pk: moved.get(case.pk, 0) for case in cases}


def open_ledger(cases: list, year: int, cap: int) -> None:
    """The rows of the new year say who sits there; what is above the seats is granted by number and article."""
    numbers = {case.lead_school_id: case.number for case in cases}
    seats.ensure_rows_of(numbers, year, cap)
    with connection.cursor() as cursor:
        cursor.execute(_EXCESS, {"schools": list(numbers), "year": year})
        rows = cursor.fetchall()
    above = {pk: (more, numbers[school]) for pk, school, _, more in rows if more}
    words = {"article": articles.NO_FALSE_RECORD, "reason": REASON, "on": clock.today()}
    seats.recount({pk: heads for pk, _, heads, _ in rows}, above, **words)


def take_back(cases: list) -> dict[int, int]:
    """Everybody back in the place of the year before. Raises Refused when a later act stands on one of them."""
    with mass_journal.whole_tables():
        mass_journal.restore_all(case.pk for case in cases)
    return {case.pk: 0 for case in cases}
