"""The journal for decisions about thousands of children: the entries of `journal`, written and undone by statements.

`rewrite_together` changes rows, `succeed` ends rows and begins others; both write the entries in the same statement.
`restore_all` puts everything back in the manner of `journal.restore`: a changed row gets its former values, a row that
came to be is ended where it began, and nothing happens when a later act stands on one of them.
A case changes a row once at most.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from approvals.errors import Refused
from jianping_xueji.room import give_room

from .models.record_change import TAKEN_BACK
from .naming import glanced


@dataclass(frozen=True)
class Table:
    """How a table of the record is held against the journal, read back from it, and how a row that came to be ends."""

    name: str
    row: str = "to_jsonb(t)"
    kept: str = "e.before"
    ended: str = ""
    # What is kept of a row that came to be: the columns by which a later act would show.
    made: tuple[str, ...] = ()


TABLES = {
    "student": Table("students_student"),
    "enrolment": Table(
        "students_enrolment",
        "(to_jsonb(t) || jsonb_build_object('during', jsonb_build_array(lower(t.during), upper(t.during))))",
        """CASE WHEN e.before ? 'during' THEN e.before || jsonb_build_object('during',
            daterange((e.before->'during'->>0)::date, (e.before->'during'->>1)::date)::text) ELSE e.before END""",
        "voided = true",
    ),
    "placement": Table(
        "students_placement", ended="ends = t.starts", made=("school_class_id", "year", "starts", "ends")
    ),
}
_INTO = 'INSERT INTO students_recordentry (case_id, child_id, "table", "row", before, after)'
_MINE = 'e.case_id = ANY(%(cases)s) AND e."table" = %(table)s'

# Equal values are not enough: a later decision may have left the same as this one did (see `journal`).
_WRITTEN_LATER = """EXISTS (SELECT FROM students_recordentry l JOIN approvals_case lk ON lk.id = l.case_id
    WHERE l.child_id = e.child_id AND l."table" = e."table" AND l.row = e.row AND l.id > e.id
    AND NOT l.case_id = ANY(%(cases)s) AND NOT lk.state = ANY(%(taken_back)s)
    AND EXISTS (SELECT FROM jsonb_object_keys(l.after) k WHERE e.after ? k))"""


def _value(column: str, of: str) -> str:
    return f"jsonb_build_array(lower({of}.during), upper({of}.during))" if column == "during" else f"{of}.{column}"


def _values(columns, of: str = "t") -> str:
    return "jsonb_build_object({})".format(", ".join(f"'{column}', {_value(column, of)}" for column in columns))


def _execute(statement: str, params: dict) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


@contextmanager
def whole_tables() -> Iterator[None]:
    """Statements inside touch most rows of their tables and are joined by hashing, each table read once.

    A transaction has no statistics of the rows it has just written; joining row by row for want of them would make the
    work grow with the square of the children.
    """
    give_room()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


def succeed(table: str, ends: dict[str, str], begins: dict[str, str], key: str, among: str, **params) -> dict[int, int]:
    """End the rows `among` (row, child, case) and begin another after each; returns by case how many.

    One statement: the rows, both entries of each, and the children as subjects of their case, which is in nobody's way.
    `ends` gives columns as SQL over `t`, `begins` those of the next row over `now`, the row that ended. By the column
    `key` the next row is found again, to say whose it is.
    """
    t, values = TABLES[table], _values(ends)
    sets = ", ".join(f"{column} = {expression}" for column, expression in ends.items())
    statement = f"""
        WITH among (id, child, case_id) AS MATERIALIZED ({among}),
        now AS (UPDATE {t.name} t SET {sets} FROM among JOIN {t.name} was ON was.id = among.id WHERE t.id = among.id
            RETURNING among.case_id, among.child, t.*, {_values(ends, "was")} AS was, {values} AS became),
        t AS (INSERT INTO {t.name} ({", ".join(begins)}) SELECT {", ".join(begins.values())} FROM now RETURNING *),
        written AS ({_INTO} SELECT case_id, child, %(table)s, id, was, became FROM now
            UNION ALL SELECT now.case_id, now.child, %(table)s, t.id, NULL, {_values(t.made)}
            FROM t JOIN now ON now.{key} = t.{key}),
        named AS (INSERT INTO approvals_casesubject (case_id, child_id, blocking) SELECT case_id, child, false FROM now)
        SELECT case_id, count(*) FROM now GROUP BY 1
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, {"table": table, **params})
        return dict(cursor.fetchall())


def rewrite_together(changes: dict[str, tuple[str, dict[str, str]]], among: str, tell: str, **params) -> list[tuple]:
    """Rewrite rows of several tables of the same children in one statement, and answer the query `tell` over `among`.

    `among` names its columns and gives `child`, `case_id` and, for each table, a column with the row's id; `changes`
    says by table which column that is, and the expressions over `t` (the row as it was) and `among`.
    """
    now, entries = [], []
    for table, (key, values) in changes.items():
        name, was, became = TABLES[table].name, _values(values, "was"), _values(values)
        sets = ", ".join(f"{column} = {expression}" for column, expression in values.items())
        now.append(f"""now_{table} AS (UPDATE {name} t SET {sets} FROM among JOIN {name} was ON was.id = among.{key}
            WHERE t.id = among.{key}
            RETURNING among.case_id, among.child, t.id, {was} AS was, {became} AS became)""")
        entries.append(f"SELECT case_id, child, '{table}', id, was, became FROM now_{table}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH among AS MATERIALIZED ({among}), {", ".join(now)},
                written AS ({_INTO} {" UNION ALL ".join(entries)}) {tell}""",
            params,
        )
        return cursor.fetchall()


def restore_all(cases: Iterable[int]) -> None:
    """Put back every row these cases changed. Raises Refused when a later act stands on one of them.

    The caller holds the locks of the children.
    """
    ids = list(cases)
    with connection.cursor() as cursor:
        cursor.execute('SELECT DISTINCT "table" FROM students_recordentry WHERE case_id = ANY(%s)', [ids])
        tables = [name for (name,) in cursor.fetchall()]
    _refuse_later_acts(ids, tables)
    for table in tables:
        if TABLES[table].ended:
            _end_made(ids, table)
    for table in tables:
        _put_back(ids, table)


def _refuse_later_acts(cases: list[int], tables: list[str]) -> None:
    met: dict[int, tuple[str, str]] = {}
    with connection.cursor() as cursor:
        for table in tables:
            t = TABLES[table]
            cursor.execute(
                f"""SELECT DISTINCT s.id, s.name, k.number FROM students_recordentry e
                    JOIN approvals_case k ON k.id = e.case_id
                    JOIN {t.name} t ON t.id = e.row JOIN students_student s ON s.id = e.child_id
                    WHERE {_MINE} AND (({t.row} || e.after) IS DISTINCT FROM {t.row} OR {_WRITTEN_LATER})
                    ORDER BY s.id LIMIT 50""",
                {"cases": cases, "table": table, "taken_back": list(TAKEN_BACK)},
            )
            met |= {child: (name, number) for child, name, number in cursor.fetchall()}
    if met:
        (_, number) = next(iter(met.values()))
        names = glanced([name for name, _ in met.values()])
        raise Refused(f"{number}办结之后{names}的学籍又有变动，不能直接撤销本件；请先更正后来的变动（第三十八条）。")


def _end_made(cases: list[int], table: str) -> None:
    t = TABLES[table]
    _execute(
        f"""UPDATE {t.name} t SET {t.ended} FROM students_recordentry e
            WHERE {_MINE} AND e.before IS NULL AND t.id = e.row""",
        {"cases": cases, "table": table},
    )


def _put_back(cases: list[int], table: str) -> None:
    t, params = TABLES[table], {"cases": cases, "table": table}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT DISTINCT jsonb_object_keys(e.before) FROM students_recordentry e
                WHERE {_MINE} AND e.before IS NOT NULL""",
            params,
        )
        columns = sorted(name for (name,) in cursor.fetchall())
    if not columns:
        return
    sets = ", ".join(f"{column} = (old.was).{column}" for column in columns)
    _execute(
        f"""UPDATE {t.name} t SET {sets} FROM (
                SELECT e.row, jsonb_populate_record(NULL::{t.name}, {t.kept}) AS was
                FROM students_recordentry e WHERE {_MINE} AND e.before IS NOT NULL) old
            WHERE t.id = old.row""",
        params,
    )
