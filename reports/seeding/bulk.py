"""COPY for model rows: how tens of thousands of children get in. Triggers and constraints hold as for any insert."""

from collections.abc import Iterable
from operator import attrgetter

from django.db import connection
from django.db.models import Model


def next_ids(model: type[Model], count: int) -> list[int]:
    """Draw `count` primary keys from the model's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def copy_in(model: type[Model], rows: Iterable[Model]) -> int:
    """Write unsaved instances of `model` by COPY; those without a primary key get one from the database.

    Values go as they are: no save(), no signals. Returns the number of rows. IntegrityError as for any insert.
    """
    rows = list(rows)
    if not rows:
        return 0
    fields = [f for f in model._meta.concrete_fields if not (f.primary_key and rows[0].pk is None)]
    columns = ", ".join(connection.ops.quote_name(f.column) for f in fields)
    values_of = attrgetter(*(f.attname for f in fields))
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(values_of(row))
    return len(rows)
