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
from django.db.models import Count, F, Value
from django.urls import reverse

from approvals.countdown.models import Countdown
from approvals.countdown.owed import AT_BUREAU
from archives.custody.owed import by_school
from law import clock, parameters
from law.deadline import declared
from law.school_time import school_year_of
from schools.models import Seats
from students.models import Enrolment, Placement, Problem, Student

from ..complaints.case import PROVED, Complaint
from ..complaints.words import Matter

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


def signs_at(schools: Iterable[int]) -> list[Sign]:
    """Every sign at these schools today, in the order of the article; the same few statements however many schools."""
    ids, day = list(schools), clock.today()
    cap = parameters.on(day)["class.cap"]
    asked = [limits(ids, day), problems(ids), hung_up(ids, day), over_cap(ids, day, cap), complaints(ids, day)]
    rows = asked[0].union(*asked[1:], all=True)
    found = [sign for row in rows if (sign := SIGNS[row[0]](*row[1:], cap))]
    return sorted([*found, *files(ids)], key=lambda sign: (sign.breach.value, -sign.number, sign.title))


def told(rows: models.QuerySet, sign: str, school: str, detail: str | None = None) -> models.QuerySet:
    """How many rows a school has, by a detail: (sign, school, detail, number), so that all can be asked at once."""
    named = rows.order_by().annotate(sign=Value(sign), at=F(school), detail=F(detail) if detail else Value(""))
    return named.values_list("sign", "at", "detail").annotate(number=Count("pk"))


def limits(ids: list[int], day: date) -> models.QuerySet:
    """Limits of the law that schools have passed, from the clock's own rows."""
    late = Countdown.objects.overdue(day).filter(school__in=ids, opened_on__lte=day).exclude(desk_right__in=AT_BUREAU)
    return told(late.exclude(deadline__startswith="order."), "limit", "school", "deadline")


def problems(ids: list[int]) -> models.QuerySet:
    """Open findings of 问题学籍: a record that is doubled or whose number and name disagree."""
    return told(Problem.objects.open().filter(child__school__in=ids), "problem", "child__school", "what")


def hung_up(ids: list[int], day: date) -> models.QuerySet:
    return told(without_class(ids, day), "hung_up", "school")


def over_cap(ids: list[int], day: date, cap: int) -> models.QuerySet:
    """Classes above the cap beyond what was lawfully granted."""
    rows = Seats.objects.filter(school__in=ids, year=school_year_of(day), school_class__isnull=False)
    return told(rows.filter(used__gt=cap + F("granted")), "over_cap", "school")


def complaints(ids: list[int], day: date) -> models.QuerySet:
    """Complaints of the last year that proved founded."""
    proved = Complaint.objects.filter(PROVED, closed_on__gt=day - YEAR, lead_school__in=ids)
    return told(proved, "complaint", "lead_school", "matter")


def limit_passed(school: int, code: str, number: int, cap: int) -> Sign | None:
    """None for an old row whose deadline is declared no more."""
    if (rule := declared().get(code)) is None:
        return None
    url = address("supervision:deadlines", state="overdue", rule=code, school=school)
    return Sign(LIMITS.get(code, Breach.OTHER), school, f"超期：{rule.title}", number, url)


def problem_found(school: int, what: str, number: int, cap: int) -> Sign:
    url = address("students:problems", what=what, school=school)
    return Sign(Breach.FALSE, school, f"问题学籍：{Problem.What(what).label}", number, url)


def child_hung_up(school: int, _, number: int, cap: int) -> Sign:
    return Sign(Breach.SPLIT, school, "在籍一个月以上没有班级", number, address("students:list", school=school))


def class_over_cap(school: int, _, number: int, cap: int) -> Sign:
    return Sign(Breach.SPLIT, school, f"班级超过最大班额{cap}人", number, address("students:classes", school=school))


def complaint_founded(school: int, matter: str, number: int, cap: int) -> Sign:
    url = address("supervision:complaints", scope="closed", matter=matter, school=school)
    return Sign(COMPLAINED[matter], school, f"一年内查实的投诉：{Matter(matter).label}", number, url)


SIGNS = {
    "limit": limit_passed,
    "problem": problem_found,
    "hung_up": child_hung_up,
    "over_cap": class_over_cap,
    "complaint": complaint_founded,
}


def files(ids: list[int]) -> Iterable[Sign]:
    """Paper files that the school still holds back past their day."""
    for school, figures in by_school(ids).items():
        if number := figures["overdue"]:
            url = address("custody:owed", school=school)
            yield Sign(Breach.NO_HANDOVER, school, "纸质档案逾期未移交", number, url)


def address(name: str, **narrowed) -> str:
    return f"{reverse(name)}?{urlencode(narrowed)}"


def by_breach(signs: Iterable[Sign]) -> dict[Breach, list[Sign]]:
    """Every kind of breach, with its signs or none."""
    grouped: dict[Breach, list[Sign]] = defaultdict(list)
    for sign in signs:
        grouped[sign.breach].append(sign)
    return {breach: grouped[breach] for breach in Breach}
