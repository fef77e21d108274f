"""Rows that never change after they were written, compared with the digest their event took of them."""

from django.db import connection

from .watching import VOUCHED, digest_of

ALTERED = """
WITH vouched AS (
    SELECT e.id, t->>'sha256' AS sha, array(SELECT jsonb_array_elements_text(t->'ids')) AS ids
    FROM audit_event e, jsonb_array_elements(e.touched) t
    WHERE e.kind = 'change' AND t->>'table' = '{table}' AND t->>'did' = 'insert' AND t ? 'sha256'
)
SELECT v.id, v.ids FROM vouched v
WHERE v.sha IS DISTINCT FROM (
    SELECT encode({digest}, 'hex')
    FROM {table} n WHERE n.id = ANY (v.ids::bigint[]))
ORDER BY 1 LIMIT 20
"""


def altered() -> list[str]:
    """A sentence for each event whose rows are no longer what they were."""
    found = []
    with connection.cursor() as cursor:
        for table in VOUCHED:
            cursor.execute(ALTERED.format(table=table, digest=digest_of(table, "id")))
            found += [f"{table} 的记录{'、'.join(ids)}与事件{event}所记不符" for event, ids in cursor.fetchall()]
    return found
