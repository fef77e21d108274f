"""The one statement of the board: every leaver once, each thing known about it gathered once and joined.

Who is a leaver is asked of `students.leavers.cohort`, so that board and intake cannot differ about it.
"""

from django.db.models import F, Q

from students.leavers.cohort import last_places

# The first that fits: what ends or suspends a record speaks before the class the child may still be listed in.
BOARD = """
WITH leavers AS MATERIALIZED ({leavers}),
seat AS MATERIALIZED (
    SELECT e.student_id, c.school_id, c.number, c.cohort, c.kind FROM leavers l
    JOIN students_enrolment e ON e.student_id = l.child AND NOT e.voided AND upper_inf(e.during)
    JOIN students_placement p ON p.enrolment_id = e.id AND p.ends IS NULL
    JOIN schools_schoolclass c ON c.id = p.school_class_id AND c.stage = 'junior'),
finding AS MATERIALIZED (
    SELECT DISTINCT ON (v.child_id) v.child_id, i.outcome, i.place, i.proof,
        count(*) OVER (PARTITION BY v.child_id) AS inquiries
    FROM suspensions_leaverinquiry i JOIN suspensions_visit v ON v.id = i.visit_id
    WHERE i.year = %(year)s ORDER BY v.child_id, i.id DESC),
busy AS MATERIALIZED (
    SELECT s.child_id, c.kind, c.number FROM approvals_casesubject s JOIN approvals_case c ON c.id = s.case_id
    WHERE s.blocking AND c.kind IN ('dropout', 'grade7_intake')),
assigned AS MATERIALIZED (
    SELECT child_id, school_id FROM students_leaverdestination WHERE year = %(year)s AND ended_by_id IS NULL),
nearest AS MATERIALIZED (
    SELECT p.id AS "primary", (
        SELECT j.id FROM schools_school j WHERE j.closed_on IS NULL AND (
            j.id = p.id AND j.kind <> 'primary' OR j.division_id = p.division_id AND j.bureau_id = p.bureau_id
            AND j.kind IN ('junior', 'nine_year'))
        ORDER BY CASE WHEN j.id = p.id THEN 0 WHEN j.kind = 'junior' THEN 1 ELSE 2 END, j.code LIMIT 1) AS school_id
    FROM schools_school p WHERE p.id IN (SELECT "primary" FROM leavers)),
board AS (
    SELECT l.child, l.slug, l.name, l.sex, l.status, l."primary", l.primary_class, l.pinyin,
        coalesce(seat.school_id, assigned.school_id, nearest.school_id) AS pair,
        seat.number AS junior_class, seat.cohort AS junior_cohort,
        CASE
            WHEN l.status = 'deceased' THEN 'deceased'
            WHEN l.status = 'left' THEN 'left'
            WHEN l.status = 'abroad' THEN 'abroad'
            WHEN l.status = 'in_custody' THEN 'custody'
            WHEN l.status = 'suspended' THEN 'suspended'
            WHEN l.status = 'dropped_out' THEN 'dropped'
            WHEN l.status = 'moved_away' THEN 'outside'
            WHEN busy.kind = 'dropout' THEN 'suspected'
            WHEN seat.kind = 'home' THEN 'home'
            WHEN seat.school_id IS NOT NULL THEN 'junior'
            WHEN finding.outcome IN ('outside', 'deferred') THEN finding.outcome
            ELSE 'blank'
        END AS "where",
        coalesce(finding.outcome, '') AS found, coalesce(finding.place, '') AS place,
        coalesce(finding.proof, '') AS proof, coalesce(finding.inquiries, 0) AS inquiries,
        CASE WHEN busy.kind = 'dropout' THEN busy.number ELSE '' END AS dropout,
        CASE WHEN busy.kind = 'grade7_intake' THEN busy.number ELSE '' END AS intake
    FROM leavers l
    LEFT JOIN seat ON seat.student_id = l.child
    LEFT JOIN finding ON finding.child_id = l.child
    LEFT JOIN busy ON busy.child_id = l.child
    LEFT JOIN assigned ON assigned.child_id = l.child
    LEFT JOIN nearest ON nearest."primary" = l."primary")
SELECT child, slug, name, sex, status, "primary", primary_class, pair, junior_class, junior_cohort, "where",
    found, place, proof, inquiries, dropout, intake
FROM board
WHERE (%(child)s::bigint IS NULL OR child = %(child)s)
    AND (%(blank)s::boolean IS NOT TRUE OR "where" = 'blank')
    AND (%(schools)s::bigint[] IS NULL OR "primary" = ANY (%(schools)s) OR pair = ANY (%(schools)s))
    AND (%(first)s::bigint IS NULL OR "primary" = %(first)s AND pair IS NOT DISTINCT FROM %(second)s::bigint)
ORDER BY primary_class, pinyin, child
"""


def statement(year: int, *, primary: int | None = None, child: int | None = None) -> tuple[str, dict]:
    """The SQL with the leavers of this year written in, and the parameters these bring.

    For one primary school, or one child, nobody else is looked for: a pair that signs does not read the whole county.
    """
    which = Q(enrolment__school=primary) if primary else Q()
    which &= Q(enrolment__student=child) if child else Q()
    named = (
        last_places(year, which)
        .order_by()
        .values(
            child=F("enrolment__student"),
            slug=F("enrolment__student__slug"),
            name=F("enrolment__student__name"),
            sex=F("enrolment__student__sex"),
            status=F("enrolment__student__status"),
            pinyin=F("enrolment__student__name_pinyin"),
            primary=F("enrolment__school"),
            primary_class=F("school_class__number"),
        )
    )
    sql, params = named.query.sql_with_params()
    given = {f"p{n}": value for n, value in enumerate(params)}
    return BOARD.replace("{leavers}", sql % tuple(f"%(p{n})s" for n in range(len(params)))), given | {"year": year}
