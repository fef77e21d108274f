"""Rows that never change after they were written, compared with the digest their event took of them.

Data fixes of before their addresses were sealed were vouched for in plain text: of these, what they say when opened
must have that digest.
"""

import json
from collections.abc import Callable, Iterator
from itertools import islice

from django.db import connection

from .watching import VOUCHED, digest_of

MOST_NAMED = 20
# How a row with sealed values is read; the vault, which stands above, says it.
_open: Callable[[dict], dict] = dict

ALTERED = """
WITH vouched AS (
    SELECT e.id, t->>'sha256' AS sha, array(SELECT jsonb_array_elements_text(t->'ids')) AS ids
    FROM audit_event e, jsonb_array_elements(e.touched) t
    WHERE e.kind = 'change' AND t->>'table' = '{table}' AND t->>'did' = 'insert' AND t ? 'sha256'
)
SELECT v.id, v.sha, v.ids FROM vouched v
WHERE v.sha IS DISTINCT FROM (
    SELECT encode({digest}, 'hex')
    FROM {table} n WHERE n.id = ANY (v.ids::bigint[]))
ORDER BY 1
"""
ROWS = "SELECT to_jsonb(n)::text FROM {table} n WHERE n.id = ANY (%s::bigint[])"
SAID = "SELECT encode({digest}, 'hex') = %s FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) n"


def rows_are_read_by(opening: Callable[[dict], dict]) -> None:
    """Tell how the values of a row are opened; what cannot be opened stays as it is."""
    global _open
    _open = opening


def altered() -> list[str]:
    """A sentence for each event whose rows are no longer what they were."""
    return [
        f"{table} 的记录{'、'.join(ids)}与事件{event}所记不符"
        for table in VOUCHED
        for event, ids in islice(_altered(table), MOST_NAMED)
    ]


def _altered(table: str) -> Iterator[tuple[int, list[str]]]:
    """(event, numbers of its rows) for each event that does not find its rows as it left them."""
    digest = digest_of(table, "id")
    with connection.cursor() as cursor:
        cursor.execute(ALTERED.format(table=table, digest=digest))
        for event, sha, ids in cursor.fetchall():
            cursor.execute(ROWS.format(table=table), [ids])
            rows = json.dumps([_open(json.loads(row)) for (row,) in cursor.fetchall()], ensure_ascii=False)
            cursor.execute(SAID.format(table=table, digest=digest), [sha, rows])
            if cursor.fetchone() != (True,):
                yield event, ids
