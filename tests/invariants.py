"""What must be true of the whole database at every moment, whatever was done and in whatever order.

Each check is one statement over all rows and returns a sentence for everything it finds wrong; none of them asks the
code that made the rows. `broken()` asks them all in one statement, so that a random life can ask after every step.
"""

from functools import cache

from django.db import connection

from approvals.kinds import by_kind
from students.changes import RecordChange

# I1: at any instant at most one enrolment per child, exactly one (at the school of the record) while it lives here.
LIVES_ONCE = """
SELECT 'I1 child ' || a.student_id || ' lives twice' FROM students_enrolment a JOIN students_enrolment b
    ON a.student_id = b.student_id AND a.id < b.id AND a.during && b.during WHERE NOT a.voided AND NOT b.voided
UNION ALL
SELECT 'I1 child ' || s.id || ' is ' || s.status || ' and lives nowhere' FROM students_student s
    WHERE s.status IN ('enrolled', 'suspended', 'dropped_out', 'abroad') AND NOT EXISTS (
        SELECT 1 FROM students_enrolment e WHERE e.student_id = s.id AND NOT e.voided AND upper_inf(e.during))
UNION ALL
SELECT 'I1 child ' || s.id || ' lives at another school than its record says'
    FROM students_student s JOIN students_enrolment e ON e.student_id = s.id
    WHERE NOT e.voided AND upper_inf(e.during) AND e.school_id <> s.school_id
UNION ALL
SELECT 'I1 child ' || e.student_id || ' sits at another school than the one it attends'
    FROM students_placement p JOIN students_enrolment e ON e.id = p.enrolment_id
    JOIN schools_schoolclass c ON c.id = p.school_class_id
    WHERE p.ends IS NULL AND NOT e.voided AND c.school_id <> coalesce(e.attends_id, e.school_id)
UNION ALL
SELECT 'I1 child ' || s.id || ' is ' || s.status || ' and still lives'
    FROM students_student s JOIN students_enrolment e ON e.student_id = s.id
    WHERE NOT e.voided AND upper_inf(e.during) AND s.status IN ('deceased', 'moved_away', 'left', 'merged')
"""

# I2: seats used are the children who sit there, seats held those of open cases, never more than there are.
SEATS_ADD_UP = """
SELECT 'I2 seats ' || id || ' oversold' FROM schools_seats WHERE used + reserved > capacity + granted
UNION ALL
SELECT 'I2 seats ' || r.id || ' reserve ' || r.reserved || ', cases hold ' || coalesce(h.held, 0) FROM schools_seats r
    LEFT JOIN (SELECT seats_id, sum(count) held FROM approvals_seathold WHERE ended_on IS NULL GROUP BY 1) h
    ON h.seats_id = r.id WHERE r.reserved <> coalesce(h.held, 0)
UNION ALL
SELECT 'I2 seats ' || r.id || ' use ' || r.used || ', ' || coalesce(p.sitting, 0) || ' sit there' FROM schools_seats r
    LEFT JOIN (SELECT p.school_class_id, count(*) sitting FROM students_placement p
               JOIN students_enrolment e ON e.id = p.enrolment_id
               WHERE p.ends IS NULL AND NOT e.voided GROUP BY 1) p ON p.school_class_id = r.school_class_id
    WHERE r.school_class_id IS NOT NULL AND r.used <> coalesce(p.sitting, 0)
      AND r.year = (SELECT max(year) FROM schools_seats y WHERE y.school_id = r.school_id)
UNION ALL
SELECT 'I2 grade row ' || g.id || ' uses ' || g.used || ', its classes ' || sum(c.used) FROM schools_seats g
    JOIN schools_seats c ON c.school_id = g.school_id AND c.year = g.year AND c.grade = g.grade
    JOIN schools_schoolclass k ON k.id = c.school_class_id AND k.kind <> 'home'
    WHERE g.school_class_id IS NULL AND c.school_class_id IS NOT NULL GROUP BY g.id, g.used HAVING g.used <> sum(c.used)
"""

# I3: the steps of each case, in order, are moves its machine knows, and end where the case stands.
LEGAL_PATHS = """
SELECT 'I3 case ' || case_id || ': ' || action || ' left from ' || source || ', the case stood in ' || stood FROM (
    SELECT case_id, action, source, lag(target) OVER (PARTITION BY case_id ORDER BY id) stood
    FROM approvals_step WHERE action <> 'record_filing') walked WHERE stood <> source
UNION ALL
SELECT 'I3 case ' || s.case_id || ': no move ' || s.action || ' leads from ' || s.source || ' to ' || s.target
    FROM approvals_step s JOIN approvals_case c ON c.id = s.case_id
    WHERE s.action <> 'record_filing'
      AND NOT (c.kind || ' ' || s.action || ' ' || s.source || ' ' || s.target = ANY (%(moves)s))
UNION ALL
SELECT 'I3 case ' || c.id || ' stands in ' || c.state || ', its last step led to ' || s.target FROM approvals_case c
    JOIN LATERAL (SELECT target FROM approvals_step WHERE case_id = c.id ORDER BY id DESC LIMIT 1) s ON true
    WHERE s.target <> c.state
"""

# I4: the last event of each child's history is the row as it stands, no row is without one, no event without its row.
HISTORY_AGREES = """
SELECT 'I4 event ' || e.pgh_id || ' speaks of no child' FROM students_studentevent e
    WHERE NOT EXISTS (SELECT FROM students_student s WHERE s.id = e.pgh_obj_id)
UNION ALL
SELECT 'I4 child ' || s.id || ' differs from its last event' FROM students_student s LEFT JOIN LATERAL (
    SELECT * FROM students_studentevent e WHERE e.pgh_obj_id = s.id ORDER BY e.pgh_id DESC LIMIT 1) last ON true
    WHERE (s.status, s.school_id, s.name, s.birth_date, s.sex)
       IS DISTINCT FROM (last.status, last.school_id, last.name, last.birth_date, last.sex)
"""

# I5: an act is there wholly or not at all: an open change stands in the way of its child, a closed one holds nothing.
WHOLLY_OR_NOT = """
SELECT 'I5 case ' || c.id || ' is closed and still blocks child ' || s.child_id FROM approvals_casesubject s
    JOIN approvals_case c ON c.id = s.case_id WHERE s.blocking AND c.closed_on IS NOT NULL
UNION ALL
SELECT 'I5 case ' || c.id || ' is open and blocks nobody' FROM approvals_case c
    WHERE c.closed_on IS NULL AND NOT (c.kind = ANY (%(aside)s))
      AND NOT EXISTS (SELECT 1 FROM approvals_casesubject s WHERE s.case_id = c.id AND s.blocking)
UNION ALL
SELECT 'I5 child ' || s.child_id || ' has two open changes' FROM approvals_casesubject s
    JOIN approvals_case c ON c.id = s.case_id WHERE c.closed_on IS NULL AND s.blocking
    GROUP BY s.child_id HAVING count(*) > 1
UNION ALL
SELECT 'I5 closed case ' || h.case_id || ' still holds a seat' FROM approvals_seathold h
    JOIN approvals_case c ON c.id = h.case_id WHERE h.ended_on IS NULL AND c.closed_on IS NOT NULL
"""

# I6: the office was held on that day, and no desk was made and checked by one person in one round.
LAWFUL_SIGNATURES = """
SELECT 'I6 case ' || case_id || ': one person gave both signatures of ' || stage FROM approvals_step
    WHERE signature <> '' GROUP BY case_id, stage, round, actor_id HAVING count(DISTINCT signature) > 1
UNION ALL
SELECT 'I6 step ' || s.id || ' was signed outside an office' FROM approvals_step s
    LEFT JOIN accounts_appointment a ON a.id = s.appointment_id
    WHERE a.id IS NULL OR s.acted_on < a.starts OR s.acted_on >= a.ends
UNION ALL
SELECT 'I6 step ' || s.id || ' was signed by neither holder nor deputy' FROM approvals_step s
    JOIN accounts_appointment a ON a.id = s.appointment_id
    WHERE a.user_id <> s.actor_id AND NOT EXISTS (
        SELECT FROM accounts_deputy d WHERE d.appointment_id = a.id AND d.user_id = s.actor_id
        AND s.acted_on BETWEEN d.starts AND d.ends)
"""

# I10: a 学籍号 belongs to one child; its letter only goes L → G or J, J → G; one undone on its day counts for nothing.
NUMBERS_LAWFUL = """
SELECT 'I10 two children hold one number' FROM students_studentnumber
    WHERE kind = 'registry' AND until IS NULL GROUP BY index HAVING count(DISTINCT student_id) > 1
UNION ALL
SELECT 'I10 child ' || student_id || ': a number went from ' || before || ' to ' || letter FROM (
    SELECT student_id, letter, lag(letter) OVER (PARTITION BY student_id ORDER BY since, id) before
    FROM students_studentnumber WHERE kind = 'registry' AND until IS DISTINCT FROM since) numbers
    WHERE before <> letter AND before || letter NOT IN ('LG', 'LJ', 'JG')
UNION ALL
SELECT 'I10 child ' || s.id || ' was merged and still holds a number' FROM students_student s
    WHERE s.status = 'merged' AND EXISTS (
        SELECT FROM students_studentnumber n WHERE n.student_id = s.id AND n.until IS NULL)
"""

# I11: in the freeze no key field of a child in grade nine changes, by a decision (its legal day, its own words) or past
# every decision (the history, by the clock of the machine), except a typing error that the leader has exempted.
FREEZE_RESPECTED = """
(WITH nines AS (
    SELECT e.student_id child, p.starts, p.ends, c.cohort + 2 nine_in FROM students_placement p
    JOIN students_enrolment e ON e.id = p.enrolment_id AND NOT e.voided
    JOIN schools_schoolclass c ON c.id = p.school_class_id WHERE c.stage = 'junior'),
decided AS (
    SELECT r.child_id child, s.acted_on AS on_day, 'case ' || r.case_id AS who FROM students_recordentry r
    JOIN approvals_step s ON s.case_id = r.case_id AND s.action IN ('approve', 'grant_exception', 'undo')
    LEFT JOIN students_studentnumber n ON r."table" = 'number' AND n.id = r.row
    WHERE (n.kind = 'id' OR r."table" = 'student' AND r.before IS NOT NULL
           AND r.after ?| ARRAY['name', 'sex', 'birth_date', 'ethnicity', 'id_type'])
      AND NOT EXISTS (SELECT FROM students_correction k WHERE k.case_ptr_id = r.case_id
                      AND k.ground = 'mistyped' AND jsonb_array_length(k.exception_rules) > 0)),
written AS (
    SELECT pgh_obj_id child, (pgh_created_at AT TIME ZONE 'Asia/Shanghai')::date AS on_day, pgh_id,
        (name, sex, birth_date, ethnicity, id_type) IS DISTINCT FROM
        lag((name, sex, birth_date, ethnicity, id_type)) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS changed,
        row_number() OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS nth FROM students_studentevent),
by_hand AS (
    SELECT child, on_day, 'event ' || pgh_id AS who FROM written w WHERE changed AND nth > 1 AND NOT EXISTS (
        SELECT FROM students_recordentry r JOIN approvals_step s ON s.case_id = r.case_id
        WHERE r.child_id = w.child AND r."table" = 'student'
          AND (s.entered_at AT TIME ZONE 'Asia/Shanghai')::date = w.on_day))
SELECT DISTINCT 'I11 child ' || f.child || ': key fields changed in the freeze on ' || f.on_day || ' by ' || f.who
FROM (SELECT * FROM decided UNION ALL SELECT * FROM by_hand) f
JOIN law_window w ON w.kind = 'exam_freeze' AND f.on_day BETWEEN w.starts AND w.ends
JOIN nines n ON n.child = f.child AND n.starts <= f.on_day AND (n.ends IS NULL OR n.ends > f.on_day)
    AND n.nine_in = extract(year FROM f.on_day)::int - (extract(month FROM f.on_day) < 9)::int)
"""

CHECKS = (
    LIVES_ONCE,
    SEATS_ADD_UP,
    LEGAL_PATHS,
    HISTORY_AGREES,
    WHOLLY_OR_NOT,
    LAWFUL_SIGNATURES,
    NUMBERS_LAWFUL,
    FREEZE_RESPECTED,
)

# I10: no row of the record is ever physically deleted; `sizes()` may only grow.
GROWING = (
    "students_student",
    "students_studentnumber",
    "students_enrolment",
    "students_placement",
    "students_familymember",
    "students_recordentry",
    "approvals_case",
    "approvals_casesubject",
    "approvals_step",
    "approvals_seathold",
    "schools_seatgrant",
)


@cache
def lawful_moves() -> list[str]:
    """Every “kind action source target” that some machine declares."""
    found = set()
    for kind, model in by_kind().items():
        for t in model._meta.get_field("state").get_all_transitions(model):
            for target in getattr(t.target, "allowed_states", None) or [t.target]:
                found.add(f"{kind} {t.name} {t.source!s} {target!s}")
    return sorted(found)


# No change along a way of its own kind, and yet a child has one of them at a time.
ALSO_IN_THE_WAY = {"transfer", "graduation"}


@cache
def kinds_aside() -> list[str]:
    """Kinds that never stand in a child's way: those that precede every other, and those that change no child's record
    or change many at once.
    """
    changes = {kind for kind, model in by_kind().items() if issubclass(model, RecordChange) and not model.PRECEDES}
    return sorted(set(by_kind()) - changes - ALSO_IN_THE_WAY)


def broken(*, planned_once: bool = False) -> list[str]:
    """Every sentence of every check; empty when the record is right.

    `planned_once`: the session plans the statement at its first call only. While the county is small planning takes ten
    times as long as answering; where thousands of children come in between, the plan would be a bad one.
    """
    statement, given = "\nUNION ALL\n".join(CHECKS), {"moves": lawful_moves(), "aside": kinds_aside()}
    with connection.cursor() as cursor:
        if planned_once:
            # Asked of the session, which forgets: the driver drops what is planned when a transaction is rolled back.
            cursor.execute("SELECT FROM pg_prepared_statements WHERE name = 'invariants'")
            if not cursor.rowcount:
                cursor.execute(f"PREPARE invariants AS {statement}", given)
            cursor.execute("EXECUTE invariants")
        else:
            cursor.execute(statement, given)
        return [sentence for (sentence,) in cursor.fetchall()]


def sizes() -> dict[str, int]:
    """How many rows each growing table holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in GROWING))
        return dict(zip(GROWING, cursor.fetchone(), strict=True))
