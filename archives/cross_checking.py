"""第十条: whether the paper archive holds what the electronic one holds, child by child, once a term."""

from django.db import transaction

from accounts.policies import may
from approvals.errors import NotYourHand, Refused
from approvals.services import lock_children
from law import articles, clock
from schools.models import SchoolClass

from . import meter
from .kinds import PARTS, SHORT
from .models import CrossCheck
from .periods import Moment, Period


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
        row |= {"check": check, "electronic": here, "paper": paper}
        row["pairs"] = [(SHORT[part], part in here, part in paper, f"{row['id']}-{part}") for part in PARTS]
        row["differs"] = [(SHORT[part], part in paper) for part in PARTS if check and (part in here) != (part in paper)]
    return rows


@transaction.atomic
def record(school_class: SchoolClass, period: Period, ticks: dict[int, list[int]], *, by) -> int:
    """Write the paper column of a class: child id → parts on paper. Returns the rows in which the two differ.

    Whoever is not among `ticks` stays unchecked, or as it was checked before. Raises NotYourHand for everybody but the
    school's registrar, Refused when nobody of the class is among `ticks`.
    """
    if not may(by, "make_change", school_class.school_id):
        raise NotYourHand(f"电子与纸质档案由本校学籍管理员核对（{articles.ARCHIVE_AGREES}）。")
    lock_children(list(ticks))
    rows = [row for row in list_of(school_class, period) if row["id"] in ticks]
    if not rows:
        raise Refused("没有一名学生打了勾。请对照档案袋，有的部分打勾；袋里一部分也没有的，勾该生的“已对照”。")
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
    return sum(ticks[row["id"]] != row["electronic"] for row in rows)
