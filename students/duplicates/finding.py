"""Looking for pairs over the whole county: candidates by blocking keys in SQL, scored one by one, written at once.

Whom 问题学籍 has found already is left to it; a decided pair is asked about again only when a fact has changed.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator

from django.db import connection, transaction

from jianping_xueji import vault
from law import clock

from ..models.child import NumberKind, number_aad
from ..problems.detection import OUT
from . import statements
from .scoring import Person, Verdict, compare

PIECE = 2_000
_LOCK = 5_208_817_204
Found = tuple[int, int, int, list[str], str]


def candidates() -> list[tuple[int, int]]:
    """Pairs of living records that share a blocking key, each once, the earlier record first."""
    with connection.cursor() as cursor:
        cursor.execute(statements.CANDIDATES, {"out": list(OUT)})
        return [(one, other) for one, other in cursor.fetchall()]


def scored(pairs: list[tuple[int, int]], say: Callable[[int, int], None] = lambda done, total: None) -> list[Found]:
    """The pairs worth asking about; numbers are opened piece by piece, for candidates alone."""
    found: list[Found] = []
    for start in range(0, len(pairs), PIECE):
        piece = pairs[start : start + PIECE]
        people = {person.pk: person for person in persons({pk for pair in piece for pk in pair})}
        for pk, other in piece:
            verdict = compare(people[pk], people[other])
            if verdict.asked:
                found.append((pk, other, *kept(verdict), digest_of(people[pk], people[other])))
        say(min(start + PIECE, len(pairs)), len(pairs))
    return found


def kept(verdict: Verdict) -> tuple[int, list[str]]:
    return verdict.score, verdict.signs


def persons(ids: Iterable[int]) -> Iterator[Person]:
    """These records as they are compared, in one question."""
    with connection.cursor() as cursor:
        cursor.execute(statements.PERSONS, [list(ids)])
        for pk, key, *plain, number, registry, indexes, phone, home, guardians in cursor.fetchall():
            yield Person(
                pk,
                *plain,
                number=_opened(key, number, NumberKind.ID),
                registry=_opened(key, registry, NumberKind.REGISTRY),
                indexes=frozenset(map(bytes, indexes or ())),
                phone=phone,  # sealed: equal when their texts are, which is all that is asked
                home=home,
                guardians=frozenset(guardians or ()),
            )


def _opened(key, cipher, kind: NumberKind) -> str:
    return vault.open_(bytes(key), bytes(cipher), number_aad(kind)) if cipher else ""


def digest_of(one: Person, other: Person) -> str:
    """Equal while everything by which a child is told apart is equal; phones and addresses may change."""
    said = [
        [p.name, p.former_name, p.sex, p.birth.isoformat(), p.id_type, sorted(index.hex() for index in p.indexes)]
        for p in (one, other)
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def tell(found: list[Found]) -> dict[str, int]:
    """Write the pairs down: new ones open, changed ones open again, decided ones stay, the others end."""
    columns = list(zip(*found, strict=True)) if found else [[]] * 5
    given = {
        "children": list(columns[0]),
        "others": list(columns[1]),
        "scores": list(columns[2]),
        "signs": [json.dumps(signs, ensure_ascii=False) for signs in columns[3]],
        "digests": list(columns[4]),
        "today": clock.today(),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(statements.TELL, given)
        (opened,) = cursor.fetchone()
        cursor.execute(statements.END, given)
        ended = cursor.rowcount
        cursor.execute("SELECT count(*) FROM students_likeness WHERE state = 'open'")
        (standing,) = cursor.fetchone()
    return {"pairs": len(found), "new": opened, "ended": ended, "open": standing}


def find() -> dict[str, int]:
    """The whole search in one go."""
    return tell(scored(candidates()))
