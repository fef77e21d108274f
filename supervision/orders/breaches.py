"""The nine kinds of breach of 第三十八条, and the signs by which the record itself shows them.

A sign is a count per school and an address with the rows behind it; every sign is one statement for all schools. What
no data can show (a leak, say) is learned from complaints that proved founded.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse

from approvals.countdown.models import Countdown
from approvals.countdown.owed import AT_BUREAU
from archives.custody.owed import by_school
from law import clock, parameters
from law.deadline import declared
from law.school_time import school_year_of
from schools.models import Seats
from students.models import Enrolment, Placement, Problem, Student

from ..complaints.case import Complaint, Matter, Truth

YEAR, ONE_MONTH = timedelta(days=365), timedelta(days=30)


class Breach(models.TextChoices):
    """第三十八条 in its own order."""

    NO_ARCHIVE = "1", "不为已接收学生建立学籍档案"
    FALSE = "2", "以虚假信息建立学籍或学籍档案"
    NOT_ENTERED = "3", "不及时把学籍变动信息纳入学籍档案"
    DROPOUT = "4", "不及时报告义务教育阶段学生辍学情况"
    NO_TRANSFER = "5", "接收学生不为其办理转学手续"
    NO_HANDOVER = "6", "不按规定为学生转接学籍档案"
    LEAK = "7", "泄露或非法使用学生学籍信息"
    SPLIT = "8", "违规招生、空挂学籍等造成人籍分离"
    OTHER = "9", "违反国家、省、市、县有关规定的其他行为"


# Limits of the clock that, once passed at a school, are a breach of their own kind; any other is one of the ninth.
LIMITS: dict[str, Breach] = {
    "registration.month": Breach.NO_ARCHIVE,
    "archive.opened": Breach.NO_ARCHIVE,
    "ceims.entered": Breach.NOT_ENTERED,
    "ceims.confirmed": Breach.NOT_ENTERED,
    "campaign.term": Breach.NOT_ENTERED,
    "dropout.four_weeks": Breach.DROPOUT,
    "dropout.month_report": Breach.DROPOUT,
    "transfer.prereview_school": Breach.NO_TRANSFER,
    "transfer.to_school": Breach.NO_TRANSFER,
    "transfer.arrival": Breach.SPLIT,
    "transfer.from_school": Breach.NO_HANDOVER,
    "dropout.migrant_file": Breach.NO_HANDOVER,
    "leavers.taken_over": Breach.NO_HANDOVER,
}
# What a founded complaint speaks of.
COMPLAINED: dict[str, Breach] = {
    Matter.REFUSED: Breach.OTHER,
    Matter.DELAYED: Breach.NO_TRANSFER,
    Matter.FILES: Breach.NO_HANDOVER,
    Matter.SPLIT: Breach.SPLIT,
    Matter.FALSE: Breach.FALSE,
    Matter.DROPOUT: Breach.DROPOUT,
    Matter.SUSPENSION: Breach.NOT_ENTERED,
    Matter.LEAK: Breach.LEAK,
    Matter.OTHER: Breach.OTHER,
}


@dataclass(frozen=True)
class Sign:
    """So many things of one kind at one school that show a breach; `url` leads to the rows."""

    breach: Breach
    school: int
    title: str
    number: int
    url: str

    @property
    def words(self) -> str:
        return f"{self.title}{self.number}"


def signs_at(schools: Iterable[int]) -> list[Sign]:
    """Every sign at these schools today, in the order of the article; six statements however many schools."""
    ids = list(schools)
    found = [sign for look in LOOKS for sign in look(ids, clock.today())]
    return sorted(found, key=lambda sign: (sign.breach.value, -sign.number, sign.title))


def _limits(ids: list[int], day: date) -> Iterable[Sign]:
    """Limits of the law that schools have passed, from the clock's own rows."""
    late = Countdown.objects.overdue(day).filter(school__in=ids, opened_on__lte=day).exclude(desk_right__in=AT_BUREAU)
    rows = late.exclude(deadline__startswith="order.").values_list("school", "deadline").annotate(number=Count("pk"))
    for school, code, number in rows.order_by():
        if rule := declared().get(code):
            url = address("supervision:deadlines", state="overdue", rule=code, school=school)
            yield Sign(LIMITS.get(code, Breach.OTHER), school, f"超期：{rule.title}", number, url)


def _problems(ids: list[int], day: date) -> Iterable[Sign]:
    """Open findings of 问题学籍: a record that is doubled or whose number and name disagree."""
    rows = Problem.objects.open().filter(child__school__in=ids).values_list("child__school", "what")
    for school, what, number in rows.annotate(number=Count("pk")).order_by():
        url = address("students:problems", what=what, school=school)
        yield Sign(Breach.FALSE, school, f"问题学籍：{Problem.What(what).label}", number, url)


def without_class(ids: list[int], day: date):
    """Children on the roll and in school who sit in no class: a record hung up in the air (空挂)."""
    seated = Placement.objects.filter(
        enrolment__student=models.OuterRef("pk"), enrolment__voided=False, year=school_year_of(day), ends=None
    )
    begun = Enrolment.objects.filter(
        student=models.OuterRef("pk"), voided=False, during__upper_inf=True, during__startswith__lt=day - ONE_MONTH
    )
    on_roll = Student.objects.filter(school__in=ids, status=Student.Status.ENROLLED)
    return on_roll.filter(~models.Exists(seated), models.Exists(begun))


def _hung_up(ids: list[int], day: date) -> Iterable[Sign]:
    rows = without_class(ids, day).values_list("school").annotate(number=Count("pk"))
    for school, number in rows.order_by():
        yield Sign(Breach.SPLIT, school, "在籍一个月以上没有班级", number, address("students:list", school=school))


def _over_cap(ids: list[int], day: date) -> Iterable[Sign]:
    """Classes above the cap beyond what was lawfully granted."""
    cap = parameters.on(day)["class.cap"]
    rows = Seats.objects.filter(school__in=ids, year=school_year_of(day), school_class__isnull=False)
    over = rows.filter(used__gt=cap + F("granted")).values_list("school").annotate(number=Count("pk"))
    for school, number in over.order_by():
        yield Sign(Breach.SPLIT, school, f"班级超过最大班额{cap}人", number, address("students:classes", school=school))


def _files(ids: list[int], day: date) -> Iterable[Sign]:
    """Paper files that the school still holds back past their day."""
    for school, figures in by_school(ids).items():
        if number := figures["overdue"]:
            url = address("custody:owed", school=school)
            yield Sign(Breach.NO_HANDOVER, school, "纸质档案逾期未移交", number, url)


def _complaints(ids: list[int], day: date) -> Iterable[Sign]:
    """Complaints of the last year that proved founded."""
    proved = Q(truth__in=[Truth.FOUNDED, Truth.PARTLY], closed_on__gt=day - YEAR)
    rows = Complaint.objects.filter(proved, lead_school__in=ids).values_list("lead_school", "matter")
    for school, matter, number in rows.annotate(number=Count("pk")).order_by():
        url = address("supervision:complaints", scope="closed", matter=matter, school=school)
        yield Sign(COMPLAINED[matter], school, f"一年内查实的投诉：{Matter(matter).label}", number, url)


LOOKS = (_limits, _problems, _hung_up, _over_cap, _files, _complaints)


def address(name: str, **narrowed) -> str:
    return f"{reverse(name)}?{urlencode(narrowed)}"


def by_breach(signs: Iterable[Sign]) -> dict[Breach, list[Sign]]:
    """Every kind of breach, with its signs or none."""
    grouped: dict[Breach, list[Sign]] = defaultdict(list)
    for sign in signs:
        grouped[sign.breach].append(sign)
    return {breach: grouped[breach] for breach in Breach}
