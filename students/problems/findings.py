"""Writing findings down: raise what was found, end what is found no more, show it on the child. The only writer.

A finding is written once; one that had ended is opened again when its cause returns; one that was proved stays proved.
"""

from collections.abc import Iterable
from functools import partial

from django.db import connection, transaction

from law import clock

from ..models.problem import Problem

_TELL = """
WITH found (child, other, number, facts) AS ({found}),
raised AS (
    INSERT INTO students_problem (what, child_id, other_id, number_id, facts, state, found_on)
    SELECT DISTINCT ON (child, other, number) %(what)s, child, other, number, facts, 'open', %(today)s::date FROM found
    ORDER BY child, other, number
    ON CONFLICT (what, child_id, other_id, number_id) DO UPDATE
    SET state = 'open', found_on = EXCLUDED.found_on, facts = EXCLUDED.facts, closed_on = NULL, resolved_by_id = NULL
    WHERE students_problem.state = 'ended'
)
UPDATE students_problem p SET state = 'ended', closed_on = %(today)s
WHERE p.what = %(what)s AND p.state = 'open' AND {scope}
AND NOT EXISTS (
    SELECT 1 FROM found f WHERE f.child = p.child_id
    AND f.other IS NOT DISTINCT FROM p.other_id AND f.number IS NOT DISTINCT FROM p.number_id
)
"""

# What nobody can find again by looking ends with the number it speaks of, or with the record.
_LAPSE = """
UPDATE students_problem p SET state = 'ended', closed_on = %(today)s
FROM students_student s, students_problem q LEFT JOIN students_studentnumber n ON n.id = q.number_id
WHERE q.id = p.id AND s.id = p.child_id AND p.state = 'open' AND p.other_id IS NULL
AND p.what IN ('same_number', 'elsewhere')
AND (n.until IS NOT NULL OR s.status IN ('rejected', 'merged', 'deleted', 'deceased'))
AND (%(ids)s::bigint[] IS NULL OR p.child_id = ANY(%(ids)s))
"""

_SHOW = """
UPDATE students_student s SET problem = w.words
FROM (
    SELECT t.id, left(coalesce(string_agg(DISTINCT l.label, '、'), ''), 40) AS words
    FROM unnest(%(ids)s::bigint[]) t (id)
    LEFT JOIN students_problem p ON p.state = 'open' AND (p.child_id = t.id OR p.other_id = t.id)
    LEFT JOIN unnest(%(what)s::text[], %(labels)s::text[]) l (what, label) ON l.what = p.what
    GROUP BY t.id
) w
WHERE s.id = w.id AND s.problem <> w.words
"""

_CONCERNED = """
SELECT id FROM students_student WHERE problem <> ''
UNION SELECT child_id FROM students_problem WHERE state = 'open'
UNION SELECT other_id FROM students_problem WHERE state = 'open' AND other_id IS NOT NULL
"""


def run(statement: str, **given) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"today": clock.today(), **given})


def tell(what: str, found: str, *, ids: list[int] | None, detected: str = "true", **given) -> None:
    """Hold one class against what `found` (a query of child, other, number, facts) answers, in one statement.

    With `ids` only findings about these children are looked at; `detected` says which findings detection may end.
    """
    mine = "(%(ids)s::bigint[] IS NULL OR p.child_id = ANY(%(ids)s) OR p.other_id = ANY(%(ids)s))"
    run(_TELL.format(found=found, scope=f"{mine} AND {detected}"), what=what, ids=ids, **given)


def lapse(ids: list[int] | None) -> None:
    """End claims and foreign answers whose number or record is gone."""
    run(_LAPSE, ids=ids)


def show(ids: Iterable[int] | None = None, *, wait: bool = True) -> None:
    """Write `Student.problem` of these children (None: of the county) from their open findings.

    Rows are locked in ascending id before the words are made. Without `wait`, children whom another act holds are
    shown after our commit: we hold children ourselves, and two acts must never wait for each other.
    """
    wanted = sorted(set(ids)) if ids is not None else _concerned()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM students_student WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
            + ("" if wait else " SKIP LOCKED"),
            [wanted],
        )
        held = [pk for (pk,) in cursor.fetchall()]
        words = {"what": list(Problem.What.values), "labels": [str(label) for label in Problem.What.labels]}
        cursor.execute(_SHOW, {"ids": held, **words})
        if not wait and (left := sorted(set(wanted) - set(held))):
            transaction.on_commit(partial(show, left))


def _concerned() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED)
        return [pk for (pk,) in cursor.fetchall()]


def partners_of(ids: Iterable[int]) -> set[int]:
    """These children and everybody with whom they stand in a finding."""
    mine = set(ids)
    found = Problem.objects.filter(child__in=mine) | Problem.objects.filter(other__in=mine)
    return mine | {pk for pair in found.values_list("child_id", "other_id") for pk in pair if pk}


def settle(problems, case, state: str) -> None:
    """A decided case has dealt with these findings."""
    problems.update(state=state, closed_on=clock.today(), resolved_by=case.pk)
