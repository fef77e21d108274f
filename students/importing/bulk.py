"""Thousands of rows at once: COPY in, and one UPDATE that touches exactly the columns that change in each row."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from psycopg import sql

from jianping_xueji.vault import columns as sealing
from jianping_xueji.vault.fields import SealedText


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """Primary keys from the table's own series, so that rows that refer to each other can be copied in."""
    with connection.cursor() as cursor:
        cursor.execute(
            # The name is looked up once, in a subquery of its own, and not for every key.
            "SELECT nextval((SELECT pg_get_serial_sequence(%s, 'id')::regclass)) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def no_trigger_is_ignored() -> None:
    """Tell the history triggers so for this transaction: a setting that is missing costs them an exception per row.

    Also carries the history context over to COPY, which passes Django's statement wrappers by.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{}'")


def blank_line(model: type[models.Model]) -> dict[str, Any]:
    """Every column but the key with the value of an empty field."""
    columns = [column for column in model._meta.concrete_fields if not column.primary_key]
    return {column.attname: None if column.null else "" for column in columns}


def copy_in(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], through=connection
) -> None:
    """COPY rows into the table of `model`, sealed columns sealed; triggers and constraints see every row. Raises
    IntegrityError, DataError for a text that is too long. `through` is another connection than this thread's own."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    lines = sealed_lines(model, columns, rows)
    with through.cursor() as cursor, through.wrap_database_errors, cursor.copy(statement) as copy:
        for row in lines:
            copy.write_row(row)


def sealed_lines(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable:
    """The same rows as the table keeps them. The keys are asked for now: during COPY nothing can be."""
    fields = [(at, model._meta.get_field(column)) for at, column in enumerate(columns)]
    closed = [(at, field.sealer()) for at, field in fields if isinstance(field, SealedText)]
    return (_sealed_line(list(row), closed) for row in rows) if closed else rows


def _sealed_line(line: list[Any], closed: Sequence[tuple]) -> list[Any]:
    for at, seal in closed:
        if line[at]:
            line[at] = seal(line[at])
    return line


def change_rows(model: type[models.Model], changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Set the named columns of each row (primary key → column → value) in one statement.

    A column that a row does not name keeps what it holds at that moment, not what somebody read earlier.
    """
    if not changes:
        return
    columns = sorted({column for each in changes.values() for column in each})
    statement = sql.SQL(
        "UPDATE {table} AS kept SET {assignments}"
        " FROM (SELECT id, given::jsonb AS given FROM unnest(%s::bigint[], %s::text[]) AS raw(id, given)) AS fresh"
        " WHERE kept.id = fresh.id"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        assignments=sql.SQL(", ").join(_assignment(model, column) for column in columns),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(), [list(changes), [_as_json(each) for each in changes.values()]])


def _assignment(model: type[models.Model], column: str) -> sql.Composed:
    # Without its length: a cast to varchar(30) would cut a long text off instead of refusing it.
    kind = model._meta.get_field(column).db_type(connection).partition("(")[0]
    return sql.SQL(
        "{column} = CASE WHEN given ? {name} THEN (given ->> {name})::" + kind + " ELSE kept.{column} END"
    ).format(column=sql.Identifier(column), name=sql.Literal(column))


def _as_json(values: Mapping[str, Any]) -> str:
    plain = {name: "\\x" + value.hex() if isinstance(value, bytes) else value for name, value in values.items()}
    return json.dumps(sealing.sealed(plain), ensure_ascii=False, cls=DjangoJSONEncoder)
