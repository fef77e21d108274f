"""Where the state of a record and its days disagree today: the places to look when the two numbers do not fit."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from law import articles
from law.articles import Article
from students.filters import ON_ROLL
from students.models import Enrolment, Placement, Student

AWAY = ("suspended", "dropped_out", "abroad", "in_custody", "leaver")


@dataclass(frozen=True)
class Check:
    """One disagreement: what it means and how it is mended."""

    code: str
    label: str
    remedy: str
    article: Article
    children: QuerySet[Student]


def _lives():
    return Exists(Enrolment.objects.living().filter(student=OuterRef("pk")))


def _sits():
    return Exists(Placement.objects.filter(enrolment__student=OuterRef("pk"), enrolment__voided=False, ends=None))


def checks_for(schools) -> list[Check]:
    """The disagreements among children whose record is at these schools; nothing is asked of the database yet."""
    mine = Student.objects.filter(school__in=list(schools))
    return [
        Check(
            "nowhere",
            "学籍状态在籍，却没有在校记录",
            "核对学生是否已经离校；由数据管理员凭原件更正",
            articles.NO_FALSE_RECORD,
            mine.filter(status__in=ON_ROLL).exclude(_lives()),
        ),
        Check(
            "still",
            "学籍已经结束，在校记录没有结束",
            "核对离校的业务是否办结；由数据管理员凭原件更正",
            articles.NO_FALSE_RECORD,
            mine.filter(_lives()).exclude(status__in=[*ON_ROLL, "leaver"]),
        ),
        Check(
            "seated",
            "已休学、辍学、出境等，却仍编在班中",
            "核对学生是否到校：到校的办理复学、返校；没有到校的报教育局更正编班",
            articles.CHANGES_IN_TIME,
            mine.filter(_sits(), status__in=AWAY),
        ),
        Check(
            "unseated",
            "学籍状态在读，却没有编班",
            "由学校核对学生所在班级，报教育局更正",
            articles.CHANGES_IN_TIME,
            mine.filter(_lives(), status="enrolled").exclude(_sits()),
        ),
    ]
