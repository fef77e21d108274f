"""Every text that the database holds, whatever its table: for canaries that must not lie there in the clear."""

from django.db import connection

TEXTS = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped
AND (t.typcategory = 'S' OR t.typname IN ('json', 'jsonb', 'bytea', '_text', '_varchar', '_jsonb'))
AND has_column_privilege(c.oid, a.attnum, 'SELECT')
ORDER BY 1, 2
"""


def where_it_lies(*canaries: str) -> set[str]:
    """table.column of everything that says one of these, as text, as JSON, or as the bytes of the text."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(TEXTS)
        for table, column in cursor.fetchall():
            for canary in canaries:
                cursor.execute(
                    f'SELECT EXISTS (SELECT FROM "{table}" WHERE position(%s IN "{column}"::text) > 0'
                    f' OR position(%s IN "{column}"::text) > 0)',
                    [canary, canary.encode().hex()],
                )
                if cursor.fetchone()[0]:
                    found.add(f"{table}.{column}")
    return found
