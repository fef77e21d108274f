"""What a graduation does: the last grade of one school, set-based; and the way back.

Grade 6 waits for its junior school with the enrolment still living at the primary school; grade 9 leaves with
毕业证书 or 修业证明, and its record is copied once more and frozen (第十一条第一款).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import connection

from law import articles, clock
from law.school_time import LAST_GRADE
from schools import seats
from schools.models import SchoolClass

from .. import mass_journal
from ..models.certificate import Certificate
from ..naming import GLANCED, glanced
from .calendar import turn_of
from .rolls import passed, unfit_names

# An array, so that rows are looked up child by child: of subjects just written the planner knows nothing yet.
_ARRAY = "ARRAY(SELECT child_id FROM approvals_casesubject WHERE case_id = %(case)s)"
_SUBJECTS = f"ANY({_ARRAY})"
# The children with their rows that change, as the journal wants them, and what each becomes.
_LEAVING = f"""SELECT child.id AS child, %(case)s::bigint AS case_id, e.id AS enrolment, p.id AS place,
        p.school_class_id AS class, {{becomes}} AS becomes
    FROM unnest({_ARRAY}) AS child (id)
    LEFT JOIN students_enrolment e ON e.student_id = child.id AND NOT e.voided AND upper_inf(e.during)
    LEFT JOIN students_placement p ON p.enrolment_id = e.id AND p.ends IS NULL"""
_BY_RESULT = f"CASE WHEN {passed('child')} THEN 'graduated' ELSE 'completed' END"
_PLACE_ENDS = ("place", {"ends": "GREATEST(t.starts, %(on)s)"})
_LEAVES_SCHOOL = (
    "enrolment",
    {
        "during": "daterange(lower(t.during), GREATEST(lower(t.during) + 1, %(on)s::date))",
        "left_by_id": "among.case_id",
        "left_how": "CASE among.becomes WHEN 'graduated' THEN '毕业' ELSE '修业期满' END",
    },
)


def listed(case) -> tuple[int, str]:
    """How many are on the list, and names of those who could not be put on it now."""
    children, names = unfit_names(case.year, case.lead_school_id, case.grade, case.pk, limit=GLANCED + 1)
    return children, glanced(names)


def graduate(case) -> dict[str, str]:
    """准予毕业: status, class, enrolment, seats, papers and the frozen copy. Returns what the step keeps."""
    on = min(clock.today(), turn_of(case.year))
    leaving = case.grade == LAST_GRADE
    changes = {"placement": _PLACE_ENDS, "student": ("child", {"status": "among.becomes"})}
    if leaving:
        changes["enrolment"] = _LEAVES_SCHOOL
    told = mass_journal.rewrite_together(
        changes,
        _LEAVING.format(becomes=_BY_RESULT if leaving else "'leaver'"),
        "SELECT class, becomes, count(*) FROM among GROUP BY 1, 2",
        case=case.pk,
        year=case.year,
        on=on,
    )
    if leaving:
        _make_out_papers(case)
        _freeze(case, on)
    seats.vacate_classes(_summed((school_class, count) for school_class, _, count in told if school_class), case.year)
    return {status: str(count) for status, count in sorted(_summed(row[1:] for row in told).items())}


def _summed(counts: Iterable[tuple]) -> Counter:
    """What each key comes to."""
    total: Counter = Counter()
    for key, count in counts:
        total[key] += count
    return total


def heads(case) -> dict[SchoolClass, int]:
    """How many of the list sit in each class now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT p.school_class_id, count(*) FROM unnest({_ARRAY}) AS child
                JOIN students_enrolment e ON e.student_id = child AND NOT e.voided
                JOIN students_placement p ON p.enrolment_id = e.id AND p.ends IS NULL GROUP BY 1""",
            {"case": case.pk},
        )
        counts = dict(cursor.fetchall())
    return {each: counts[each.pk] for each in SchoolClass.objects.filter(pk__in=counts)}


def _make_out_papers(case) -> None:
    """One paper a child: 毕业证书 waits for the city's number, 修业证明 is numbered at once (第三十二条)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH made AS (
                    SELECT s.id AS child, s.status, nextval(pg_get_serial_sequence('students_certificate', 'id')) AS id
                    FROM students_student s WHERE s.id = {_SUBJECTS} ORDER BY s.id)
                INSERT INTO students_certificate
                    (id, student_id, graduation_id, school_id, kind, number, year, issued_on, collected_by, voided)
                SELECT id, child, %(case)s, %(school)s,
                    CASE status WHEN 'graduated' THEN 'graduation' ELSE 'completion' END,
                    CASE status WHEN 'graduated' THEN '' ELSE '修' || (%(year)s + 1) || lpad(id::text, 6, '0') END,
                    %(year)s, CASE status WHEN 'graduated' THEN NULL ELSE %(today)s::date END, '', false FROM made""",
            {"case": case.pk, "school": case.lead_school_id, "year": case.year, "today": clock.today()},
        )


def _freeze(case, on: date) -> None:
    """The whole record and archive as they stand after the graduation; numbers stay sealed under the child's key."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH copied AS MATERIALIZED (SELECT s.id, jsonb_build_object(
                    'student', to_jsonb(s) - 'wrapped_key' - 'slug',
                    'numbers', (SELECT jsonb_agg(to_jsonb(n) - 'index' ORDER BY n.id) FROM students_studentnumber n
                        WHERE n.student_id = s.id),
                    'family', (SELECT jsonb_agg(to_jsonb(f) ORDER BY f.id) FROM students_familymember f
                        WHERE f.student_id = s.id),
                    'enrolments', (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.id) FROM students_enrolment e
                        WHERE e.student_id = s.id),
                    'placements', (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.id) FROM students_placement p
                        JOIN students_enrolment e ON e.id = p.enrolment_id WHERE e.student_id = s.id),
                    'archive', students_archive_of(s.id)
                ) AS content FROM students_student s WHERE s.id = {_SUBJECTS})
                INSERT INTO students_frozenrecord (student_id, graduation_id, taken_on, content, digest)
                SELECT id, %(case)s, %(on)s, content, encode(sha256(convert_to(content::text, 'UTF8')), 'hex')
                FROM copied ORDER BY id""",
            {"case": case.pk, "on": on},
        )


def _rows_of(sitting: dict[SchoolClass, int], year: int) -> list[tuple]:
    """(ledger row, children) of these classes, ids ascending."""
    found: dict[int, tuple] = {}
    for each, row in seats.rows_of_classes(sitting, year):
        _, before = found.get(row.pk, (row, 0))
        found[row.pk] = (row, before + sitting[each])
    return [found[pk] for pk in sorted(found)]


def take_back(case) -> None:
    """毕业回退: the record as it was, papers void, seats used again. Raises Refused."""
    mass_journal.restore_all([case.pk])
    Certificate.objects.filter(graduation_id=case.pk).update(voided=True)
    for row, count in _rows_of(heads(case), case.year):
        if (more := count - row.free_seats) > 0:
            reason = "毕业更正撤销，学生回到原班级"
            words = {"article": articles.DECISION_CORRECTED, "reason": reason, "case_number": case.number}
            seats.grant(row, more, on=clock.today(), **words)
        seats.occupy([row], count)
