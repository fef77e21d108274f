-- 在校生数: a spell is a run of places in one year of entry at one school, 送教上门 left out. Going up a grade, and the
-- class next door, do not interrupt it; nor does a gap of one night between two school years.
places AS (
  SELECT p.id, p.enrolment_id, c.stage, c.cohort, c.school_id, p.starts, p.ends,
    lag(p.ends) OVER run >= p.starts - 1 AS goes_on
  FROM students_placement p
    JOIN schools_schoolclass c ON c.id = p.school_class_id
    JOIN students_enrolment e ON e.id = p.enrolment_id AND NOT e.voided
  WHERE c.kind <> 'home' AND c.school_id = ANY(%(schools)s) AND p.starts <= %(last)s + 1
    AND (p.ends IS NULL OR p.ends > p.starts AND p.ends >= %(first)s - 1)
  WINDOW run AS (PARTITION BY p.enrolment_id, c.stage, c.cohort, c.school_id ORDER BY p.starts, p.id)),
numbered AS (
  SELECT *, count(*) FILTER (WHERE goes_on IS NOT TRUE)
    OVER (PARTITION BY enrolment_id, stage, cohort, school_id ORDER BY starts, id) AS run
  FROM places),
runs AS (
  SELECT enrolment_id, stage, cohort, school_id, min(starts) AS starts,
    CASE WHEN bool_or(ends IS NULL) THEN NULL ELSE max(ends) END AS ends,
    (array_agg(id ORDER BY starts, id))[1] AS head, (array_agg(id ORDER BY starts DESC, id DESC))[1] AS tail
  FROM numbered GROUP BY enrolment_id, stage, cohort, school_id, run),
spells AS (
  SELECT l.student_id AS child, l.sex, r.starts, r.ends, r.stage AS stage0, r.cohort AS cohort0, r.stage AS stage1,
    r.cohort AS cohort1,
    CASE
      WHEN r.starts NOT BETWEEN %(first)s AND %(last)s THEN ''
      WHEN earlier.kind IS NULL AND (made.id IS NULL OR made.id = l.came_by_id) THEN l.came
      WHEN made.id IS NOT NULL THEN 'kind/' || made.kind
      WHEN before.kind = 'home' THEN '送教上门'
      WHEN before.stage <> r.stage THEN '小学升初中'
      WHEN before.kind IS NOT NULL THEN '年级调整'
      ELSE COALESCE('kind/' || came_then.kind, '') END AS came,
    CASE
      WHEN r.ends IS NULL OR r.ends NOT BETWEEN %(first)s AND %(last)s THEN ''
      WHEN r.ends = l.ended THEN l.gone
      WHEN ended.id IS NOT NULL THEN 'kind/' || ended.kind
      WHEN after.kind = 'home' THEN '送教上门'
      WHEN after.stage <> r.stage THEN '小学升初中'
      WHEN after.kind IS NOT NULL THEN '年级调整'
      ELSE COALESCE('kind/' || went_then.kind, '') END AS gone
  FROM runs r
    JOIN lives l ON l.id = r.enrolment_id
    LEFT JOIN LATERAL (  -- a place in this enrolment before the run
      SELECT c.kind FROM students_placement p JOIN schools_schoolclass c ON c.id = p.school_class_id
      WHERE p.enrolment_id = r.enrolment_id AND p.starts < r.starts AND p.ends > p.starts LIMIT 1) earlier
      ON r.starts BETWEEN %(first)s AND %(last)s
    LEFT JOIN LATERAL (  -- the place left as the run began
      SELECT c.kind, c.stage FROM students_placement p JOIN schools_schoolclass c ON c.id = p.school_class_id
      WHERE p.enrolment_id = r.enrolment_id AND p.ends BETWEEN r.starts - 1 AND r.starts AND p.ends > p.starts
      LIMIT 1) before ON r.starts BETWEEN %(first)s AND %(last)s
    LEFT JOIN LATERAL (  -- the place taken as the run ended
      SELECT c.kind, c.stage FROM students_placement p JOIN schools_schoolclass c ON c.id = p.school_class_id
      WHERE p.enrolment_id = r.enrolment_id AND p.starts BETWEEN r.ends AND r.ends + 1
        AND (p.ends IS NULL OR p.ends > p.starts)
      LIMIT 1) after ON r.ends BETWEEN %(first)s AND %(last)s
    LEFT JOIN LATERAL (  -- the decision that made the first place, by its journal
      SELECT k.id, k.kind FROM students_recordentry j JOIN approvals_case k ON k.id = j.case_id
      WHERE j.child_id = l.student_id AND j."table" = 'placement' AND j."row" = r.head AND j.before IS NULL
        AND k.state NOT IN ('undone', 'reverted')
      ORDER BY j.id DESC LIMIT 1) made ON r.starts BETWEEN %(first)s AND %(last)s
    LEFT JOIN LATERAL (  -- the decision that ended the last place, by its journal
      SELECT k.id, k.kind FROM students_recordentry j JOIN approvals_case k ON k.id = j.case_id
      WHERE j.child_id = l.student_id AND j."table" = 'placement' AND j."row" = r.tail AND j.before IS NOT NULL
        AND j.after ->> 'ends' IS NOT NULL AND k.state NOT IN ('undone', 'reverted')
      ORDER BY j.id DESC LIMIT 1) ended ON r.ends BETWEEN %(first)s AND %(last)s
    LEFT JOIN LATERAL (  -- a batch too large for a journal still has its subjects and its day
      SELECT k.kind FROM approvals_casesubject b JOIN approvals_case k ON k.id = b.case_id
      WHERE b.child_id = l.student_id AND k.closed_on = r.starts
        AND k.state NOT IN ('undone', 'reverted', 'refused', 'withdrawn')
      ORDER BY k.id DESC LIMIT 1) came_then ON r.starts BETWEEN %(first)s AND %(last)s
    LEFT JOIN LATERAL (
      SELECT k.kind FROM approvals_casesubject b JOIN approvals_case k ON k.id = b.case_id
      WHERE b.child_id = l.student_id AND k.closed_on = r.ends
        AND k.state NOT IN ('undone', 'reverted', 'refused', 'withdrawn')
      ORDER BY k.id DESC LIMIT 1) went_then ON r.ends BETWEEN %(first)s AND %(last)s)
