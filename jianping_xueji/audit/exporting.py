"""Events and seals out of the database, as the stand-alone verifier reads them; one page of them is in memory."""

from collections.abc import Iterator

from django.db import connection

from .canonical import EVENTS, SEALS

# Below every number, a forged one included.
FIRST = -(2**63)


def event_lines() -> Iterator[str]:
    """Every event in the order of its number."""
    return _paged(EVENTS)


def seal_lines() -> Iterator[str]:
    """Every seal in the order of the chain; may be read beside the events."""
    return _paged(SEALS)


def _paged(query: str) -> Iterator[str]:
    after = FIRST
    with connection.cursor() as cursor:
        while True:
            cursor.execute(query, [after])
            rows = cursor.fetchall()
            if not rows:
                return
            yield from (line for _, line in rows)
            after = rows[-1][0]


def export(file) -> tuple[int, int]:
    """Write all seals, then all events (S … and E … lines); how many events, how many seals."""
    counts = []
    # Seals first: an event sealed while we write is then one that waits, and no gap.
    for word, lines in (("S", seal_lines()), ("E", event_lines())):
        count = 0
        for line in lines:
            file.write(f"{word} {line}\n")
            count += 1
        counts.append(count)
    return counts[1], counts[0]
