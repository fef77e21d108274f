"""A county from before phones, addresses and health were sealed meets the migration that seals them.

Seeded as of today, opened again row by row (histories and journal too), led back before the migration, then migrated
as a county would be: how long it takes against one bare UPDATE of the same rows, how much memory its process takes, and
whether a value of before is left. Run: bin/bench old_rows
"""

import json
import os
import sys
import time
from collections.abc import Callable

from clone import ROOT, scratch_database
from measuring import Ratio, conclude, seconds_of

CHILDREN, SCHOOLS, FIXES, PIECE = int(os.environ.get("BENCH_CHILDREN") or 20_000), 50, 500, 10_000
# Of the database's time, and beyond what an idle migrate holds.
BARE, MEGABYTES = 4.0, 150
JOURNALS = {"students_recordentry": ("before", "after"), "students_campaignentry": ("changes",)}
KEPT = "SELECT count(*) FROM students_student WHERE NOT (phone = '' OR phone ^@ '~p')"


def tables() -> dict[str, dict[str, str]]:
    from importlib import import_module

    sealed = import_module("students.migrations.0200_sealed_columns").SEALED
    return sealed | {f"{table}event": families for table, families in sealed.items()}


def open_again(owner) -> int:
    """Every sealed value in the clear, as it was written before; how many rows."""
    from jianping_xueji.vault import columns

    laid = owner.execute("SELECT conrelid::regclass, conname FROM pg_constraint WHERE conname LIKE '%\\_sealed'")
    for table, name in laid.fetchall():
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    opened = 0
    for table, families in tables().items():
        opened += rewrite(owner, table, tuple(families), columns.open_text, "text")
    for table, names in JOURNALS.items():
        plain = lambda text: json.dumps(columns.opened(json.loads(text)), ensure_ascii=False)  # noqa: E731
        opened += rewrite(owner, table, names, plain, "jsonb")
    return opened


def rewrite(owner, table: str, names: tuple[str, ...], way: Callable[[str], str], kind: str) -> int:
    key = "pgh_id" if table.endswith("event") else "id"
    told, sets = ", ".join(f"{name}::text" for name in names), ", ".join(f"{n} = f.{n}::{kind}" for n in names)
    arrays, last, done = ", ".join(["%s::text[]"] * len(names)), 0, 0
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    while True:
        rows = owner.execute(f"SELECT {key}, {told} FROM {table} WHERE {key} > %s ORDER BY 1 LIMIT {PIECE}", [last])
        if not (found := rows.fetchall()):
            break
        last, done = found[-1][0], done + len(found)
        fresh = [
            [row[0] for row in found],
            *([way(v) for v in column] for column in list(zip(*found, strict=True))[1:]),
        ]
        owner.execute(
            f"UPDATE {table} t SET {sets} FROM unnest(%s::bigint[], {arrays}) f (row, {', '.join(names)})"
            f" WHERE t.{key} = f.row",
            fresh,
        )
    owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return done


def old_fixes(owner) -> None:
    """As many at once as the audit still vouches for."""
    from accounts.models import User

    by = User.objects.order_by("pk").first().pk
    for first in range(1, FIXES, 50):
        owner.execute(
            """INSERT INTO students_datafix (model, model_name, object_id, object_name, reason, before, after, by_id,
                   legal_date, fixed_at)
               SELECT 'students.student', '学生', i::text, '某生', '错字',
                   jsonb_build_object('mail_address', '旧路' || i),
                   jsonb_build_object('mail_address', '新路' || i), %s, '2026-09-01', now()
               FROM generate_series(%s::int, %s::int) i""",
            [by, first, first + 49],
        )


def bare_updates(owner) -> float:
    """The least the database can do: each of these rows written once."""
    total = 0.0
    for table, families in tables().items():
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        sets = ", ".join(f"{name} = {name} || ''" for name in families)
        total += seconds_of(lambda table=table, sets=sets: owner.execute(f"UPDATE {table} SET {sets}"))
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return total


def migrated(owner_url: str, *arguments: str) -> tuple[float, float]:
    """Seconds and megabytes of one `migrate` by the owner, in a process of its own."""
    began = time.perf_counter()
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0", *arguments]
    process = os.spawnve(os.P_NOWAIT, sys.executable, command, os.environ | {"DATABASE_URL": owner_url})
    _, status, spent = os.wait4(process, 0)
    assert status == 0, arguments
    return time.perf_counter() - began, spent.ru_maxrss / 1024


def measure(owner_url: str, owner) -> list[Ratio]:
    from jianping_xueji.audit import signatures

    rows = open_again(owner)
    old_fixes(owner)
    (plain,) = owner.execute(KEPT).fetchone()
    owner.execute("VACUUM ANALYZE")
    bare = bare_updates(owner)
    owner.execute("VACUUM ANALYZE")
    migrated(owner_url, "students", "0190", "--fake")
    idle, held = migrated(owner_url, "law")
    took, most = migrated(owner_url)
    megabytes = most - held
    (left,) = owner.execute(KEPT).fetchone()
    (fixes,) = owner.execute("SELECT count(*) FROM students_datafix WHERE before::text LIKE '%旧路%'").fetchone()
    altered = signatures.altered()
    print(f"{rows} 行，其中 {plain} 名学生的电话原是明文")
    print(f"迁移 {took:.1f} 秒（空跑 {idle:.1f}），内存多占 {megabytes:.0f} MB（空跑 {held:.0f}）")
    print(f"迁移后仍是明文：学生 {left}，更正留痕 {fixes}；与审计不符的更正留痕 {len(altered)}")
    assert plain and not left and not fixes and not altered
    return [
        Ratio("迁移比只写一遍这些行", round((took - idle) / bare, 2), BARE, (took - idle) * 1000, bare * 1000, 1),
        Ratio(f"迁移多占的内存（{megabytes:.0f} MB）", round(megabytes / MEGABYTES, 2), 1.0, megabytes, MEGABYTES, 1),
    ]


def main() -> int:
    with scratch_database() as owner_url:
        import psycopg

        from reports.seeding.county import seed_size

        seed_size(CHILDREN, SCHOOLS)
        with psycopg.connect(owner_url, autocommit=True) as owner:
            return conclude("old_rows", measure(owner_url, owner), children=CHILDREN, schools=SCHOOLS)


if __name__ == "__main__":
    sys.exit(main())
