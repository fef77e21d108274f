"""The statements of the clock: what one deadline finds, with its due days, and what that does to the rows.

The question of a deadline is a QuerySet of its app; its SQL stands in a `WITH` as `found`, the county's calendar is
joined to it, and the due day of any number of rows comes of one join.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from law import parameters
from law.deadline import Deadline, Unit
from law.workdays import CALENDAR, COUNTS, LONGEST_LOOK

# The columns that a declaration need not tell.
_TOLD = {
    "due": "NULL::date",
    "confirmed": "true",
    "known": "NULL::date",
    "right": "%(right)s::text",
    "length": "NULL::int",
    "bureau": "NULL::bigint",
}
NOTHING = _TOLD | {"subject": "0", "school": "0", "starts": "NULL::date", "right": "''"}
# OFFSET 0 keeps the question whole: pulled up, a first day that is itself a subquery would be asked three times a row.
_FOUND = """
found AS MATERIALIZED (
    SELECT q.subject::bigint AS subject, q.school::bigint AS school, q.starts::date AS starts,
        {due}::date AS due, {confirmed}::boolean AS confirmed, greatest({known}, q.starts)::date AS known,
        {right}::text AS "right", {length}::int AS length, {bureau}::bigint AS bureau
    FROM ({question} OFFSET 0) q ({columns})
    WHERE q.starts <= %(today)s AND (%(schools)s::bigint[] IS NULL OR q.school::bigint = ANY (%(schools)s)))"""
# A period keeps the number that was in force on the day it began.
_LASTING = """
lasting AS MATERIALIZED (
    SELECT f.*, coalesce(f.length, n.number) AS number FROM found f
    JOIN unnest(%(since)s::date[], %(until)s::date[], %(numbers)s::int[]) n (since, until, number)
        ON f.starts >= n.since AND f.starts < n.until)"""
_ADD = {
    Unit.WORKDAYS: "starts",
    Unit.ABSENCE: "starts",
    Unit.DAYS: "starts + number",
    Unit.MONTHS: "(starts + make_interval(months => number))::date",
}
# What the last day is, from the calendar's row of the day reached (s).
_LAST = {
    Unit.WORKDAYS: "e.works AND e.nth = s.nth + l.number",
    Unit.ABSENCE: "e.counts AND e.missed = s.missed - s.counts::int + l.number",
    Unit.DAYS: "e.works AND e.nth = s.nth + (NOT s.works)::int",
    Unit.MONTHS: "e.works AND e.nth = s.nth + (NOT s.works)::int",
}
_SURE = {Unit.WORKDAYS: "true"}
# Past all published terms a run of absence has no counted days: then the bare days stand in, marked as guessed.
_OTHERWISE = {Unit.ABSENCE: "l.starts + l.number - 1"}
_COUNTED = """
{calendar},
counted AS (
    SELECT l.subject, l.school, l.starts, coalesce(e.day, {otherwise}) AS due,
        coalesce(e.guessed = s.guessed AND {sure}, false) AS confirmed, l.known, l."right", l.bureau AS told,
        {left} AS days_left
    FROM lasting l
    JOIN calendar s ON s.day = {reached}
    LEFT JOIN calendar e ON {last}
    JOIN calendar t ON t.day = %(today)s)"""
_FIXED = """
counted AS (
    SELECT subject, school, starts, due, confirmed, known, "right", bureau AS told, due - %(today)s AS days_left
    FROM found WHERE due IS NOT NULL AND due >= starts)"""

_ESCALATED = """
standing AS (
    SELECT c.*, coalesce(s.bureau_id, c.told, c.subject) AS bureau,
        CASE WHEN %(today)s >= c.due - %(remind)s THEN greatest(c.known, c.due - %(remind)s) END AS reminded,
        CASE WHEN %(today)s > c.due THEN greatest(c.known, c.due + 1) END AS escalated,
        CASE WHEN %(today)s > c.due + %(report)s THEN greatest(c.known, c.due + %(report)s + 1) END AS reported
    FROM counted c LEFT JOIN schools_school s ON s.id = c.school)"""
_COLUMNS = "school_id, bureau_id, desk_right, due_on, confirmed, opened_on, reminded_on, escalated_on, reported_on"
_VALUES = 'd.school, d.bureau, d."right", d.due, d.confirmed, d.known, d.reminded, d.escalated, d.reported'
_TODAY = ", ".join(f"o.{name}" for name in _COLUMNS.split(", "))
_AGAIN = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS.split(", "))
_WRITE = f"""
closed AS (
    UPDATE approvals_countdown c
    SET closed_on = greatest(c.starts_on, least(%(today)s, coalesce(({{met}}), %(today)s)))
    WHERE c.deadline = %(deadline)s AND c.closed_on IS NULL AND c.starts_on <= %(today)s
        AND NOT EXISTS (SELECT FROM counted f WHERE f.subject = c.subject AND f.starts = c.starts_on)
    RETURNING 1),
written AS (
    INSERT INTO approvals_countdown (deadline, article, about, subject, starts_on, {_COLUMNS})
    SELECT DISTINCT ON (d.subject, d.starts) %(deadline)s, %(article)s, %(about)s, d.subject, d.starts, {_VALUES}
    FROM standing d LEFT JOIN approvals_countdown o
        ON o.deadline = %(deadline)s AND o.subject = d.subject AND o.starts_on = d.starts AND o.closed_on IS NULL
    WHERE o.id IS NULL OR ({_TODAY}) IS DISTINCT FROM ({_VALUES})
    ORDER BY d.subject, d.starts, d.due
    ON CONFLICT (deadline, subject, starts_on) WHERE closed_on IS NULL DO UPDATE SET {_AGAIN}
    RETURNING (xmax = 0) AS fresh)
SELECT (SELECT count(*) FROM written WHERE fresh), (SELECT count(*) FROM written WHERE NOT fresh),
    (SELECT count(*) FROM closed), (SELECT count(*) FROM counted)"""
_READ = """SELECT subject, school, starts, due, confirmed, known, "right", days_left FROM counted
ORDER BY due, school, subject"""
_CASES = """
moved AS (
    UPDATE approvals_case k SET due_on = c.due, due_confirmed = c.confirmed FROM counted c
    WHERE k.id = c.subject AND (k.due_on, k.due_confirmed) IS DISTINCT FROM (c.due, c.confirmed) RETURNING 1)
SELECT count(*) FROM moved"""


def question(deadline: Deadline, day: date) -> tuple[str, dict]:
    """The bare SELECT of what is open, and its parameters by name."""
    sql, given = _written_once(deadline) if deadline.same_daily else _written(deadline, day)
    return sql, dict(given)


@cache
def _written_once(deadline: Deadline) -> tuple[str, dict]:
    return _written(deadline, date.min)


def _written(deadline: Deadline, day: date) -> tuple[str, dict]:
    found = deadline.found(day)
    if found is None:
        return f"SELECT {', '.join(NOTHING[name] for name in deadline.columns)} WHERE false", {}
    if isinstance(found, tuple):
        written, values = found
        # The words of somebody else's statement, its parameters under names of their own.
        named = {name: f"q_{name}" for name in values}
        return written % {name: f"%({mine})s" for name, mine in named.items()}, {
            mine: values[name] for name, mine in named.items()
        }
    if found._fields is None:
        found = found.values_list(*deadline.columns)
    sql, params = found.order_by().query.sql_with_params()
    given = {f"q{n}": value for n, value in enumerate(params)}
    return sql % tuple(f"%({name})s" for name in given), given


def _found(deadline: Deadline, day: date, schools: Iterable[int] | None) -> tuple[str, dict]:
    sql, given = question(deadline, day)
    told = {name: f'q."{name}"' if name in deadline.tells else bare for name, bare in _TOLD.items()}
    columns = ", ".join(f'"{name}"' for name in deadline.columns)
    given |= {"today": day, "right": deadline.right, "schools": None if schools is None else list(schools)}
    return _FOUND.format(question=sql, columns=columns, **told), given


def _lengths(length: str | int | None) -> dict[str, list]:
    spans = parameters.spans(length) if isinstance(length, str) else [(date.min, date.max, length or 0)]
    since, until, numbers = (list(each) for each in zip(*spans, strict=True))
    return {"since": since, "until": until, "numbers": numbers}


def _calendar(deadline: Deadline) -> str:
    """The calendar over just the span in which due days can lie, and today."""
    reached = _ADD[deadline.unit]
    # Ten working days take up to four weeks of a holiday autumn, 28 days of absence the summer between two terms.
    ahead = {Unit.WORKDAYS: f"2 * number + {LONGEST_LOOK}", Unit.ABSENCE: f"number + {3 * LONGEST_LOOK}"}
    last = f"{reached} + {ahead.get(deadline.unit, LONGEST_LOOK)}"
    return CALENDAR.format(
        counts=COUNTS if deadline.unit == Unit.ABSENCE else "false",
        first=f"(SELECT least(min({reached}), %(today)s) FROM lasting)",
        last=f"(SELECT greatest(max({last}), %(today)s) FROM lasting)",
    )


def counting(deadline: Deadline, day: date, schools: Iterable[int] | None = None) -> tuple[list[str], dict[str, Any]]:
    """The `WITH` that ends in `counted`: every open thing of a deadline with its due day, and the parameters."""
    found, given = _found(deadline, day, schools)
    if deadline.unit == Unit.FIXED:
        return [found, _FIXED], given
    left = "(e.nth - t.nth)::int" if deadline.unit == Unit.WORKDAYS else "coalesce(e.day, l.starts) - %(today)s"
    reached = _ADD[deadline.unit].replace("starts", "l.starts").replace("number", "l.number")
    counted = _COUNTED.format(
        calendar=_calendar(deadline),
        reached=reached,
        last=_LAST[deadline.unit],
        sure=_SURE.get(deadline.unit, "s.announced"),
        otherwise=_OTHERWISE.get(deadline.unit, "s.day"),
        left=left,
    )
    return [found, _LASTING, counted], given | _lengths(deadline.length)


def reading(deadline: Deadline, day: date, schools: Iterable[int] | None = None) -> tuple[str, dict]:
    """What is open on a day, without writing."""
    parts, given = counting(deadline, day, schools)
    return f"WITH {','.join(parts)} {_READ}", given


def checking(deadline: Deadline, day: date) -> tuple[str, dict]:
    """One deadline of one night: found, opened, reminded, escalated, closed in one statement."""
    parts, given = counting(deadline, day)
    params = parameters.on(day)
    given |= {
        "deadline": deadline.code,
        "article": str(deadline.article),
        "about": deadline.subject.value,
        "remind": max(deadline.reminders(params), default=0),
        "report": params["deadline.report_days"],
    }
    return f"WITH {','.join([*parts, _ESCALATED, _WRITE.format(met=deadline.met or 'NULL::date')])}", given


def recounting(desks: Deadline, day: date) -> tuple[str, dict]:
    """The due days of open cases, counted again where the calendar says otherwise than when they arrived."""
    parts, given = counting(desks, day)
    return f"WITH {','.join([*parts, _CASES])}", given
