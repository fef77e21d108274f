"""The statements of the search. Every blocking key is an equality, so that each part is one hash join."""

CANDIDATES = """
WITH here AS MATERIALIZED (
    SELECT s.id, s.name, s.name_pinyin, s.former_name, s.sex, s.birth_date,
        to_char(s.birth_date, 'YYYYMMDD') AS birth, to_char(s.birth_date, 'YYYYDDMM') AS swapped,
        left(s.name, 1) AS first, right(s.name, 1) AS last, length(s.name) AS long
    FROM students_student s WHERE NOT s.status = ANY(%(out)s)
),
-- The same birthday: homophones, one character apart, a former name, the other sex.
day AS (
    SELECT x.id AS child, y.id AS other FROM here x JOIN here y
    ON y.birth_date = x.birth_date AND y.name_pinyin = x.name_pinyin AND y.id > x.id
    UNION SELECT x.id, y.id FROM here x JOIN here y
    ON y.birth_date = x.birth_date AND y.sex = x.sex AND y.long = x.long AND y.first = x.first AND y.id > x.id
    WHERE x.long > 2 AND (y.last = x.last OR left(y.name, -1) = left(x.name, -1))
    UNION SELECT x.id, y.id FROM here x JOIN here y
    ON y.birth_date = x.birth_date AND y.sex = x.sex AND y.long = x.long AND y.id > x.id
    AND substr(y.name, 2) = substr(x.name, 2)
    WHERE x.long > 2
),
-- The same name: day and month the other way round, one digit of the birthday wrong.
named AS (
    SELECT x.id AS child, y.id AS other FROM here x JOIN here y
    ON y.name = x.name AND y.sex = x.sex AND y.birth = x.swapped AND y.birth <> x.birth AND y.id <> x.id
    UNION SELECT x.id, y.id FROM here x JOIN here y
    ON y.name = x.name AND y.sex = x.sex AND y.id > x.id AND y.birth <> x.birth
    WHERE (
        SELECT count(*) FROM generate_series(1, 8) n WHERE substr(x.birth, n, 1) <> substr(y.birth, n, 1)
    ) = 1
    UNION SELECT x.id, y.id FROM here x JOIN here y
    ON y.former_name = x.name AND y.birth_date = x.birth_date AND y.id <> x.id
    WHERE y.former_name <> ''
    UNION SELECT x.id, y.id FROM here x JOIN here y
    ON y.name_pinyin = x.name_pinyin AND y.sex = x.sex AND y.birth = x.swapped AND y.birth <> x.birth AND y.id <> x.id
),
-- A number both have held, whatever else they are called.
shared AS (
    SELECT a.student_id AS child, b.student_id AS other
    FROM students_studentnumber a JOIN students_studentnumber b
    ON b.index = a.index AND b.student_id > a.student_id AND b.kind = a.kind
    JOIN here x ON x.id = a.student_id JOIN here y ON y.id = b.student_id
    WHERE NOT EXISTS (SELECT 1 FROM students_recordentry e WHERE e."table" = 'number' AND e.row IN (a.id, b.id))
),
pairs AS (
    SELECT child, other FROM day UNION SELECT child, other FROM named UNION SELECT child, other FROM shared
)
SELECT DISTINCT least(p.child, p.other), greatest(p.child, p.other) FROM pairs p
WHERE NOT EXISTS (
    SELECT 1 FROM students_problem q WHERE q.state IN ('open', 'proved') AND q.other_id IS NOT NULL
    AND q.child_id = least(p.child, p.other) AND q.other_id = greatest(p.child, p.other)
)
ORDER BY 1, 2
"""

PERSONS = """
SELECT s.id, s.wrapped_key, s.name, s.name_pinyin, s.former_name, s.sex, s.birth_date, s.id_type, d.cipher, g.cipher,
    (SELECT array_agg(n.index) FROM students_studentnumber n WHERE n.student_id = s.id), s.phone, s.home_address,
    (SELECT array_agg(f.name) FROM students_familymember f WHERE f.student_id = s.id AND f.name <> '')
FROM students_student s
LEFT JOIN students_studentnumber d ON d.student_id = s.id AND d.kind = 'id' AND d.until IS NULL
LEFT JOIN students_studentnumber g ON g.student_id = s.id AND g.kind = 'registry' AND g.until IS NULL
WHERE s.id = ANY(%s)
"""

# A decision stands while the facts it was made on stand.
TELL = """
WITH told AS (
    INSERT INTO students_likeness AS l (child_id, other_id, score, signs, digest, state, found_on)
    SELECT child, other, score, signs::jsonb, digest, 'open', %(today)s
    FROM unnest(%(children)s::bigint[], %(others)s::bigint[], %(scores)s::int[], %(signs)s::text[], %(digests)s::text[])
        r (child, other, score, signs, digest)
    ON CONFLICT (child_id, other_id) DO UPDATE SET
        score = EXCLUDED.score, signs = EXCLUDED.signs, digest = EXCLUDED.digest, state = 'open', closed_on = NULL,
        found_on = CASE WHEN l.state = 'open' THEN l.found_on ELSE EXCLUDED.found_on END
    WHERE l.state IN ('open', 'ended') OR l.digest <> EXCLUDED.digest
    RETURNING found_on, xmax = 0 AS fresh
)
SELECT count(*) FILTER (WHERE fresh) FROM told
"""

END = """
UPDATE students_likeness l SET state = 'ended', closed_on = %(today)s
WHERE l.state = 'open' AND NOT EXISTS (
    SELECT 1 FROM unnest(%(children)s::bigint[], %(others)s::bigint[]) r (child, other)
    WHERE r.child = l.child_id AND r.other = l.other_id
)
"""
