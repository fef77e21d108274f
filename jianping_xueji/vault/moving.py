"""For migrations: rows written before their columns were sealed, sealed by the owner of the tables.

Each distinct text of a column, or under a name in JSON, is sealed once, and one statement puts the tokens in the places
of the texts. Only JSON that holds more JSON is read row by row, in pieces. Triggers of people's work (history, audit,
insert-only) sleep meanwhile and wake as they were: the same record in another spelling is no change of it, and the
copies are sealed themselves.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import contextmanager

from . import columns

PIECE = 5_000
# The names in JSON, and copies that hold objects or lists: what lies in these, PostgreSQL is not asked.
NAMES = "(VALUES {}) n (name, family)".format(", ".join(map(str, columns.FAMILY_OF.items())))
WITHIN = """(jsonb_typeof({0}) = 'array' OR {0} @? 'strict $.* ? (@.type() == "object" || @.type() == "array")')"""
WAKE = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}
# A digest beside a copy is that of the copy as it now stands, where it was true before; a forged one stays untrue.
DIGESTED = """, digest = CASE WHEN t.digest = encode(sha256(convert_to(t.{0}::text, 'UTF8')), 'hex')
    THEN encode(sha256(convert_to(({1})::text, 'UTF8')), 'hex') ELSE t.digest END"""


def seal_texts(connection, table: str, families: Mapping[str, str], key: str = "id") -> int:
    """Seal the text columns of every row, each under its family; how many rows were written."""
    texts = " UNION ".join(f"SELECT '{family}', {name} FROM {table}" for name, family in families.items())
    with _each_sealed_once(connection, table, texts) as cursor:
        cursor.execute(_tokens_for_texts(table, list(families.items()), key))
        return cursor.rowcount


def seal_copies(connection, table: str, names: list[str], digested: str = "", key: str = "id") -> int:
    """Seal what JSON columns hold under the names of sealed columns; `digested` names the one beside a digest.

    Returns how many rows were written, one with values on its own level and deeper counted twice.
    """
    texts = " UNION ".join(
        f"SELECT n.family, {name}->>n.name FROM {table}, {NAMES} WHERE jsonb_typeof({name}->n.name) = 'string'"
        for name in names
    )
    with _each_sealed_once(connection, table, texts) as cursor:
        cursor.execute(_tokens_for_names(table, names, digested, key))
        written = cursor.rowcount
    ways = dict.fromkeys(names, lambda text: _as_json(columns.sealed_of_old(json.loads(text))))
    beside = DIGESTED.format(digested, f"f.{digested}::jsonb") if digested else ""
    return written + _rewritten(connection, table, ways, "jsonb", key, (beside, " OR ".join(map(WITHIN.format, names))))


@contextmanager
def _each_sealed_once(connection, table: str, texts: str):
    """A cursor with the table `sealing`: the token of each text that `texts` asks for, by family."""
    columns.ready()
    with connection.cursor() as cursor, _asleep(connection, table):
        cursor.execute("CREATE TEMPORARY TABLE sealing (family text, plain text, token text)")
        cursor.execute(
            f"DECLARE texts CURSOR WITH HOLD FOR SELECT * FROM ({texts}) t (family, plain) WHERE plain <> ''"
        )
        while _next_texts_sealed(cursor):
            pass
        cursor.execute("CLOSE texts")
        cursor.execute("ANALYZE sealing")
        yield cursor
        cursor.execute("DROP TABLE sealing")


def _next_texts_sealed(cursor) -> bool:
    cursor.execute(f"FETCH {PIECE} FROM texts")
    found = cursor.fetchall()
    with cursor.copy("COPY sealing FROM STDIN") as copy:
        for family, plain in found:
            if not columns.is_token(plain):
                copy.write_row((family, plain, columns.seal_text(family, plain)))
    return bool(found)


def _tokens_for_texts(table: str, families: list[tuple[str, str]], key: str) -> str:
    """The statement that writes every row of which a text was sealed."""
    tokens = ", ".join(f"coalesce(of_{name}.token, t.{name}) AS {name}" for name, _ in families)
    of_texts = " ".join(
        f"LEFT JOIN sealing of_{name} ON of_{name}.plain = t.{name} AND of_{name}.family = '{family}'"
        for name, family in families
    )
    sealed = " OR ".join(f"of_{name}.token IS NOT NULL" for name, _ in families)
    sets = ", ".join(f"{name} = fresh.{name}" for name, _ in families)
    fresh = f"SELECT t.{key}, {tokens} FROM {table} t {of_texts} WHERE {sealed}"
    return f"UPDATE {table} old SET {sets} FROM ({fresh}) fresh WHERE old.{key} = fresh.{key}"


def _tokens_for_names(table: str, names: list[str], digested: str, key: str) -> str:
    """The statement that writes every row of which a text under a name of its JSON was sealed."""
    fresh = {name: f"t.{name} || coalesce(f.{name}, '{{}}')" for name in names}
    sets = ", ".join(f"{name} = {value}" for name, value in fresh.items())
    beside = DIGESTED.format(digested, fresh[digested]) if digested else ""
    tokens = ", ".join(f"jsonb_object_agg(n.name, s.token) FILTER (WHERE c.of = '{name}') AS {name}" for name in names)
    copies = ", ".join(f"('{name}', r.{name})" for name in names)
    return f"""UPDATE {table} t SET {sets}{beside} FROM (
        SELECT r.{key}, {tokens} FROM {table} r, LATERAL (VALUES {copies}) c (of, copy), {NAMES}, sealing s
        WHERE jsonb_typeof(c.copy->n.name) = 'string' AND s.plain = c.copy->>n.name AND s.family = n.family
        GROUP BY r.{key}) f WHERE t.{key} = f.{key}"""


def seal_items(connection, table: str, names: list[str], by: str, kind: str = "text") -> int:
    """Seal columns whose rows say in the column `by` what they are about: of a correction, of a difference."""
    told = " OR ".join(f"{by} = '{name}'" for name in columns.FAMILY_OF)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {by} FROM {table} WHERE {told}")
        about = [name for (name,) in cursor.fetchall()]
    ways = {name: dict.fromkeys(names, _of_item(name, kind)) for name in about}
    return sum(_rewritten(connection, table, ways[name], kind, "id", ("", f"{by} = '{name}'")) for name in about)


def must_be_sealed(table: str, families: Mapping[str, str]) -> tuple[str, str]:
    """SQL and its reverse: the database takes nothing into these columns that is neither empty nor sealed."""
    laid, gone = [], []
    for name, family in families.items():
        rule = f"{table}_{name}_sealed"
        laid.append(f"ADD CONSTRAINT {rule} CHECK ({name} = '' OR {name} ^@ '~{family[0]}')")
        gone.append(f"DROP CONSTRAINT {rule}")
    return f"ALTER TABLE {table} {', '.join(laid)}", f"ALTER TABLE {table} {', '.join(gone)}"


def _of_item(name: str, kind: str) -> Callable[[str], str]:
    if kind == "text":
        return lambda text: text if columns.is_token(text) else columns.sealed_as(name, text)
    return lambda text: _as_json(columns.sealed_of_old(json.loads(text), name))


def _as_json(values) -> str:
    return json.dumps(values, ensure_ascii=False)


def _rewritten(connection, table: str, ways: Mapping[str, Callable], kind: str, key: str, more: tuple[str, str]) -> int:
    """`more`: what else is set, and which rows are concerned."""
    beside, concerned = more
    told = ", ".join(f"{name}::text" for name in ways)
    sets = ", ".join(f"{name} = f.{name}::{kind}" for name in ways)
    take = f"SELECT {key}, {told} FROM {table} WHERE {key} > %s AND ({concerned}) ORDER BY {key} LIMIT {PIECE}"
    columns.ready()
    with connection.cursor() as cursor, _asleep(connection, table):
        cursor.execute(f"CREATE TEMPORARY TABLE sealing (row bigint, {', '.join(f'{name} text' for name in ways)})")
        _changed_rows(cursor, take, list(ways.values()))
        cursor.execute("ANALYZE sealing")
        cursor.execute(f"UPDATE {table} t SET {sets}{beside} FROM sealing f WHERE t.{key} = f.row")
        written = cursor.rowcount
        cursor.execute("DROP TABLE sealing")
    return written


def _changed_rows(cursor, take: str, ways: list[Callable]) -> None:
    last = 0
    while True:
        cursor.execute(take, [last])
        rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        with cursor.copy("COPY sealing FROM STDIN") as copy:
            for row in rows:
                fresh = (row[0], *(way(value) if value else value for value, way in zip(row[1:], ways, strict=True)))
                if fresh != row:
                    copy.write_row(fresh)


@contextmanager
def _asleep(connection, table: str):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled::text FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
            " AND tgenabled <> 'D'",
            [table],
        )
        awake = cursor.fetchall()
        for name, _ in awake:
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
        yield
        for name, how in awake:
            cursor.execute(f'ALTER TABLE {table} {WAKE[how]} TRIGGER "{name}"')
