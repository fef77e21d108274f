"""COPY for model rows: how tens of thousands of children get in. Triggers and constraints hold as for any insert."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from operator import attrgetter
from types import SimpleNamespace

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import NOT_PROVIDED, Model

from jianping_xueji.vault import columns as sealing
from students.importing.bulk import copy_in

IN_FLIGHT = 2


def settle_for_growth() -> None:
    """Make this transaction fit to fill empty tables.

    Foreign keys are checked at the end of each statement instead of at commit: the history triggers open a
    subtransaction for every row, and PostgreSQL walks the list of postponed checks whenever one of them aborts, so that
    with a growing list each row would cost more than the one before. And since only a table's owner may ANALYZE, the
    planner goes on believing that the tables are empty: it must not choose what is good for empty tables only.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_nestloop = off")


def row_maker(model: type[Model]) -> Callable[..., SimpleNamespace]:
    """A maker of plain rows with the defaults of `model`, by column attribute: ten times cheaper than instances."""
    defaults = {
        f.attname: f.get_default()
        for f in model._meta.concrete_fields
        if f.default is NOT_PROVIDED or not callable(f.default)
    }
    return lambda **values: SimpleNamespace(**(defaults | values))


def copy_objects(model: type[Model], rows: Sequence, through=connection) -> None:
    """Write rows (of `row_maker`, or unsaved instances) by COPY; those without an id get one from the database.

    No save(), no signals. Raises what `copy_in` raises.
    """
    if not rows:
        return
    fields = [f for f in model._meta.concrete_fields if not (f.primary_key and rows[0].id is None)]
    values_of = attrgetter(*(f.attname for f in fields))
    copy_in(model, [f.column for f in fields], map(values_of, rows), through)


class BackgroundCopy:
    """Copies tables in order on this thread's connection while the caller prepares the next ones.

    Between entering and leaving, the caller itself must not use the database. Leaving waits, and raises what failed.
    """

    def __enter__(self) -> "BackgroundCopy":
        self._through = connections[DEFAULT_DB_ALIAS]
        self._through.inc_thread_sharing()
        sealing.ready()  # the pool's thread would ask for the keys over a connection of its own, and leave it open
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._waiting: list[Future] = []
        return self

    def submit(self, *tables: tuple[type[Model], Sequence]) -> None:
        """Copy these tables, one after another."""
        if len(self._waiting) >= IN_FLIGHT:
            self._waiting.pop(0).result()
        self._waiting.append(self._pool.submit(self._copy, tables))

    def _copy(self, tables) -> None:
        for model, rows in tables:
            copy_objects(model, rows, self._through)

    def __exit__(self, *failure) -> None:
        self._pool.shutdown(wait=True, cancel_futures=failure[0] is not None)
        self._through.dec_thread_sharing()
        if failure[0] is None:
            for each in self._waiting:
                each.result()
