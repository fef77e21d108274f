"""What the pages of custody draw: departures with receiver and deadline, slips with their lines. Decides nothing."""

from collections.abc import Iterable

from schools.models import School
from students.models import Enrolment

from ..models import Handover, HandoverEntry
from . import owed
from .holdings import places_of
from .services import gives

SCHOOLS_DRAWN = 15


def rows_of(found: Iterable[Enrolment], user) -> list[dict]:
    """Lines of the list of what is owed, with the names of both sides, the box and whether the user may give.

    What is on its way leads to its slip, where the receiving school signs for it.
    """
    rows = owed.with_due(found)
    names = School.objects.in_bulk({pk for row in rows for pk in (row.giver, row.to) if pk})
    lie = places_of(children=[row.student_id for row in rows])
    slips = slips_of([row.student_id for row in rows if row.running])
    return [
        {
            "row": row,
            "giver": names[row.giver],
            "to": names[row.to] if row.to else row.went_to or "—",
            "place": lie.get(("child", row.student_id)),
            "slip": slips.get(row.student_id),
            "mine": not row.running and gives(user, row.giver, closing=row.left_by.kind == owed.CLOSING),
        }
        for row in rows
    ]


def slips_of(children: list[int]) -> dict[int, Handover]:
    """Child → the slip on which its file is on the way."""
    running = HandoverEntry.objects.filter(child__in=children, line=None).select_related("handover")
    return {entry.child_id: entry.handover for entry in running}


def chart_of(rows: list[dict]) -> dict:
    """Owed in time, overdue and on the way, per school; the schools that owe most first."""
    drawn = rows[:SCHOOLS_DRAWN]
    lines = {"逾期": "overdue", "未到期": "in_time", "在途": "on_way"}
    counted = [{**row, "in_time": row["owed"] - row["overdue"]} for row in drawn]
    return {
        "kind": "bar",
        "unit": "份",
        "labels": [row["school"].short_name for row in drawn],
        "series": [{"label": label, "values": [row[name] for row in counted]} for label, name in lines.items()],
    }


def entries_of(slip: Handover) -> list:
    """Lines of a slip in their order, children before volumes, each knowing whether it arrived."""
    rows = slip.entries.select_related("child", "volume", "line", "enrolment").order_by("pk")
    return list(rows)
