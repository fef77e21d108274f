"""Records made one with others (第八条): what was kept of the record that ended goes on in the one that stays.

Nothing is copied or moved: the archive of a child is read together with that of every record merged into it, so that a
merge taken back leaves each as it was.
"""

from collections.abc import Iterable

from django.db import connection

# Every record that ended in another, with the record where it all came together.
MERGED = """
RECURSIVE merged (id, into_id) AS (
    SELECT id, merged_into_id FROM students_student WHERE merged_into_id IS NOT NULL
    UNION ALL
    SELECT merged.id, further.merged_into_id FROM merged JOIN students_student further
        ON further.id = merged.into_id WHERE further.merged_into_id IS NOT NULL
)
"""
KIN = f"WITH {MERGED} SELECT DISTINCT id, into_id FROM merged WHERE into_id = ANY(%s)"  # noqa: S608 — no values in it


def kin_of(children: Iterable[int]) -> dict[int, int]:
    """Whose archive entries belong to these children: record → the child; each child belongs to itself."""
    ids = list(children)
    with connection.cursor() as cursor:
        cursor.execute(KIN, [ids])
        return {pk: pk for pk in ids} | dict(cursor.fetchall())
