"""Where paper is now (第十条): who holds a child's file or a volume, in which box; what one school holds altogether."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from ..models import HandoverEntry, PaperPlace

# The holder of every file: whoever received it last; before the first hand-over the child's first school.
# A running entry means that it is on its way. Of volumes: the school that made it, then whoever received it.
_FILES = """
SELECT f.student_id AS child, coalesce(a.to_school_id, CASE WHEN a.entry IS NULL THEN f.school_id END) AS holder,
    coalesce(a.to_name, '') AS outside, r.id IS NOT NULL AS on_way
FROM (SELECT DISTINCT ON (e.student_id) e.student_id, e.school_id FROM students_enrolment e
    WHERE NOT e.voided AND {whose} ORDER BY e.student_id, lower(e.during), e.id) f
LEFT JOIN LATERAL (SELECT o.id AS entry, h.to_school_id, h.to_name FROM archives_handoverentry o
    JOIN archives_receiptline l ON l.entry_id = o.id AND l.arrived JOIN archives_handover h ON h.id = o.handover_id
    WHERE o.child_id = f.student_id ORDER BY o.id DESC LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT o.id FROM archives_handoverentry o LEFT JOIN archives_receiptline l ON l.entry_id = o.id
    WHERE o.child_id = f.student_id AND l.id IS NULL LIMIT 1) r ON true
"""
# Children who ever lived at a school, or whose file it once received: nobody else's file can lie there.
_TOUCHED = """e.student_id IN (SELECT student_id FROM students_enrolment WHERE school_id = %(school)s UNION
    SELECT o.child_id FROM archives_handoverentry o JOIN archives_handover h ON h.id = o.handover_id
    WHERE h.to_school_id = %(school)s AND o.child_id IS NOT NULL)"""
_VOLUMES = """
SELECT v.id FROM archives_volume v
LEFT JOIN LATERAL (SELECT h.to_school_id FROM archives_handoverentry o
    JOIN archives_receiptline l ON l.entry_id = o.id AND l.arrived JOIN archives_handover h ON h.id = o.handover_id
    WHERE o.volume_id = v.id ORDER BY o.id DESC LIMIT 1) a ON true
WHERE coalesce(a.to_school_id, v.school_id) = %(school)s
    AND NOT EXISTS (SELECT 1 FROM archives_handoverentry o LEFT JOIN archives_receiptline l ON l.entry_id = o.id
        WHERE o.volume_id = v.id AND l.id IS NULL)
ORDER BY v.id
"""


@dataclass(frozen=True)
class Holder:
    """Who holds a file now: a school, somebody outside by name, and whether it is on its way to the next."""

    school: int | None
    outside: str
    on_way: bool


def _ask(statement: str, **params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def holders_of(children: Iterable[int]) -> dict[int, Holder]:
    """Child → holder of the paper file; one query."""
    rows = _ask(_FILES.format(whose="e.student_id = ANY(%(children)s)"), children=list(children))
    return {child: Holder(school, outside, on_way) for child, school, outside, on_way in rows}


def files_held_by(school: int) -> list[int]:
    """Ids of the children whose paper file lies at a school now, whether they are there or long gone."""
    rows = _ask(_FILES.format(whose=_TOUCHED), school=school)
    return sorted(child for child, holder, _, on_way in rows if holder == school and not on_way)


def volumes_held_by(school: int) -> list[int]:
    return [pk for (pk,) in _ask(_VOLUMES, school=school)]


def places_of(*, children: Iterable[int] = (), volumes: Iterable[int] = ()) -> dict[tuple[str, int], PaperPlace]:
    """("child" or "volume", id) → the last place written down, wherever that was; one query a kind."""
    found = {}
    for kind, ids in (("child", list(children)), ("volume", list(volumes))):
        if ids:
            rows = PaperPlace.objects.filter(**{f"{kind}__in": ids}).select_related("school").order_by("pk")
            found |= {(kind, getattr(row, f"{kind}_id")): row for row in rows}
    return found


def movements_of(child: int):
    """Every hand-over of a child's file, oldest first."""
    rows = HandoverEntry.objects.filter(child=child).order_by("pk")
    return rows.select_related("handover__from_school", "handover__to_school", "handover__receipt", "line")
