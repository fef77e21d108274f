"""Questions asked at every signature: Django writes their SQL once per process, later calls only bind values.

Writing the SQL of a small query costs several times what PostgreSQL needs to answer it. The query stays in the language
of the models, so that a rule (which appointment is live?) is written down in one place only.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
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
        with connection.cursor() as cursor:
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


@cache
def _inserting(model: type[Model]) -> tuple[list, str]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    table, key, *columns = map(
        connection.ops.quote_name, [model._meta.db_table, model._meta.pk.column, *(field.column for field in fields)]
    )
    marks = ", ".join(["%s"] * len(columns))
    return fields, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) RETURNING {key}"
