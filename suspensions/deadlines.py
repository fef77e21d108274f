"""Deadlines of children away from class: 休学, 旷课, 辍学, death, and leavers whose school nobody knows."""

from datetime import date

from django.db.models import BigIntegerField, DateField, Exists, F, Func, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Substr

from approvals.deadlines import desk
from approvals.models import CaseSubject
from law import articles, parameters
from law.deadline import Deadline, Subject, Unit, declare
from law.models import Term
from students.deadlines import MakeDate, opening_of
from students.leavers.cohort import last_in_grade_six, nearest_school
from students.leavers.destination import LeaverDestination
from students.models import Placement, Student

from . import absence, ledger
from .leavers_board.inquiry import SETTLING, LeaverInquiry
from .leavers_board.pairing import Pairing
from .models import AbsenceEntry, Dropout
from .periods import with_periods

# The day on which a decided case of these kinds about the child was closed, of a row that is found no more.
DECIDED = """SELECT min(k.closed_on) FROM approvals_casesubject s JOIN approvals_case k ON k.id = s.case_id
    WHERE s.child_id = c.subject AND k.closed_on >= c.opened_on AND k.state = 'done' AND k.kind IN ({kinds})"""


def periods(extended: bool) -> QuerySet[Student]:
    known = with_periods(Student.objects.all()).filter(suspension__isnull=False, extended_until__isnull=not extended)
    return known.values_list("pk", "school", "starts_on", "until")


def truants(day: date) -> QuerySet[AbsenceEntry]:
    """Unbroken runs of 旷课 that no case has taken up; a running transfer pauses the alarm."""
    taken = CaseSubject.objects.filter(child=OuterRef("child"), blocking=True, case__kind__in=["transfer", "dropout"])
    entries = AbsenceEntry.objects.filter(~Exists(taken), child__status=Student.Status.ENROLLED, day__lte=day)
    runs = absence.unbroken(entries).order_by().values("child", "child__school").annotate(first=Min("day"))
    return runs.values_list("child", "child__school", "first")


def files_to_hand_over(day: date) -> QuerySet[Dropout]:
    """Dropouts whose household lies in another county and whose file is still here: due when the term ends."""
    ends = Term.objects.filter(ends__gte=OuterRef("closed_on")).order_by("ends").values("ends")[:1]
    found = ledger.standing(Dropout.objects.filter(handed_on=None)).annotate(
        home=Substr("subjects__child__household_division", 1, 6),
        county=Substr("lead_school__bureau__division_id", 1, 6),
        subject=F("pk"),
        school=F("lead_school"),
        starts=F("closed_on"),
        due=Subquery(ends),
    )
    return found.exclude(home="").exclude(home=F("county"))


def lost_leavers() -> QuerySet[Placement]:
    """The grade-six places of leavers whom no junior school has and nobody has traced (board: 空白)."""
    traced = LeaverInquiry.objects.filter(visit__child=OuterRef("enrolment__student"), year=OuterRef("year") + 1)
    suspected = CaseSubject.objects.filter(child=OuterRef("enrolment__student"), blocking=True, case__kind="dropout")
    waiting = last_in_grade_six(Q(enrolment__student__status=Student.Status.LEAVER))
    waiting = waiting.annotate(
        told=Coalesce(Subquery(traced.order_by("-pk").values("outcome")[:1]), Value("")), begins=F("year") + 1
    )
    return waiting.filter(~Exists(suspected)).exclude(told__in=SETTLING)


def not_taken_over(day: date) -> QuerySet[Placement]:
    """Leavers, each on the desk of the junior school that answers for it."""
    assigned = LeaverDestination.objects.filter(
        child=OuterRef("enrolment__student"), year=OuterRef("begins"), ended_by=None
    )
    found = lost_leavers().annotate(
        assigned=Subquery(assigned.values("school")[:1]), nearest=nearest_school(), opened=opening_of("begins")
    )
    school = Func(
        F("assigned"), F("nearest"), F("enrolment__school"), function="COALESCE", output_field=BigIntegerField()
    )
    return found.annotate(answers=school).values_list("enrolment__student", "answers", "opened")


def reconciled_by(day: date) -> tuple[Value, Value]:
    last = parameters.on(day).yearly("leavers.last_day", day.year)
    return Value(last.month), Value(last.day)


def with_lost_leavers(day: date) -> QuerySet[Placement]:
    """Primary schools with a blank on the board."""
    found = lost_leavers().annotate(
        subject=F("enrolment__school"), opened=opening_of("begins"), due=MakeDate(F("begins"), *reconciled_by(day))
    )
    return found.annotate(owner=F("enrolment__school")).values_list("subject", "owner", "opened", "due").distinct()


def unsigned_sheets(day: date) -> QuerySet[Pairing]:
    sheets = Pairing.objects.filter(closed_on=None, desk_school__isnull=False)
    return sheets.annotate(
        subject=F("pk"),
        school=F("desk_school"),
        starts=F("opened_on"),
        due=Func(
            MakeDate(F("year"), *reconciled_by(day)), F("opened_on"), function="GREATEST", output_field=DateField()
        ),
        right=F("desk_right"),
    )


declare(
    Deadline(
        code="suspension.expires",
        article=articles.SUSPENSION_LENGTH,
        title="休学期满",
        unit=Unit.FIXED,
        start="休学起始日",
        subject=Subject.CHILD,
        right="make_change",
        tells=("due",),
        found=lambda day: periods(extended=False),
        same_daily=True,
        met=DECIDED.format(kinds="'resumption', 'extension', 'dropout', 'death', 'abroad'"),
        remedy="请联系家长：办理复学，或在期满前申请延长一次；无人前来的列入控辍台账劝返",
        url="suspensions:due",
        remind=("suspension.remind_days", 7, 0),
    ),
    Deadline(
        code="suspension.final",
        article=articles.SUSPENSION_LENGTH,
        title="延长的休学期满（不能再延长）",
        unit=Unit.FIXED,
        start="休学起始日",
        subject=Subject.CHILD,
        right="make_change",
        tells=("due",),
        found=lambda day: periods(extended=True),
        same_daily=True,
        met=DECIDED.format(kinds="'resumption', 'dropout', 'death', 'abroad'"),
        remedy="请督促到校复学；仍不到校的列入控辍台账，由学校劝返",
        url="suspensions:due",
        remind=("suspension.remind_days", 7, 0),
    ),
    Deadline(
        code="dropout.four_weeks",
        article=articles.DROPOUT,
        title="连续旷课满四周",
        unit=Unit.ABSENCE,
        length="dropout.absence_days",
        start="旷课首日（计入）",
        subject=Subject.CHILD,
        right="make_change",
        found=truants,
        met="""SELECT min(day) FROM (
            SELECT k.opened_on AS day FROM approvals_casesubject s JOIN approvals_case k ON k.id = s.case_id
                WHERE s.child_id = c.subject AND k.kind IN ('dropout', 'transfer') AND k.opened_on >= c.starts_on
            UNION ALL SELECT a.day FROM suspensions_absenceentry a
                WHERE a.child_id = c.subject AND NOT a.replaced AND a.mark <> 'truant' AND a.day > c.starts_on) m""",
        remedy="请家访劝返并登记；满四周仍不到校的填报疑似辍学，报乡镇和教育局",
        url="dropout:ledger",
        remind=(21, 7, 0),
    ),
    Deadline(
        code="dropout.migrant_file",
        article=articles.DROPOUT_MIGRANT,
        title="随迁子女辍学档案移交",
        unit=Unit.FIXED,
        start="列为辍学之日",
        subject=Subject.CASE,
        right="make_change",
        tells=("due",),
        found=files_to_hand_over,
        met="SELECT d.handed_on FROM suspensions_dropout d WHERE d.case_ptr_id = c.subject",
        remedy="请在学期末前将档案转交户籍所在地教育行政部门，登记接收单位和回执",
        url="dropout:handovers",
        remind=(14, 3, 0),
    ),
    desk(
        "death.cancelled",
        "死亡注销",
        Q(kind="death"),
        known="opened_on",
        article=articles.DEATH,
        start="学校获知之日",
        met="SELECT k.closed_on FROM approvals_case k WHERE k.id = c.subject",
        remedy="请取得死亡证明，核对三个日期，由学校和教育局在期限内注销",
    ),
    Deadline(
        code="leavers.taken_over",
        article=articles.REGISTER_GRADE_SEVEN,
        title="七年级接续学籍",
        unit=Unit.DAYS,
        length="intake.grade7_days",
        start="新学期开学之日",
        subject=Subject.CHILD,
        right="make_change",
        found=not_taken_over,
        same_daily=True,
        met=DECIDED.format(kinds="'grade7_intake'"),
        remedy="请由初中在“七年级招生入学”接收；没有到校的劝返，去了外地的登记凭据",
        url="students:intake",
        remind=(7, 3, 0),
    ),
    Deadline(
        code="leavers.reconciled",
        article=articles.LEAVERS,
        title="毕业生去向逐人核对",
        unit=Unit.FIXED,
        start="新学期开学之日",
        subject=Subject.SCHOOL,
        right="make_change",
        tells=("due",),
        found=with_lost_leavers,
        remedy="请逐名查明去向：县内入学的由初中建籍，其余登记走访结果和凭据，九月末前无空白",
        url="board:county",
        remind=(7, 3, 0),
    ),
    Deadline(
        code="leavers.signed",
        article=articles.LEAVERS,
        title="小初对接核对表签字",
        unit=Unit.FIXED,
        start="建表之日",
        subject=Subject.CASE,
        right="make_change",
        tells=("due", "right"),
        found=unsigned_sheets,
        met="SELECT k.closed_on FROM approvals_case k WHERE k.id = c.subject",
        remedy="请核对名单后签字；有空白的先查明去向",
        url="approvals:case",
        remind=(7, 3, 0),
    ),
)
