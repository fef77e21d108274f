"""What a promotion does at one school: the places of the year end, those of the next begin in the same class.

The ledger of the next year counts who sits in its classes; a class that is larger than its seats is granted what it is
(第八条). An undo leaves the ledger: the same children sit in the same classes before and after.
"""

from django.db import connection

from law import articles, clock, parameters
from schools import seats

from .. import mass_journal
from .calendar import turn_of
from .rolls import MOVING_UP

REASON = "升级时原有班级人数超过学位数"
_MOVED = "SELECT e.row FROM students_recordentry e WHERE e.case_id = %(case)s AND e.table = 'placement'"
_WHOSE = "(SELECT id, student_id AS child FROM students_enrolment) whose ON whose.id = t.enrolment_id"
_EXCESS = """
WITH sitting AS (
    SELECT p.school_class_id AS class, count(*) AS heads, bool_or(c.kind = 'home') AS at_home FROM students_placement p
    JOIN students_enrolment e ON e.id = p.enrolment_id AND NOT e.voided
    JOIN schools_schoolclass c ON c.id = p.school_class_id AND c.school_id = %(school)s
    WHERE p.ends IS NULL GROUP BY 1),
rows AS (SELECT r.*, coalesce(n.heads, 0) AS heads, coalesce(n.at_home, false) AS at_home FROM schools_seats r
    LEFT JOIN sitting n ON n.class = r.school_class_id
    WHERE r.school_id = %(school)s AND r.year = %(year)s),
counted AS (SELECT r.id, r.used, r.capacity, r.granted, r.reserved,
        CASE WHEN r.school_class_id IS NULL
            THEN (SELECT sum(CASE WHEN o.at_home THEN 0 ELSE o.heads END) FROM rows o
                WHERE o.grade = r.grade AND o.school_class_id IS NOT NULL)
            ELSE r.heads END AS heads
    FROM rows r)
SELECT id, heads, GREATEST(heads + reserved - capacity - granted, 0) FROM counted
WHERE heads IS NOT NULL AND heads <> used ORDER BY id
"""


def promote(case) -> int:
    """Everybody in a class whose next grade exists, seen afresh; returns how many moved up. Twice changes nothing."""
    year, numbers = case.year, parameters.on(clock.today())
    dropouts = numbers["promotion.dropout_advances"]
    params = {"schools": [case.lead_school_id], "dropouts": dropouts, "year": year, "turn": turn_of(year)}
    ends = {"ends": "GREATEST(t.starts, %(turn)s)"}
    moved = mass_journal.rewrite(case, "placement", ends, MOVING_UP, **params)
    mass_journal.bring_forth(
        case,
        "placement",
        ("enrolment_id", "school_class_id", "year", "starts"),
        f"""SELECT p.enrolment_id, p.school_class_id, %(year)s + 1, p.ends FROM students_placement p
            WHERE p.id IN ({_MOVED})""",
        _WHOSE,
        **params,
    )
    name_children(case)
    open_ledger(case, year + 1, numbers["class.cap"])
    return moved


def name_children(case) -> None:
    """Those who moved up are the subjects of the case; it stands in nobody's way."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO approvals_casesubject (case_id, child_id, blocking)
               SELECT case_id, child_id, false FROM students_recordentry WHERE case_id = %s AND before IS NULL""",
            [case.pk],
        )


def open_ledger(case, year: int, cap: int) -> None:
    """The rows of the new year say who sits there; what is above the seats is granted by number and article."""
    seats.ensure_rows(case.lead_school_id, year, cap)
    with connection.cursor() as cursor:
        cursor.execute(_EXCESS, {"school": case.lead_school_id, "year": year})
        rows = cursor.fetchall()
    words = {"article": articles.NO_FALSE_RECORD, "reason": REASON, "on": clock.today(), "case_number": case.number}
    seats.recount({pk: heads for pk, heads, _ in rows}, {pk: more for pk, _, more in rows if more}, **words)


def take_back(case) -> None:
    """Everybody back in the place of the year before. Raises Refused when a later act stands on one of them."""
    mass_journal.restore_all(case)
