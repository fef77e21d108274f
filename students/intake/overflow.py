"""第四条：学区内新生不得拒收，学校学位已满的报教育局统筹，主管局长签批后由有学位的学校接收.

A kind of its own and not 选派学校 (第二十条): that one begins with a family at the bureau's counter, asks for proofs of
residence and ends in a notice the family carries; this one begins with a school that is full, is about a child already
entered there, asks nothing of the family (it did nothing but live in the catchment), and ends with the child standing
in the other school's batch. It lives below transfers, because intake ends before any transfer can begin.
"""

from dataclasses import dataclass
from datetime import date

from django.db import models

from approvals.desks import Desk, Hand, Side, Signature
from approvals.errors import Refused
from approvals.models import SeatHold
from approvals.moves import move
from approvals.rules import rule
from approvals.ways import BUREAU_DESKS, DONE, LEADER_DESK, REGISTRAR, way
from law import articles, clock, parameters
from schools import seats

from .. import enrolments
from ..models.child import Student

ISSUED, AT_SCHOOL = "issued", "学校接收"
GRADE = 1


@dataclass(frozen=True)
class OverflowFacts:
    """统筹要看的事实：指定了哪所学校，设不设一年级，有没有空余学位."""

    on: date
    school: str = ""
    teaches: bool = False
    free_seats: int = 0
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day):
        return None


@rule(
    "还没有指定接收学校，或者所选学校不设一年级、已经撤销",
    articles.CATCHMENT,
    remedy="请打开“指定接收学校”，选择就近的、有空余学位的学校",
    kept="已指定接收学校",
)
def receiving_school_named(f):
    return bool(f.school) and f.teaches


@rule(
    "{f.school}一年级没有空余学位",
    articles.INTAKE_PLAN,
    remedy="请改为指定有空余学位的学校",
    kept="接收学校有空余学位",
)
def receiving_school_has_a_seat(f):
    return not f.school or f.free_seats > 0


class Overflow(
    way(
        articles.CATCHMENT,
        decide="同意统筹，通知学校接收",
        done="已接收",
        rules=(receiving_school_named, receiving_school_has_a_seat),
        school=False,
        leader=True,
        draft="待教育局安排",
        after=[(ISSUED, "待学校接收")],
    )
):
    """第四条：学区学校学位已满，教育局就近统筹，预留学位；接收学校没有不接收的步骤"""

    kind_code = "overflow"
    prefix = "统"
    OPENER = REGISTRAR
    TEMPLATE = "students/overflow.html"
    STAGES = ("教育局", "主管局长", AT_SCHOOL)
    DESKS = {
        **BUREAU_DESKS,
        **LEADER_DESK,
        ISSUED: Desk(AT_SCHOOL, Signature.NONE, Hand("make_change", Side.PEER), "placement.days"),
    }

    year = models.PositiveSmallIntegerField("入学年")
    reported = models.CharField("学校报告的情况", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "新生统筹"

    def build_facts(self, day):
        target = self.peer_school
        if target is None:
            return OverflowFacts(day)
        holds = self.state == ISSUED
        teaches = GRADE in target.grades and target.closed_on is None
        return OverflowFacts(day, str(target), teaches, 1 if holds else free_seats(target, self.year, day))

    def page(self, user):
        from .overflows import page_of

        return page_of(self, user)

    def take_effect(self):
        """The leader has signed: a seat is held, the school has until the notice ends to take the child."""
        today = clock.today()
        enrolments.open_ledger(self.peer_school, self.year, parameters.on(today)["class.cap"])
        rows = seats.rows_for(self.peer_school_id, self.year, GRADE, None)
        if not rows:
            raise Refused(f"{self.peer_school}没有一年级的学位台账，请先核对班级（{articles.INTAKE_PLAN}）。")
        seats.reserve(rows)
        SeatHold.objects.bulk_create([SeatHold(case_id=self.pk, seats=row, held_on=today) for row in rows])

    def undo_effect(self):
        from .overflows import bring_back

        bring_back(self)

    def let_go(self):
        """Without a decision the child stands with the school that reported it, as before."""
        from .overflows import return_child

        end_holds(self)
        return_child(self)

    @move("登记接收", source=ISSUED, target=DONE, article=articles.CATCHMENT, signs=False)
    def take(self, **_):
        """The only act of the receiving school: it has no move to refuse. The child joins its batch."""
        from .overflows import hand_over

        end_holds(self)
        hand_over(self)


def free_seats(school, year: int, day: date) -> int:
    """Seats of grade one that are free; a ledger not open yet has classes × cap."""
    row = seats.Seats.objects.of_grade(school, year, GRADE).first()
    if row:
        return max(row.free_seats, 0)
    classes = [each for each in school.classes.filter(closed_on=None) if each.grade_in(year) == GRADE]
    return len(classes) * parameters.on(day)["class.cap"]


def end_holds(case) -> None:
    """The reserved seat is free again: the child takes one when it is registered, or goes back."""
    holds = list(SeatHold.objects.filter(case_id=case.pk, ended_on=None).select_related("seats").order_by("seats_id"))
    seats.release([hold.seats for hold in holds])
    SeatHold.objects.filter(pk__in=[hold.pk for hold in holds]).update(ended_on=clock.today())


def still_pending(case) -> Student:
    """The child of the case, as long as no school has registered it. Raises Refused."""
    child = Student.objects.get(pk=case.child.pk)
    if child.status != Student.Status.PENDING:
        raise Refused(f"{child.name}现为“{child.get_status_display()}”，不能再按统筹办理（{articles.CATCHMENT}）。")
    return child
