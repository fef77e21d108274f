"""A large county of a small one: every child again and again under new numbers, by one INSERT … SELECT a table.

Written by the owner of the scratch database with its triggers off: only the present record is asked, and the history of
a million children would double the disk and say nothing. Copies sit in the same schools and classes and keep their
names. References, constraints and indexes hold as for anybody's rows.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Table:
    """Whose numbers its rows count on (`of`, by column `key`); values of other columns, of row `t` and turn `k`."""

    name: str
    of: str
    key: str
    changed: dict[str, str] = field(default_factory=dict)


STUDENT, ENROLMENT = "students_student", "students_enrolment"
SHIFTED = "t.{} + k * %(stride)s"
TABLES = (
    Table(STUDENT, STUDENT, "id", {"slug": "substr(md5(t.slug || k::text), 1, 12)"}),
    Table("students_familymember", STUDENT, "student_id"),
    Table("students_studentnumber", STUDENT, "student_id", {"index": "sha256(t.index || int4send(k))"}),
    Table(
        ENROLMENT, STUDENT, "student_id", {"id": "t.id + k * (SELECT max(id) - min(id) + 1 FROM students_enrolment)"}
    ),
    Table("students_placement", ENROLMENT, "enrolment_id"),
)


def multiply(owner_url: str, children: int) -> None:
    """Copy the county until it has so many children. AssertionError unless its numbers are without gaps."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("SET synchronous_commit = off")
        owner.execute("SET maintenance_work_mem = '512MB'")
        spans = {name: _span(owner, name) for name in (STUDENT, ENROLMENT)}
        for table in TABLES:
            _copy(owner, table, *spans[table.of], children)
        for name in spans:
            owner.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence('{0}', 'id'), max(id)) FROM {0}").format(sql.SQL(name))
            )
        owner.execute("VACUUM ANALYZE")


def _span(owner: psycopg.Connection, name: str) -> tuple[int, int]:
    """The first number of a table, and how many there are."""
    found = owner.execute(sql.SQL("SELECT min(id), count(*), max(id) FROM {}").format(sql.Identifier(name))).fetchone()
    first, count, last = found
    assert last - first + 1 == count, f"{name}: numbers with gaps"
    return first, count


def _copy(owner: psycopg.Connection, table: Table, first: int, stride: int, children: int) -> None:
    """One table; a copy that would belong to a child beyond the last one wanted is left out."""
    changed = {table.key: SHIFTED.format(table.key)} | table.changed
    columns = owner.execute(
        "SELECT array_agg(column_name::text) FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name = %s AND is_generated = 'NEVER' AND (column_name <> 'id' OR %s)",
        [table.name, "id" in changed],
    ).fetchone()[0]
    statement = sql.SQL(
        "INSERT INTO {name} ({columns}) SELECT {values} FROM {name} t, generate_series(1, %(turns)s) k"
        " WHERE t.{key} + k * %(stride)s < %(first)s + %(children)s"
    ).format(
        name=sql.Identifier(table.name),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(
            sql.SQL(changed[each]) if each in changed else sql.SQL("t.{}").format(sql.Identifier(each))
            for each in columns
        ),
        key=sql.Identifier(table.key),
    )
    given = {"stride": stride, "first": first, "children": children, "turns": -(-children // stride)}
    switch = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
    owner.execute(switch.format(sql.Identifier(table.name), sql.SQL("DISABLE")))
    with _indexes_off(owner, table.name):
        owner.execute(statement, given)
    owner.execute(switch.format(sql.Identifier(table.name), sql.SQL("ENABLE")))


@contextmanager
def _indexes_off(owner: psycopg.Connection, name: str):
    """What only finds rows is built anew afterwards, ten times faster than row by row; what forbids rows stays."""
    found = owner.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i WHERE indrelid = %s::regclass"
        " AND NOT indisunique AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [name],
    ).fetchall()
    for index, _ in found:
        owner.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))
    yield
    for _, definition in found:
        owner.execute(definition)
