"""Sealing what has been written, by a login of its own, and the age of what is not sealed yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

BATCH = 10_000
# Beyond the first somebody must look; beyond the second no export leaves (X-Road stops after the same time).
LATE, STOPPED = timedelta(minutes=10), timedelta(hours=4)


@contextmanager
def sealer() -> Iterator[psycopg.Connection]:
    """A connection of the login that alone may seal and anchor; each statement is committed at once.

    Raises ImproperlyConfigured in a process that was not given the login, as the web is not.
    """
    if not settings.DATABASE_SEAL_URL:
        raise ImproperlyConfigured(
            "环境变量 DATABASE_SEAL_URL 未设置：封存和留锚只用封存登录（xueji_seal）。"
            "请在封存进程（compose 里的 sealer）里运行，或先设置该变量。"
        )
    with psycopg.connect(settings.DATABASE_SEAL_URL, autocommit=True) as connected:
        yield connected


def seal_all() -> int:
    """Seal every event in sight, batch by batch; the number of events sealed. Any number may run at once."""
    total = 0
    with sealer() as sealing:
        while True:
            (sealed,) = sealing.execute("SELECT audit_seal_batch(%s)", [BATCH]).fetchone()
            total += sealed
            if sealed < BATCH:
                return total


def unsealed_for() -> timedelta:
    """How long the oldest event has waited for its seal; zero when none waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH settled AS (
                    SELECT coalesce((SELECT floor FROM audit_seal ORDER BY height DESC LIMIT 1), 0) AS floor),
                done AS (SELECT coalesce(range_agg(members::int8multirange), '{}') AS ranges
                    FROM audit_seal WHERE top > (SELECT floor FROM settled))
               SELECT clock_timestamp() - min(e.at)
               FROM unnest(int8multirange(int8range((SELECT floor FROM settled), NULL, '()'))
                   - (SELECT ranges FROM done)) AS gap
               JOIN audit_event e ON e.id >= lower(gap) AND e.id < coalesce(upper(gap), 9223372036854775807)"""
        )
        return cursor.fetchone()[0] or timedelta()
