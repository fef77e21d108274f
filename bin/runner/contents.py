"""What a database holds, as figures that can be compared: every row, sequences, constraints, triggers, grants."""

import psycopg
from psycopg import sql

TABLES = """SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relpersistence = 'p'
    AND c.relnamespace = 'public'::regnamespace ORDER BY 1"""
# The same whatever the order of the rows; two independent 64-bit sums over the text of each row.
ROWS = """SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text,
    coalesce(sum(hashtextextended(t::text, 7)), 0)::text FROM {} t"""
SEQUENCES = "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
SHAPES = {
    # By name and kind: a condition is written out differently after a dump, with the same meaning.
    "constraints": """SELECT conrelid::regclass::text || ' ' || conname || ' ' || contype::text || ' '
            || convalidated::text
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1""",
    "triggers": """SELECT tgrelid::regclass::text || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger t
        JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
        ORDER BY 1""",
    "grants": """SELECT table_name || ' ' || grantee || ' ' || privilege_type
        FROM information_schema.role_table_grants WHERE table_schema = 'public' AND grantee <> 'PUBLIC' ORDER BY 1""",
}


def contents(connection: psycopg.Connection) -> dict:
    """Everything in one consistent look, as the snapshot of the connection's transaction sees it."""
    # The text of a row must not depend on who asks.
    connection.execute("SET LOCAL timezone = 'UTC'")
    connection.execute("SET LOCAL datestyle = 'ISO'")
    tables = [name for (name,) in connection.execute(TABLES)]
    rows = {}
    for name in tables:
        rows[name] = list(connection.execute(sql.SQL(ROWS).format(sql.Identifier("public", name))).fetchone())
    found = {"rows": rows, "sequences": dict(connection.execute(SEQUENCES).fetchall())}
    return found | {name: [line for (line,) in connection.execute(query)] for name, query in SHAPES.items()}


def differences(before: dict, after: dict) -> list[str]:
    """A sentence for each figure that is not the same."""
    told = []
    for part in before:
        if part in ("rows", "sequences"):
            names = {*before[part], *after[part]}
            told += [f"{part} {n}" for n in sorted(names) if before[part].get(n) != after[part].get(n)]
        else:
            told += [f"{part}: {line}" for line in sorted({*before[part]} ^ {*after[part]})]
    return told
