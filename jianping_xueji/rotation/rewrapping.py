"""The rotation itself: no ciphertext, no file and no fingerprint is touched, only the keys that are wrapped.

Fingerprints (blind indexes) hang on VAULT_INDEX_KEY, which no rotation of master keys changes: searches go on.
"""

import time
from collections import Counter
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import Model
from psycopg import sql

from jianping_xueji import vault
from jianping_xueji.vault.keys import ring

from .guarding import COLUMN, holders
from .models import RetiredKey

PIECE = 500
# A process that still writes with the old key is met this often before it is told.
PASSES = 3
# How long to wait for transactions that began before a key was retired, in seconds.
PATIENCE = 60

Progress = Callable[[str, int, int], None]


class StillHeld(Exception):
    """The old key still wraps something, or is still being written; the message is Chinese and says what to do."""


def held() -> dict[str, Counter]:
    """Master key id → table → how many keys it wraps there; one question a table."""
    found: dict[str, Counter] = {}
    with connection.cursor() as cursor:
        for model in holders():
            cursor.execute(_sql("SELECT rotation_master_of({column}), count(*) FROM {table} GROUP BY 1", model))
            for identity, number in cursor.fetchall():
                if identity is not None:
                    found.setdefault(identity, Counter())[model._meta.db_table] = number
    return found


def others() -> int:
    """How many keys are wrapped by another master key than the current one."""
    return sum(sum(tables.values()) for identity, tables in held().items() if identity != ring().current)


def rotate(progress: Progress) -> int:
    """Rewrap until the current master key holds everything; how many keys were rewrapped.

    Each piece is a transaction of its own, so that a killed rotation goes on where it stopped. Raises StillHeld when
    others keep writing with an older key, VaultError when a key's master key is not in the environment.
    """
    total, done = others(), 0
    for _ in range(PASSES):
        for model in holders():
            done = _rotate_table(model, done, lambda now, m=model: progress(str(m._meta.verbose_name), now, total))
        if not others():
            return done
    raise StillHeld("仍有程序用旧的主密钥写入：请确认网站和任务进程都已按新的 VAULT_MASTER_KEYS 重新启动，再运行一次。")


def _rotate_table(model: type[Model], done: int, progress: Callable[[int], None]) -> int:
    last = 0
    while last is not None:
        number, last = _piece(model, last)
        done += number
        progress(done)
    return done


def _piece(model: type[Model], after: int) -> tuple[int, int | None]:
    """Rewrap the next rows; how many, and the last key looked at (None at the end)."""
    take = """SELECT {pk}, {column} FROM {table} WHERE {pk} > %s AND rotation_master_of({column}) <> %s
        ORDER BY {pk} LIMIT %s"""
    # Conditional: a key that changed under us (a second rotation, a second factor set up anew) is left alone.
    put = """UPDATE {table} t SET {column} = f.fresh FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[])
        f (row, was, fresh) WHERE t.{pk} = f.row AND t.{column} = f.was"""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_sql(take, model), [after, ring().current, PIECE])
        rows = [(pk, bytes(wrapped)) for pk, wrapped in cursor.fetchall()]
        if not rows:
            return 0, None
        # Locked in the order of their numbers, as everybody locks: nobody waits in a circle.
        lock = "SELECT 1 FROM {table} WHERE {pk} = ANY(%s) ORDER BY {pk} FOR NO KEY UPDATE"
        if _may_lock(model):
            cursor.execute(_sql(lock, model), [[pk for pk, _ in rows]])
        fresh = [vault.rewrap(wrapped) for _, wrapped in rows]
        cursor.execute(_sql(put, model), [[pk for pk, _ in rows], [wrapped for _, wrapped in rows], fresh])
        return cursor.rowcount, rows[-1][0]


def retire(identity: str) -> None:
    """From now on nothing is wrapped by this master key; then prove that nothing is. Raises StillHeld.

    The proof counts after every transaction that might not have seen the retirement has ended.
    """
    if identity == ring().current:
        raise StillHeld(f"{identity} 是现用的主密钥，不能停用；请先把新的主密钥放在 VAULT_MASTER_KEYS 最前面。")
    if left := sum(held().get(identity, Counter()).values()):
        raise StillHeld(f"{identity} 还封装着{left}把密钥，请先运行 bin/manage rotate_keys。")
    RetiredKey.objects.get_or_create(identity=identity)
    _wait_for_older_transactions()
    if left := sum(held().get(identity, Counter()).values()):
        raise StillHeld(f"停用的同时又有{left}把由 {identity} 封装，请再运行一次 bin/manage rotate_keys，然后再停用。")


def _wait_for_older_transactions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        (horizon,) = cursor.fetchone()
        for _ in range(PATIENCE * 10):
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s", [horizon])
            if cursor.fetchone()[0] or connection.in_atomic_block:
                return
            time.sleep(0.1)
    raise StillHeld("有事务迟迟没有结束，停用已登记，但还不能证明旧密钥不再使用；请稍后再运行一次。")


def _may_lock(model: type[Model]) -> bool:
    """Rows of a table that only grows change in nothing else: there is nothing to lock them against."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'UPDATE')", [model._meta.db_table])
        return cursor.fetchone()[0]


def _sql(text: str, model: type[Model]) -> str:
    names = {"table": model._meta.db_table, "pk": model._meta.pk.column, "column": COLUMN}
    return sql.SQL(text).format(**{name: sql.Identifier(value) for name, value in names.items()}).as_string()
