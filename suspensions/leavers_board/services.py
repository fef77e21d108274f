"""Acts on a pair: the sheet that both schools sign, and the lost children who become suspected dropouts."""

from django.db import transaction

from accounts.policies import powers_behind
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.rules import judge
from approvals.services import lock_children, open_case
from law import articles, clock
from law.school_time import school_year_of
from schools.models import School
from students.changes import start_change
from students.leavers.cohort import term_start
from students.models import Student
from students.naming import named

from ..models import Dropout
from .board import Row, board
from .inquiry import LeaverInquiry, Outcome
from .pairing import Pairing
from .pairing_rules import PairingFacts, somebody_left

EVIDENCE = "小初对接核对：小学毕业应升七年级，开学后各初中均未接收"


@transaction.atomic
def open_sheet(primary: School, junior: School, *, by) -> Pairing:
    """Begin the sheet of a pair, once a year. Raises Refused (there is one), RulesBroken (no leavers), NotYourHand."""
    year = school_year_of(clock.today())
    School.objects.select_for_update(no_key=True).get(pk=primary.pk)
    standing = Pairing.objects.filter(primary=primary, junior=junior, year=year, ended=False).first()
    if standing:
        raise Refused(f"两校本学年的核对表已有：{standing.number}，现为“{standing.state_name}”（{articles.LEAVERS}）。")
    leavers = len(board(year, pair=(primary.pk, junior.pk)))
    verdict = judge((somebody_left,), PairingFacts(clock.today(), leavers))
    if verdict.broken:
        raise RulesBroken(verdict)
    sides = {"lead": primary, "peer": junior, "primary": primary, "junior": junior}
    return open_case(Pairing, by=by, children=[], state=Pairing.State.DRAFT, year=year, **sides)


def sheet_of(year: int, primary: int, junior: int | None) -> Pairing | None:
    """The sheet of a pair that counts."""
    return Pairing.objects.filter(year=year, primary=primary, junior=junior, ended=False).first() if junior else None


@transaction.atomic
def suspect_blanks(primary: School, junior: School | None, *, by) -> list[Dropout]:
    """Each blank of the pair becomes a suspected dropout of its own, led by the school that keeps the record.

    Raises Refused for a child nobody has inquired about, or whose intake is under way; NotYourHand.
    """
    if not powers_behind(by, Dropout.OPENER.right, primary.pk):
        raise NotYourHand(f"疑似辍学由学籍所在的{primary}建立（{articles.DROPOUT}）。")
    year = school_year_of(clock.today())
    pair = (primary.pk, junior.pk if junior else None)
    lock_children([row.child for row in board(year, pair=pair, blank=True)])
    rows = board(year, pair=pair, blank=True)
    refuse_untouched(rows)
    children = Student.objects.in_bulk([row.child for row in rows])
    return [suspected(children[row.child], row, year, by) for row in rows]


def refuse_untouched(rows: list[Row]) -> None:
    """Nobody is suspected before somebody has looked for the child. Raises Refused."""
    if not rows:
        raise Refused(f"没有去向空白的毕业生（{articles.LEAVERS}）。")
    told = []
    if idle := [row.name for row in rows if not row.inquiries]:
        told.append(f"还没有调查去向：{named(idle)}。请先走访并登记结果，再转为疑似辍学（{articles.LEAVERS}）。")
    if coming := [row.name for row in rows if row.intake]:
        told.append(f"初中正在建籍：{named(coming)}。请待其办结或撤回（{articles.REGISTER_GRADE_SEVEN}）。")
    if told:
        raise Refused(*told)


def suspected(child: Student, row: Row, year: int, by) -> Dropout:
    """The draft in the dropout chain, with what the last inquiry found."""
    last = LeaverInquiry.objects.filter(visit__child=child, year=year).select_related("visit").last()
    why = Dropout.Why.AWAY if row.found == Outcome.UNKNOWN else Dropout.Why.OTHER
    given = {"first_absent_on": term_start(year), "evidence": EVIDENCE, "why": why}
    return start_change(Dropout, child, by=by, whereabouts=last.visit.result[:100], **given)
