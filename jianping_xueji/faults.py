"""What a log says of a fault: what kind it is and where it arose. What it says of itself may quote a child's row."""

import logging
import traceback
from collections.abc import Iterator

import psycopg


class WithoutValues(logging.Formatter):
    """Each line as it was written; of an exception, and of those behind it, never the message."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # what another formatter may have made of it
        return super().format(record)

    def formatException(self, ei) -> str:  # noqa: N802 — the name that logging calls
        return "\n".join(f"{kind_of(fault)} at {way_of(fault)}" for fault in behind(ei[1]))


def kind_of(fault: BaseException) -> str:
    """Its class; of one that the database found its code, table and constraint too, which hold no values."""
    found = fault if isinstance(fault, psycopg.Error) else fault.__cause__
    if not isinstance(found, psycopg.Error):
        return type(fault).__name__
    told = (type(fault).__name__, found.sqlstate, found.diag.table_name, found.diag.constraint_name)
    return " ".join(filter(None, told))


def way_of(fault: BaseException) -> str:
    """The places it came through, the innermost first."""
    frames = traceback.extract_tb(fault.__traceback__)
    return " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))


def behind(fault: BaseException | None) -> Iterator[BaseException]:
    """The fault, and one after the other those it came from."""
    told: set[int] = set()
    while fault is not None and id(fault) not in told:
        told.add(id(fault))
        yield fault
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
