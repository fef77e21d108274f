"""The journal for decisions about thousands of children: the entries of `journal`, written and undone by statements.

`rewrite` changes rows and `bring_forth` makes rows; both write one `RecordEntry` a row in the same statement.
`restore_all` puts everything back in the manner of `journal.restore`: a changed row gets its former values, a row that
came to be is ended where it began, and nothing happens when a later act stands on one of them.
A case changes a row once at most.
"""

from dataclasses import dataclass

from django.db import connection

from approvals.errors import Refused
from approvals.models import Case

from .naming import glanced

_RANGE = "jsonb_build_array(lower(t.during), upper(t.during))"


@dataclass(frozen=True)
class Table:
    """How a table of the record is read as the journal keeps it, and how a row that came to be is ended."""

    name: str
    row: str = "to_jsonb(t)"
    kept: str = "e.before"
    ended: str = ""


TABLES = {
    "student": Table("students_student"),
    "enrolment": Table(
        "students_enrolment",
        f"(to_jsonb(t) || jsonb_build_object('during', {_RANGE}))",
        """CASE WHEN e.before ? 'during' THEN e.before || jsonb_build_object('during',
            daterange((e.before->'during'->>0)::date, (e.before->'during'->>1)::date)::text) ELSE e.before END""",
        "voided = true",
    ),
    "placement": Table("students_placement", ended="ends = t.starts"),
}
_INTO = 'INSERT INTO students_recordentry (case_id, child_id, "table", "row", before, after)'
_MINE = 'e.case_id = %(case)s AND e."table" = %(table)s'


def _value(column: str) -> str:
    return _RANGE if column == "during" else f"t.{column}"


def _values(columns) -> str:
    return "jsonb_build_object({})".format(", ".join(f"'{column}', {_value(column)}" for column in columns))


def _execute(statement: str, params: dict) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def rewrite(case: Case, table: str, values: dict[str, str], among: str, **params) -> int:
    """Set columns of the rows `among` (a SELECT of row and child) to SQL expressions over `t`; returns how many."""
    t, kept = TABLES[table], _values(values)
    sets = ", ".join(f"{column} = {expression}" for column, expression in values.items())
    statement = f"""
        WITH among (id, child) AS MATERIALIZED ({among}),
        was AS MATERIALIZED (
            SELECT t.id AS row, among.child, {kept} AS was FROM {t.name} t JOIN among ON among.id = t.id),
        now AS (UPDATE {t.name} t SET {sets} FROM was WHERE t.id = was.row
            RETURNING t.id, was.child, was.was, {kept} AS became)
        {_INTO} SELECT %(case)s, child, %(table)s, id, was, became FROM now
    """
    return _execute(statement, {"case": case.pk, "table": table, **params})


def bring_forth(case: Case, table: str, columns: tuple[str, ...], select: str, child: str, **params) -> int:
    """Make the rows of `select`; `child` says in SQL whose a row `t` is. Returns how many there are."""
    t = TABLES[table]
    statement = f"""
        WITH t AS (INSERT INTO {t.name} ({", ".join(columns)}) {select} RETURNING *)
        {_INTO} SELECT %(case)s, whose.child, %(table)s, t.id, NULL, {t.row} FROM t JOIN {child}
    """
    return _execute(statement, {"case": case.pk, "table": table, **params})


def restore_all(case: Case) -> None:
    """Put back every row the case changed. Raises Refused when a later act stands on one of them.

    The caller holds the locks of the children.
    """
    with connection.cursor() as cursor:
        cursor.execute('SELECT DISTINCT "table" FROM students_recordentry WHERE case_id = %s', [case.pk])
        tables = [name for (name,) in cursor.fetchall()]
    _refuse_later_acts(case, tables)
    for table in tables:
        if TABLES[table].ended:
            _end_made(case, table)
    for table in tables:
        _put_back(case, table)


def _refuse_later_acts(case: Case, tables: list[str]) -> None:
    met: dict[int, str] = {}
    with connection.cursor() as cursor:
        for table in tables:
            t = TABLES[table]
            cursor.execute(
                f"""SELECT DISTINCT s.id, s.name FROM students_recordentry e
                    JOIN {t.name} t ON t.id = e.row JOIN students_student s ON s.id = e.child_id
                    WHERE {_MINE} AND ({t.row} || e.after) IS DISTINCT FROM {t.row} ORDER BY s.id LIMIT 50""",
                {"case": case.pk, "table": table},
            )
            met |= dict(cursor.fetchall())
    if met:
        raise Refused(
            f"{case.number}办结之后{glanced(list(met.values()))}的学籍又有变动，不能直接撤销本件；请先更正后来的变动（第三十八条）。"
        )


def _end_made(case: Case, table: str) -> None:
    t = TABLES[table]
    _execute(
        f"""UPDATE {t.name} t SET {t.ended} FROM students_recordentry e
            WHERE {_MINE} AND e.before IS NULL AND t.id = e.row""",
        {"case": case.pk, "table": table},
    )


def _put_back(case: Case, table: str) -> None:
    t, params = TABLES[table], {"case": case.pk, "table": table}
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
