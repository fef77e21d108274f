"""第十条: whether the paper archive holds what the electronic one holds, child by child, once a term."""

from dataclasses import dataclass

from django.db import transaction

from accounts.policies import may
from approvals.errors import NotYourHand, Refused
from approvals.services import lock_children
from law import articles, clock
from schools.models import SchoolClass

from . import meter
from .entries import named
from .kinds import PARTS, SHORT
from .models import CrossCheck
from .periods import Moment, Period

SAID = {str(part) for part in PARTS}


def list_of(school_class: SchoolClass, period: Period, moment: Moment | None = None) -> list[dict]:
    """The class, one row a child: of each part whether it is in the system, on paper, and whether these agree."""
    rows = meter.children_of([school_class.school_id], class_id=school_class.pk, moment=moment)
    electronic = meter.electronic_parts(rows)
    checks = {
        check.child_id: check
        for check in CrossCheck.objects.filter(
            child__in=[row["id"] for row in rows], school=school_class.school_id, year=period.year, term=period.term
        ).select_related("checked_by")
    }
    for row in rows:
        check = checks.get(row["id"])
        here, paper = electronic[row["id"]], check.paper if check else []
        row |= {"check": check, "looked": bool(check), "electronic": here, "paper": paper}
        row["seen"] = seen_as(held_of(row))
        row["pairs"] = [(SHORT[part], part in here, part in paper, f"{row['id']}-{part}") for part in PARTS]
        row["differs"] = [(SHORT[part], part in paper) for part in PARTS if check and (part in here) != (part in paper)]
    return rows


def seen_as(held: list[int] | None) -> str:
    """What a page sends back of a row as it was drawn: "" unchecked, "0" nothing on paper, else the parts: "1,3"."""
    return "" if held is None else ",".join(map(str, held)) or "0"


def seen_from(said: str) -> list[int] | None:
    return [int(part) for part in said.split(",") if part in SAID] if said else None


@dataclass(frozen=True)
class Recorded:
    """What a saving did: rows written, those among them in which the two differ, rows that stay as they were."""

    written: int
    differing: int
    same: int


@transaction.atomic
def record(
    school_class: SchoolClass,
    period: Period,
    ticks: dict[int, list[int]],
    *,
    by,
    seen: dict[int, list[int] | None] | None = None,
) -> Recorded:
    """Write the paper column of a class: child id → parts on paper.

    A row checked before with the same parts keeps its day and its person; whoever is not among `ticks` stays unchecked,
    or as it was checked before. `seen`: child id → the parts the person's page had, None unchecked; a row the person
    left as it was there is left alone. Raises NotYourHand for everybody but the school's registrar, Refused when nobody
    of the class is among `ticks`, or somebody else checked a row of them after the person looked.
    """
    if not may(by, "make_change", school_class.school_id):
        raise NotYourHand(f"电子与纸质档案由本校学籍管理员核对（{articles.ARCHIVE_AGREES}）。")
    lock_children(list(ticks))
    told = [row for row in list_of(school_class, period) if row["id"] in ticks]
    if not told:
        raise Refused("没有一名学生打了勾。请对照档案袋，有的部分打勾；袋里一部分也没有的，勾该生的“已对照”。")
    rows = changed_among(told, ticks, seen)
    CrossCheck.objects.bulk_create(
        [
            CrossCheck(
                child_id=row["id"],
                school_id=school_class.school_id,
                year=period.year,
                term=period.term,
                paper=sorted(ticks[row["id"]]),
                electronic=row["electronic"],
                checked_by=by,
                checked_on=clock.today(),
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["child", "school", "year", "term"],
        update_fields=["paper", "electronic", "checked_by", "checked_on"],
    )
    differing = sum(sorted(ticks[row["id"]]) != row["electronic"] for row in rows)
    return Recorded(len(rows), differing, len(told) - len(rows))


def changed_among(rows: list[dict], ticks: dict, seen: dict | None) -> list[dict]:
    """The rows the person checked for the first time or changed. Raises Refused when one was checked meanwhile."""
    touched = [row for row in rows if seen is None or seen.get(row["id"]) != sorted(ticks[row["id"]])]
    changed = [row for row in touched if held_of(row) != sorted(ticks[row["id"]])]
    moved = [row["name"] for row in changed if seen is not None and held_of(row) != seen.get(row["id"])]
    if moved:
        raise Refused(f"{named(moved)}刚刚由他人核对过，请看现在的结果后再勾。")
    return changed


def held_of(row: dict) -> list[int] | None:
    """The parts found on paper when the row was checked, None before that."""
    return row["paper"] if row["check"] else None
