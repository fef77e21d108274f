-- A spell counts on a day when it lives at the end of that day: open + in - out = close, whatever the spells are.
events AS (
  SELECT child, sex, 'open' AS side, '' AS how, stage0 AS stage, cohort0 AS cohort FROM spells
    WHERE starts < %(first)s AND (ends IS NULL OR ends >= %(first)s)
  UNION ALL
  SELECT child, sex, 'in', came, stage0, cohort0 FROM spells WHERE starts BETWEEN %(first)s AND %(last)s
  UNION ALL
  SELECT child, sex, 'out', gone, stage1, cohort1 FROM spells WHERE ends BETWEEN %(first)s AND %(last)s
  UNION ALL
  SELECT child, sex, 'close', '', stage1, cohort1 FROM spells
    WHERE starts <= %(last)s AND (ends IS NULL OR ends > %(last)s)
  UNION ALL
  SELECT child, sex, 'out', CASE WHEN stage0 <> stage1 THEN '小学升初中' ELSE '年级调整' END, stage0, cohort0 FROM spells
    WHERE (stage0, cohort0) IS DISTINCT FROM (stage1, cohort1)
  UNION ALL
  SELECT child, sex, 'in', CASE WHEN stage0 <> stage1 THEN '小学升初中' ELSE '年级调整' END, stage1, cohort1 FROM spells
    WHERE (stage0, cohort0) IS DISTINCT FROM (stage1, cohort1))
