"""Questions asked at every signature: Django writes their SQL once per process, PostgreSQL plans them once per
connection, later calls only bind values.

Writing the SQL of a small query costs several times what PostgreSQL needs to answer it, and so does planning it. The
query stays in the language of the models, so that a rule (which appointment is live?) is written down in one place.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Model, QuerySet
from django.db.transaction import TransactionManagementError

# Stand-ins for the values of a call: inside the range of every column type, and nothing anybody would write literally.
STAND_INS = {int: lambda n: 31_900 + n, date: lambda n: date(1, 1, 1 + n), str: lambda n: f"<value {n}>"}


@dataclass(frozen=True)
class Written:
    """The SQL of a query, where each value goes, and how a row becomes an instance."""

    sql: str
    places: list[tuple[str | None, Any]]
    locks: bool
    converters: list[tuple[int, list, Any]]
    columns: list[str]
    first: int
    annotations: dict[str, int]

    def bound(self, given: dict) -> list:
        return [given[name] if name else literal for name, literal in self.places]

    def converted(self, row: tuple) -> list:
        """The row with each value as its field has it."""
        row = list(row)
        for position, converters, expression in self.converters:
            for convert in converters:
                row[position] = convert(row[position], expression, connection)
        return row


def require_transaction() -> None:
    """A lock that ends with its own statement guards nothing: TransactionManagementError outside a transaction."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("Rows can only be locked inside a transaction.")


class _KeptCursor(ServerBindingCursor):
    """Says what it was asked last, as Django's logs want to know it, also of a text that the server keeps."""

    def _convert_query(self, *given):
        self._query = super()._convert_query(*given)
        return self._query


@contextmanager
def planned_once() -> Iterator:
    """A cursor as `connection.cursor()`, seen by the same logs; the server keeps the plan of what it is asked again.

    Values travel beside the text (`prepare_threshold` of the settings says from when a text is kept). For questions
    that begin with SELECT and whose best plan is the same whatever the values: to whatever may change rows, a request
    adds a statement that tells the history whose change it is, and two statements are not kept.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = _KeptCursor(connection.connection)
    with connection._prepare_cursor(cursor) as wrapped:
        yield wrapped


class Prepared:
    """Decorates a function that builds a queryset from annotated arguments (int, date or str).

    `rows(…)` answers with tuples, `objects(…)` with instances of the model, without related ones; both take the
    function's arguments by name. `build` is the function itself, for a query that goes further.
    """

    def __init__(self, build: Callable[..., QuerySet]):
        self.build = build
        self.__doc__ = build.__doc__

    def rows(self, **given) -> list[tuple]:
        """The answer as the columns the queryset selects."""
        written = self._written
        if written.locks:
            require_transaction()
        with planned_once() as cursor:
            cursor.execute(written.sql, written.bound(given))
            return cursor.fetchall()

    def objects(self, **given) -> list:
        """The answer as instances of the queryset's model, with its annotations."""
        written, found = self._written, []
        last = written.first + len(written.columns)
        for row in map(written.converted, self.rows(**given)):
            instance = self._model.from_db(DEFAULT_DB_ALIAS, written.columns, row[written.first : last])
            for name, position in written.annotations.items():
                setattr(instance, name, row[position])
            found.append(instance)
        return found

    @cached_property
    def _stand_ins(self) -> dict[str, Any]:
        asked = inspect.signature(self.build).parameters
        return {name: STAND_INS[p.annotation](n) for n, (name, p) in enumerate(asked.items(), start=1)}

    @cached_property
    def _queryset(self) -> QuerySet:
        return self.build(**self._stand_ins)

    @cached_property
    def _model(self) -> type:
        return self._queryset.model

    @cached_property
    def _written(self) -> Written:
        query = self._queryset.query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        names = {value: name for name, value in self._stand_ins.items()}
        selected = [expression for expression, _, _ in compiler.select]
        fields = compiler.klass_info["select_fields"] if compiler.klass_info else []
        return Written(
            sql,
            [(names.get(p) if isinstance(p, int | date | str) else None, p) for p in params],
            query.select_for_update,
            [(n, converters, e) for n, (converters, e) in compiler.get_converters(selected).items()],
            [selected[n].target.attname for n in fields],
            fields[0] if fields else 0,
            compiler.annotation_col_map or {},
        )


def insert(row: Model) -> Model:
    """Insert a new row with the key the database draws, as `save(force_insert=True)` does, without signals."""
    fields, sql = _inserting(type(row))
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields])
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def update(model: type[Model], values: dict[str, Any], **where) -> int:
    """Set columns, by attribute name, of the rows whose columns are as given; returns how many there were.

    What `filter(…).update(…)` does with plain values.
    """
    meta, quote = model._meta, connection.ops.quote_name
    columns = {f.attname: f for f in meta.local_concrete_fields}
    given = [(columns[name], value) for name, value in (*values.items(), *where.items())]
    named = [f"{quote(field.column)} = %s" for field, _ in given]
    sets, tests = ", ".join(named[: len(values)]), " AND ".join(named[len(values) :])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {tests}",
            [field.get_db_prep_save(value, connection) for field, value in given],
        )
        return cursor.rowcount


def insert_all(rows: Sequence[Model], *, keyed: bool = False) -> None:
    """Insert new rows of one model's own table by one statement, as `insert` does with one.

    `keyed`: they have their keys already, as the rows of a kind whose spine is written.
    """
    if not rows:
        return
    meta, quote = rows[0]._meta, connection.ops.quote_name
    fields = [field for field in meta.local_concrete_fields if keyed or not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {quote(meta.db_table)} ({columns}) VALUES {_marks(len(rows), ["%s"] * len(fields))}
                RETURNING {quote(meta.pk.column)}""",
            [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields],
        )
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update_all(model: type[Model], values: Mapping[int, dict[str, Any]], **where) -> int:
    """Set columns of many rows, by key and attribute name, if other columns are as given; returns how many there were.

    Every row has a value for the same columns. What `update` does to one row, by one statement.
    """
    meta, quote = model._meta, connection.ops.quote_name
    own = {f.attname: f for f in meta.local_concrete_fields}
    fields = [own[name] for name in next(iter(values.values()))]
    rows = [[pk, *(row[field.attname] for field in fields)] for pk, row in values.items()]
    sets = ", ".join(f"{quote(field.column)} = given.c{n}" for n, field in enumerate(fields, 1))
    tests = " AND ".join([f"t.{quote(meta.pk.column)} = given.c0", *(f"t.{quote(own[n].column)} = %s" for n in where)])
    named = ", ".join(f"c{n}" for n in range(len(fields) + 1))
    keyed = (meta.pk, *fields)
    typed = [
        f"%s::{field.rel_db_type(connection) if field.primary_key else field.db_type(connection)}" for field in keyed
    ]
    params = [f.get_db_prep_save(v, connection) for row in rows for f, v in zip(keyed, row, strict=True)]
    params += [own[name].get_db_prep_save(value, connection) for name, value in where.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {quote(meta.db_table)} t SET {sets}
                FROM (VALUES {_marks(len(rows), typed)}) given ({named}) WHERE {tests}""",
            params,
        )
        return cursor.rowcount


def _marks(rows: int, columns: list[str]) -> str:
    return ", ".join([f"({', '.join(columns)})"] * rows)


@cache
def _inserting(model: type[Model]) -> tuple[list, str]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    table, key, *columns = map(
        connection.ops.quote_name, [model._meta.db_table, model._meta.pk.column, *(field.column for field in fields)]
    )
    marks = ", ".join(["%s"] * len(columns))
    return fields, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) RETURNING {key}"
