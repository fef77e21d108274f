"""The two numbers as spells of days, and what happened to them within a span: read from the record, set-based.

A spell of 学籍数 is an enrolment that counts; one of 在校生数 a run of places in a class (`records.sql`, `chairs.sql`).
What was undone has no day left and is in neither. Rows are years of entry (届), so that going up
a grade is no movement.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.db import connection, models
from django.db.models.expressions import RawSQL

HERE = Path(__file__).parent
NAMED = re.compile(r"%\((\w+)\)s")
COMMENT = re.compile(r"--.*$", re.MULTILINE)


class Book(models.TextChoices):
    RECORDS = "records", "学籍数"
    CHAIRS = "chairs", "在校生数"


@dataclass(frozen=True)
class Span:
    """Whose figures, and between which days, both included."""

    schools: tuple[int, ...]
    first: date
    last: date


@dataclass(frozen=True)
class Event:
    """So many children of one sex and one year of entry on one side of the balance, for one cause."""

    side: str
    how: str
    stage: str | None
    cohort: int | None
    sex: str
    count: int


@cache
def _query(book: str) -> str:
    parts = [COMMENT.sub("", (HERE / f"{name}.sql").read_text()).strip() for name in ("lives", book, "events")]
    return "WITH " + ",\n".join(parts)


def _bound(book: str, span: Span, rest: str) -> tuple[str, list]:
    """The query with its values in the order in which it asks for them."""
    text = f"{_query(book)} {rest}"
    values = {"first": span.first, "last": span.last, "schools": list(span.schools)}
    names = NAMED.findall(text)
    casts = {"first": "%s::date", "last": "%s::date", "schools": "%s::bigint[]"}
    return NAMED.sub(lambda found: casts[found[1]], text), [values[name] for name in names]


def events(book: str, span: Span) -> list[Event]:
    """Every figure of the balance, in one query."""
    rest = "SELECT side, how, stage, cohort, sex, count(*) FROM events GROUP BY 1, 2, 3, 4, 5"
    with connection.cursor() as cursor:
        cursor.execute(*_bound(book, span, rest))
        return [Event(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Move:
    """One child that came into a number or left it, on which day, for which cause and in which year of entry.

    Sides "open" and "close" name, without a day, who was counted before the first day and at the end of the last.
    """

    child: int
    side: str
    day: date | None
    how: str
    stage: str | None
    cohort: int | None


MOVES = """SELECT child, 'in', starts, came, stage0, cohort0 FROM spells
    WHERE starts BETWEEN %(first)s AND %(last)s
  UNION ALL
  SELECT child, 'out', ends, gone, stage1, cohort1 FROM spells WHERE ends BETWEEN %(first)s AND %(last)s
  UNION ALL
  SELECT child, side, NULL, '', stage, cohort FROM events WHERE side IN ('open', 'close')"""


def moves(span: Span) -> dict[Book, list[Move]]:
    """Every increase and decrease of both numbers child by child, by day, and who is counted before and after; in one
    query.

    What only changes its year of entry inside a school is none.
    """
    both = [_bound(book, span, MOVES) for book in Book]
    text = " UNION ALL ".join(
        f"SELECT '{book}', told.* FROM ({each}) AS told" for book, (each, _) in zip(Book, both, strict=True)
    )
    found: dict[Book, list[Move]] = {book: [] for book in Book}
    with connection.cursor() as cursor:
        cursor.execute(f"{text} ORDER BY 1, 4, 2, 3", [value for _, values in both for value in values])
        for book, *told in cursor.fetchall():
            found[Book(book)].append(Move(*told))
    return found


def children_of(book: str, span: Span, *, side: str, hows: list[str] | None, where: dict) -> RawSQL:
    """Ids of the children behind a figure, as a subquery; `where` narrows by stage, cohort and sex."""
    rest, more = "SELECT child FROM events WHERE side = %s", [side]
    if hows is not None:
        rest, more = f"{rest} AND how = ANY(%s)", [*more, hows]
    for column in ("stage", "cohort", "sex"):
        if column in where:
            rest, more = f"{rest} AND {column} IS NOT DISTINCT FROM %s", [*more, where[column]]
    text, values = _bound(book, span, rest)
    return RawSQL(f"({text})", [*values, *more])
