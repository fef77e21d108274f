"""The statements of the comparison: everything is done to all rows at once, inside one transaction."""

STAGING = """
CREATE TEMP TABLE agreement_rows (
    "row" int PRIMARY KEY, name text, sex text, birth date, id_index bytea, id_tail text, says jsonb,
    registry_index bytea, registry_shown text, school_id bigint, class_id bigint, class_text text, given jsonb,
    unread text[]
) ON COMMIT DROP
"""

# Whom a row means: by the number held now, else by one held before; a merged record stands for its survivor.
MATCH = """
CREATE TEMP TABLE agreement_match ON COMMIT DROP AS
SELECT DISTINCT ON (r."row") r."row", coalesce(m.merged_into_id, s.merged_into_id, s.id) AS student
FROM (
    SELECT "row", id_index AS index, 0 AS kind FROM agreement_rows WHERE id_index IS NOT NULL
    UNION ALL SELECT "row", registry_index, 1 FROM agreement_rows WHERE registry_index IS NOT NULL
) r
JOIN students_studentnumber n ON n.index = r.index
JOIN students_student s ON s.id = n.student_id AND s.status <> ALL(%(no_record)s)
JOIN schools_school k ON k.id = s.school_id AND k.bureau_id = %(bureau)s
LEFT JOIN students_student m ON m.id = s.merged_into_id
ORDER BY r."row", n.until IS NOT NULL, r.kind
"""

# Rows whose numbers nobody holds: the one child of the same name, sex and birth date whom no row means yet. Two
# different ID numbers are two people, unless both stand at the same school.
MATCH_BY_NAME = """
INSERT INTO agreement_match
SELECT min(r."row"), min(s.id)
FROM agreement_rows r
JOIN students_student s ON s.name = r.name AND s.sex = r.sex AND s.birth_date = r.birth AND s.status = ANY(%(roll)s)
JOIN schools_school k ON k.id = s.school_id AND k.bureau_id = %(bureau)s
LEFT JOIN students_studentnumber n ON n.student_id = s.id AND n.kind = 'id' AND n.until IS NULL
WHERE NOT EXISTS (SELECT 1 FROM agreement_match m WHERE m."row" = r."row")
AND NOT EXISTS (SELECT 1 FROM agreement_match m WHERE m.student = s.id)
AND (r.id_index IS NULL OR n.id IS NULL OR s.school_id = r.school_id)
AND (%(school)s::bigint IS NULL OR s.school_id = %(school)s)
GROUP BY r.name, r.sex, r.birth
HAVING count(DISTINCT r."row") = 1 AND count(DISTINCT s.id) = 1
"""

# Two rows that mean one child: the first counts.
TWICE = """
DELETE FROM agreement_match m USING agreement_match first
WHERE first.student = m.student AND first."row" < m."row"
RETURNING m."row", first."row"
"""

FOUND = """
CREATE TEMP TABLE agreement_found (
    what text, subject text, field text, student bigint, school_id bigint, name text, tail text, ours text,
    theirs text, theirs_index bytea, reason text, "case" bigint
) ON COMMIT DROP
"""

# What both sides keep in columns of the child: one containment per child, fields only of those who differ. Without
# OFFSET 0 the planner would draw the document into every place that reads it, and build it again for every field.
DIFFERING_FIELDS = """
INSERT INTO agreement_found
SELECT 'differs', 's' || o.id, e.key, o.id, o.school_id, o.name, coalesce(n.tail, ''),
    left(coalesce(o.doc ->> e.key, ''), %(longest)s), left(coalesce(e.value, ''), %(longest)s), NULL,
    CASE
        WHEN n.index = o.id_index AND o.says ? e.key AND o.says ->> e.key = o.doc ->> e.key THEN 'number_ours'
        WHEN n.index = o.id_index AND o.says ? e.key AND o.says ->> e.key = e.value THEN 'number_ceims'
        WHEN coalesce(e.value, '') = '' THEN 'blank_there'
        WHEN coalesce(o.doc ->> e.key, '') = '' THEN 'blank_here'
        WHEN e.key = ANY(%(volatile)s) THEN 'kept_here'
        WHEN e.key = ANY(%(key)s) THEN 'book'
        ELSE 'compare'
    END
FROM (
    SELECT * FROM (
        SELECT s.id, s.school_id, s.name, r.id_index, r.says, r.given, jsonb_build_object({columns}) AS doc
        FROM agreement_match m JOIN agreement_rows r USING ("row") JOIN students_student s ON s.id = m.student
        WHERE s.status = ANY(%(roll)s) AND (%(school)s::bigint IS NULL OR s.school_id = %(school)s)
        OFFSET 0
    ) every
    WHERE NOT doc @> given OFFSET 0
) o
LEFT JOIN students_studentnumber n ON n.student_id = o.id AND n.kind = 'id' AND n.until IS NULL
CROSS JOIN LATERAL jsonb_each_text(o.given) e
WHERE (o.doc ->> e.key) IS DISTINCT FROM e.value
"""

# Numbers by their keyed fingerprints; only the last four are written down.
DIFFERING_NUMBERS = """
INSERT INTO agreement_found
SELECT 'differs', 's' || s.id, f.field, s.id, s.school_id, s.name, coalesce(d.tail, ''), f.ours, f.theirs,
    f.their_index,
    CASE
        WHEN f.their_index IS NULL THEN 'blank_there'
        WHEN f.field = 'registry_number' AND g.letter IS DISTINCT FROM 'G' AND f.theirs ~ '^[GJ]'
            AND coalesce(g.letter, 'L') IN ('L', 'J') AND NOT (g.letter = 'J' AND f.theirs ~ '^J') THEN 'issued'
        WHEN f.our_index IS NULL THEN 'blank_here'
        WHEN f.field = 'id_number' THEN 'book'
        ELSE 'compare'
    END
FROM agreement_match m JOIN agreement_rows r USING ("row") JOIN students_student s ON s.id = m.student
LEFT JOIN students_studentnumber d ON d.student_id = s.id AND d.kind = 'id' AND d.until IS NULL
LEFT JOIN students_studentnumber g ON g.student_id = s.id AND g.kind = 'registry' AND g.until IS NULL
CROSS JOIN LATERAL (VALUES
    ('id_number', d.index, r.id_index, coalesce(d.tail, ''), r.id_tail),
    ('registry_number', g.index, r.registry_index, coalesce(g.letter || repeat('*', 14) || g.tail, ''),
        r.registry_shown)
) f (field, our_index, their_index, ours, theirs)
WHERE s.status = ANY(%(roll)s) AND (%(school)s::bigint IS NULL OR s.school_id = %(school)s)
AND f.field = ANY(%(compared)s) AND NOT f.field = ANY(r.unread) AND f.our_index IS DISTINCT FROM f.their_index
"""

DIFFERING_PLACES = """
INSERT INTO agreement_found
SELECT 'differs', 's' || s.id, f.field, s.id, s.school_id, s.name, coalesce(n.tail, ''), f.ours, f.theirs, NULL,
    'compare'
FROM agreement_match m JOIN agreement_rows r USING ("row") JOIN students_student s ON s.id = m.student
JOIN schools_school k ON k.id = s.school_id
LEFT JOIN schools_school t ON t.id = r.school_id
LEFT JOIN students_studentnumber n ON n.student_id = s.id AND n.kind = 'id' AND n.until IS NULL
LEFT JOIN LATERAL (
    SELECT c.id, c.cohort || '级' || c.number || '班' AS words
    FROM students_placement p JOIN students_enrolment e ON e.id = p.enrolment_id AND NOT e.voided
    JOIN schools_schoolclass c ON c.id = p.school_class_id
    WHERE e.student_id = s.id AND p.ends IS NULL LIMIT 1
) c ON true
CROSS JOIN LATERAL (VALUES
    ('school_code', r.school_id IS NOT NULL AND r.school_id <> s.school_id, k.short_name, t.short_name),
    ('class_number', r.class_id IS NOT NULL AND r.school_id = s.school_id AND r.class_id IS DISTINCT FROM c.id,
        coalesce(c.words, ''), r.class_text)
) f (field, differs, ours, theirs)
WHERE s.status = ANY(%(roll)s) AND (%(school)s::bigint IS NULL OR s.school_id = %(school)s)
AND f.differs AND f.field = ANY(%(compared)s)
"""

ONLY_HERE = """
INSERT INTO agreement_found
SELECT 'only_here', 's' || s.id, '', s.id, s.school_id, s.name, coalesce(n.tail, ''), '', '', NULL, 'not_there'
FROM students_student s JOIN schools_school k ON k.id = s.school_id AND k.bureau_id = %(bureau)s
LEFT JOIN students_studentnumber n ON n.student_id = s.id AND n.kind = 'id' AND n.until IS NULL
WHERE s.status = ANY(%(roll)s) AND (%(school)s::bigint IS NULL OR s.school_id = %(school)s)
AND NOT EXISTS (SELECT 1 FROM agreement_match m WHERE m.student = s.id)
"""

# Rows that mean nobody on the roll here: nobody at all, a child that has left, or, for a school, another school's child
# (of whom the school learns nothing but that).
ONLY_THERE = """
INSERT INTO agreement_found
SELECT DISTINCT ON (f.subject) 'only_there', f.subject, '', f.student, r.school_id, r.name, r.id_tail, f.ours,
    r.class_text, NULL, f.reason
FROM agreement_rows r LEFT JOIN agreement_match m USING ("row") LEFT JOIN students_student s ON s.id = m.student
CROSS JOIN LATERAL (
    SELECT s.id IS NOT NULL AND s.school_id <> coalesce(%(school)s::bigint, s.school_id)
) a (foreign_child)
CROSS JOIN LATERAL (SELECT
    CASE WHEN s.id IS NULL OR a.foreign_child
        THEN 'n' || encode(coalesce(
            r.id_index, r.registry_index, sha256(convert_to(concat_ws('|', r.name, r.sex, r.birth), 'UTF8'))
        ), 'hex')
        ELSE 's' || s.id END,
    CASE WHEN a.foreign_child THEN NULL ELSE s.id END,
    CASE WHEN s.id IS NULL OR a.foreign_child THEN '' ELSE s.status END,
    CASE WHEN s.id IS NULL THEN 'not_here' WHEN a.foreign_child THEN 'elsewhere'
        WHEN s.status = 'pending' THEN 'pending' ELSE 'left' END
) f (subject, student, ours, reason)
WHERE (s.id IS NULL OR a.foreign_child OR NOT s.status = ANY(%(roll)s))
AND NOT EXISTS (SELECT 1 FROM unnest(%(twice)s::int[]) t WHERE t = r."row")
ORDER BY f.subject, r."row"
"""

# A decision of ours that CEIMS has not got yet explains what it changed: a correction its own fields, anything else
# where and whether the child is.
EXPLAINED_BY_FILING = """
UPDATE agreement_found f SET "case" = w.case_id, reason = CASE WHEN w.filed_on IS NULL THEN 'unfiled' ELSE 'entered' END
FROM (
    SELECT DISTINCT ON (f.subject, f.field) f.subject, f.field, f.what, g.case_id, g.filed_on
    FROM agreement_found f
    JOIN approvals_casesubject j ON j.child_id = f.student
    JOIN approvals_case c ON c.id = j.case_id
    JOIN approvals_ceimsfiling g ON g.case_id = c.id AND g.confirmed_on IS NULL AND NOT g.needless
    WHERE CASE WHEN c.kind = 'correction'
        THEN EXISTS (SELECT 1 FROM students_correctionitem i WHERE i.case_id = c.id AND i.field = f.field)
        ELSE f.field = ANY(%(moved)s) END
    ORDER BY f.subject, f.field, g.decided_on DESC, g.id DESC
) w
WHERE w.subject = f.subject AND w.field = f.field AND w.what = f.what
"""

EXPLAINED_BY_CASE = """
UPDATE agreement_found f SET "case" = w.case_id, reason = 'in_hand'
FROM (
    SELECT DISTINCT ON (f.subject, f.field) f.subject, f.field, f.what, c.id AS case_id
    FROM agreement_found f
    JOIN approvals_casesubject j ON j.child_id = f.student AND j.blocking
    JOIN approvals_case c ON c.id = j.case_id
    WHERE f."case" IS NULL AND CASE WHEN c.kind = 'correction'
        THEN EXISTS (SELECT 1 FROM students_correctionitem i WHERE i.case_id = c.id AND i.field = f.field)
        ELSE f.field = ANY(%(moved)s) END
    ORDER BY f.subject, f.field, c.id DESC
) w
WHERE w.subject = f.subject AND w.field = f.field AND w.what = f.what
"""

# Written once; seen again it is the same task, unless it had closed or says something else now.
TELL = """
INSERT INTO students_difference AS d (
    bureau_id, school_id, what, subject, field, student_id, name, tail, ours, theirs, theirs_index, reason, side,
    case_id, state, confirmed, found_on, opened_in_id, seen_in_id
)
SELECT %(bureau)s, f.school_id, f.what, f.subject, f.field, f.student, f.name, f.tail, f.ours, f.theirs, f.theirs_index,
    f.reason, p.side, f."case", 'open', '', %(today)s, %(file)s, %(file)s
FROM agreement_found f JOIN unnest(%(reasons)s::text[], %(sides)s::text[]) p (reason, side) USING (reason)
ON CONFLICT (bureau_id, what, subject, field) DO UPDATE SET
    school_id = EXCLUDED.school_id, student_id = EXCLUDED.student_id, name = EXCLUDED.name, tail = EXCLUDED.tail,
    ours = EXCLUDED.ours, theirs = EXCLUDED.theirs, theirs_index = EXCLUDED.theirs_index, reason = EXCLUDED.reason,
    side = EXCLUDED.side, case_id = EXCLUDED.case_id, seen_in_id = EXCLUDED.seen_in_id,
    state = CASE WHEN {moved} THEN 'open' ELSE d.state END, confirmed = CASE WHEN {moved} THEN '' ELSE d.confirmed END,
    found_on = CASE WHEN {moved} THEN EXCLUDED.found_on ELSE d.found_on END,
    opened_in_id = CASE WHEN {moved} THEN EXCLUDED.opened_in_id ELSE d.opened_in_id END,
    closed_on = NULL, closed_in_id = NULL
""".format(
    moved="d.state = 'closed' OR (d.ours, d.theirs, d.theirs_index)"
    " IS DISTINCT FROM (EXCLUDED.ours, EXCLUDED.theirs, EXCLUDED.theirs_index)"
)

# Not found any more: closed, where this file could have told. A field it does not carry, or could not read, stays.
CLOSE = """
UPDATE students_difference d SET state = 'closed', closed_on = %(today)s, closed_in_id = %(file)s
WHERE d.bureau_id = %(bureau)s AND d.state <> 'closed' AND d.seen_in_id <> %(file)s
AND (%(school)s::bigint IS NULL OR d.school_id = %(school)s)
AND NOT (d.what = 'differs' AND (NOT d.field = ANY(%(compared)s) OR EXISTS (
    SELECT 1 FROM agreement_match m JOIN agreement_rows r USING ("row")
    WHERE m.student = d.student_id AND d.field = ANY(r.unread)
)))
"""

COUNTS = """
SELECT
    (SELECT count(*) FROM agreement_match m JOIN students_student s ON s.id = m.student AND s.status = ANY(%(roll)s)),
    count(*) FILTER (WHERE d.seen_in_id = %(file)s AND d.what = 'only_here'),
    count(*) FILTER (WHERE d.seen_in_id = %(file)s AND d.what = 'only_there'),
    count(*) FILTER (WHERE d.seen_in_id = %(file)s AND d.what = 'differs'),
    count(*) FILTER (WHERE d.opened_in_id = %(file)s),
    count(*) FILTER (WHERE d.closed_in_id = %(file)s),
    count(DISTINCT d.subject) FILTER (WHERE d.seen_in_id = %(file)s)
FROM students_difference d WHERE d.bureau_id = %(bureau)s
"""
