"""Events and seals out of the database, as the stand-alone verifier reads them; nothing is kept in memory."""

from collections.abc import Iterator

from django.db import connection, transaction

from .canonical import EVENTS, SEALS

COPIED = "COPY ({}) TO STDOUT"


def copied(query: str) -> Iterator[str]:
    """The rows of a query of one text column, streamed."""
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(COPIED.format(query)) as rows:
        for row in rows.rows():
            yield row[0]


def export(file) -> tuple[int, int]:
    """Write all seals, then all events (S … and E … lines); how many events, how many seals."""
    counts = []
    # Seals first: an event sealed while we write is then one that waits, and no gap.
    for word, query in (("S", SEALS), ("E", EVENTS)):
        count = 0
        for line in copied(query):
            file.write(f"{word} {line}\n")
            count += 1
        counts.append(count)
    return counts[1], counts[0]
