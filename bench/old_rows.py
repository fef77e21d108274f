"""A county from before phones, addresses and health were sealed meets the migrations that seal them.

Seeded as of today and opened again row by row (histories, journal and data fixes too). What the migrations do to rows
(what they do to columns costs no row anything) is held against one bare UPDATE of the same rows, by the seconds of the
processors, both in copies of that county; told as well are the memory of the process that seals, and whether a value of
before is left. Run: bin/bench old_rows
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module

from clone import a_copy, scratch_database
from measuring import Ratio, compare, conclude
from watching import Laps, in_a_process

CHILDREN, SCHOOLS, FIXES, PIECE = int(os.environ.get("BENCH_CHILDREN") or 20_000), 50, 500, 10_000
# Of the database's time, and beyond what the process of the bare statements holds.
BARE, MEGABYTES, TIMES = 4.0, 150, 3
SEALING = (
    "students.migrations.0200_sealed_columns",
    "archives.migrations.0050_sealed_copies",
    "transfers.migrations.0030_sealed_placement",
    "students.migrations.0230_sealed_data_fixes",
)
PLAIN = "SELECT count(*) FROM students_student WHERE NOT (phone = '' OR phone ^@ '~p')"
PLAIN_JOURNAL = "SELECT count(*) FROM students_recordentry WHERE NOT coalesce(after->>'phone', '') SIMILAR TO '|~p%'"
PLAIN_FIXES = "SELECT count(*) FROM students_datafix WHERE before::text LIKE '%旧路%'"


def tables() -> dict[str, dict[str, str]]:
    sealed = import_module(SEALING[0]).SEALED
    return sealed | {f"{table}event": families for table, families in sealed.items()}


def open_again(owner) -> int:
    """Every sealed value in the clear, as it was written before; how many rows."""
    from jianping_xueji.vault import columns

    laid = owner.execute("SELECT conrelid::regclass, conname FROM pg_constraint WHERE conname LIKE '%\\_sealed'")
    for table, name in laid.fetchall():
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    opened = 0
    for table, families in tables().items():
        opened += rewrite(owner, table, tuple(families), columns.open_text)
    return opened


def rewrite(owner, table: str, names: tuple[str, ...], way: Callable[[str], str]) -> int:
    key = "pgh_id" if table.endswith("event") else "id"
    told, sets = ", ".join(names), ", ".join(f"{name} = f.{name}" for name in names)
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


def journalled(owner) -> int:
    """A journal such as a registration of all of them leaves, and one of a move that names nothing sealed."""
    from accounts.models import User
    from schools.models import School

    owner.execute("ALTER TABLE approvals_case DISABLE TRIGGER USER")
    owner.execute("ALTER TABLE students_recordentry DISABLE TRIGGER USER")
    written = owner.execute(
        """WITH old AS (INSERT INTO approvals_case (kind, number, state, round, lead_school_id, desk_stage, desk_right,
                due_confirmed, opened_on, opened_by_id)
            VALUES ('registration', 'old', 'settled', 1, %s, '', '', true, '2026-09-01', %s) RETURNING id)
        INSERT INTO students_recordentry (case_id, child_id, "table", "row", before, after)
        SELECT old.id, s.id, told.name, s.id, NULL, told.after FROM old, students_student s, LATERAL (VALUES
            ('student', to_jsonb(s)), ('placement', jsonb_build_object('starts', '2026-09-01', 'ends', NULL))
        ) told (name, after)""",
        [School.objects.order_by("pk").first().pk, User.objects.order_by("pk").first().pk],
    ).rowcount
    owner.execute("ALTER TABLE students_recordentry ENABLE TRIGGER USER")
    owner.execute("ALTER TABLE approvals_case ENABLE TRIGGER USER")
    return written


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


def written_anew() -> dict[str, str]:
    """What a bare UPDATE sets, by table: every row that is sealed written once, with what stands there."""
    texts = {table: ", ".join(f"{name} = {name} || ''" for name in names) for table, names in tables().items()}
    return texts | {"students_recordentry": "after = after || '{}' WHERE after ? 'phone'"}


def by_hand(connection) -> None:
    """The least the database can do."""
    with connection.cursor() as cursor:
        for table, sets in written_anew().items():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE {table} SET {sets}")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def by_migrations(connection) -> None:
    """What they do to rows, a transaction each, and the checks they lay."""
    from django.db.migrations import RunPython, RunSQL
    from django.db.migrations.state import ProjectState

    state = ProjectState()
    for module in map(import_module, SEALING):
        with connection.schema_editor(atomic=True) as editor:
            for operation in module.Migration.operations:
                if isinstance(operation, (RunPython, RunSQL)):
                    operation.database_forwards(module.__name__.partition(".")[0], editor, state, state)


def in_a_copy(owner_url: str, work: Callable, then: Callable = int) -> tuple[float, float]:
    """Seconds of the processors, ours and the server's, that work of the owner takes in a copy of the county, and the
    most megabytes its process held; `then` looks at the copy afterwards."""
    with a_copy(owner_url):
        (clock, processors), megabytes = in_a_process(lambda: _timed(owner_url, work))
        print(f"  {work.__name__}：{clock:.2f} 秒，处理器 {processors:.2f} 秒，{megabytes:.0f} MB", flush=True)
        in_a_process(then)
    return processors, megabytes


def _timed(owner_url: str, work: Callable) -> tuple[float, float]:
    from django.db import connection

    from jianping_xueji import environment

    owner = environment.postgres(owner_url)
    connection.settings_dict.update({name: owner[name] for name in ("USER", "PASSWORD")})
    connection.ensure_connection()
    lap = Laps(connection.connection.info.backend_pid)
    work(connection)
    return lap()


def nothing_is_left() -> int:
    """AssertionError when a copy holds a value of before, or data fixes that the audit no longer vouches for."""
    from django.db import connection

    from jianping_xueji.audit import signatures

    with connection.cursor() as cursor:
        for question in (PLAIN, PLAIN_JOURNAL, PLAIN_FIXES):
            assert cursor.execute(question).fetchone() == (0,), question
    assert not signatures.altered()
    return 0


def seed() -> int:
    from reports.seeding.county import seed_size

    return seed_size(CHILDREN, SCHOOLS)


def grow_old(owner_url: str) -> None:
    import psycopg

    with psycopg.connect(owner_url, autocommit=True) as owner:
        rows = open_again(owner) + journalled(owner)
        old_fixes(owner)
        (plain,) = owner.execute(PLAIN).fetchone()
        owner.execute("VACUUM ANALYZE")
    print(f"{rows} 行，其中 {plain} 名学生的电话是明文")
    assert plain


def main() -> int:
    with scratch_database() as owner_url:
        in_a_process(seed)
        grow_old(owner_url)
        held: dict[Callable, list[float]] = {by_hand: [], by_migrations: []}

        def seconds(work: Callable) -> float:
            took, megabytes = in_a_copy(owner_url, work, nothing_is_left if work is by_migrations else int)
            held[work].append(megabytes)
            return took

        written = compare(
            "封存比只写一遍这些行", by_migrations, by_hand, allowed=BARE, times=TIMES, warm_up=0, seconds=seconds
        )
        more = max(held[by_migrations]) - min(held[by_hand])
        memory = Ratio(f"多占的内存（{more:.0f} MB）", round(more / MEGABYTES, 2), 1.0, more, MEGABYTES, TIMES)
        return conclude("old_rows", [written, memory], children=CHILDREN, schools=SCHOOLS)


if __name__ == "__main__":
    sys.exit(main())
