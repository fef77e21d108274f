"""Sealing what has been written, and the age of what is not sealed yet."""

from datetime import timedelta

from django.db import connection

BATCH = 10_000
# Beyond the first somebody must look; beyond the second no export leaves (X-Road stops after the same time).
LATE, STOPPED = timedelta(minutes=10), timedelta(hours=4)


def seal_all() -> int:
    """Seal every event in sight, batch by batch; the number of events sealed. Any number may run at once."""
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT audit_seal_batch(%s)", [BATCH])
            (sealed,) = cursor.fetchone()
            total += sealed
            if sealed < BATCH:
                return total


def unsealed_for() -> timedelta:
    """How long the oldest event has waited for its seal; zero when none waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT clock_timestamp() - min(e.at) FROM audit_event e,
                (SELECT coalesce(max(floor), 0) AS floor FROM audit_seal) f
               WHERE e.id > f.floor AND NOT (SELECT coalesce(range_agg(members::int8multirange), '{}')
                   FROM audit_seal WHERE top > f.floor) @> e.id"""
        )
        return cursor.fetchone()[0] or timedelta()
