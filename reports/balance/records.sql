-- 学籍数: a spell is an enrolment. Its year of entry is that of the place nearest to the edge of the span: the latest
-- before it, else the first after it; a child without a place has none.
spells AS (
  SELECT l.student_id AS child, l.sex, l.began AS starts, l.ended AS ends, l.came, l.gone,
    a.stage AS stage0, a.cohort AS cohort0, z.stage AS stage1, z.cohort AS cohort1
  FROM lives l
    LEFT JOIN LATERAL (
      SELECT c.stage, c.cohort FROM students_placement p JOIN schools_schoolclass c ON c.id = p.school_class_id
      WHERE p.enrolment_id = l.id AND (p.ends IS NULL OR p.ends > p.starts)
      ORDER BY p.starts >= %(first)s, abs(p.starts - %(first)s), p.id LIMIT 1) a ON true
    LEFT JOIN LATERAL (
      SELECT c.stage, c.cohort FROM students_placement p JOIN schools_schoolclass c ON c.id = p.school_class_id
      WHERE p.enrolment_id = l.id AND (p.ends IS NULL OR p.ends > p.starts)
      ORDER BY p.starts > %(last)s, abs(p.starts - %(last)s), p.id LIMIT 1) z ON true
  WHERE l.school_id = ANY(%(schools)s))
