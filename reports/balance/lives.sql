-- Enrolments that count, each with how it came and went; a transfer says its scope. Cases of the county that carry no
-- scope (随班就读, 专门教育) move a record inside the county.
lives AS (
  SELECT e.id, e.student_id, e.school_id, s.sex, lower(e.during) AS began, upper(e.during) AS ended,
    e.came_by_id, e.left_by_id,
    CASE WHEN e.came_how = '转入' THEN '转入/' || COALESCE(
        NULLIF(ct.scope, ''), CASE WHEN e.came_by_id IS NULL THEN '未登记' ELSE '县内' END)
      ELSE e.came_how END AS came,
    CASE WHEN e.left_how = '转出' THEN '转出/' || COALESCE(
        NULLIF(lt.scope, ''),
        CASE
          WHEN lo.to_division IS NULL THEN NULL
          WHEN left(lo.to_division, 2) <> left(home.division_id, 2) THEN '跨省'
          WHEN left(lo.to_division, 4) <> left(home.division_id, 4) THEN '省内跨市'
          WHEN left(lo.to_division, 6) <> left(home.division_id, 6) THEN '市内跨县'
          ELSE '县内' END,
        CASE WHEN e.left_by_id IS NULL OR cu.outside_school <> '' THEN '未登记' ELSE '县内' END)
      ELSE e.left_how END AS gone
  FROM students_enrolment e
    JOIN students_student s ON s.id = e.student_id
    JOIN schools_school home ON home.id = e.school_id
    LEFT JOIN transfers_transfer ct ON ct.case_ptr_id = e.came_by_id
    LEFT JOIN transfers_transfer lt ON lt.case_ptr_id = e.left_by_id
    LEFT JOIN transfers_outwardtransfer lo ON lo.case_ptr_id = e.left_by_id
    LEFT JOIN suspensions_custody cu ON cu.case_ptr_id = e.left_by_id
  WHERE NOT e.voided AND lower(e.during) <= %(last)s AND (upper(e.during) IS NULL OR upper(e.during) >= %(first)s))
