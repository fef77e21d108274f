"""缓学（《义务教育法》第十一条）：因身体状况需要延缓入学的，监护人申请，教育局批准，一次一学年."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q

from approvals.materials import Paper, facts_of_papers
from approvals.rules import rule
from approvals.ways import way
from law import articles, clock
from law.school_time import last_day, school_year_name, school_year_of

from .models import RosterChild


@dataclass(frozen=True)
class DeferralFacts:
    """缓学要看的事实：达龄、未入学、当年、有责任学校、没有另一件."""

    on: date
    name: str
    year: int
    of_age: bool
    in_school: bool
    settled: str = ""
    has_owner: bool = True
    other: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    @property
    def year_name(self) -> str:
        return school_year_name(self.year)

    def at(self, day: date) -> None:
        """No waiting changes any of this."""
        return None


@rule(
    "{f.name}在{f.year_name}尚未达到入学年龄，不需要申请缓学",
    articles.DEFERRED_ENTRY,
    remedy="请核对出生日期；未达龄的到入学的学年再申请",
    kept="已达到入学年龄",
)
def is_of_age(f):
    return f.of_age


@rule(
    "{f.name}已有学籍或正在注册，不能再缓学",
    articles.DEFERRED_ENTRY,
    remedy="因病不能坚持学习的，请由学校办理休学（第二十一条）",
    kept="尚未入学",
)
def is_not_in_school(f):
    return not f.in_school


@rule(
    "已认定{f.name}{f.settled}，不需要缓学",
    articles.DEFERRED_ENTRY,
    remedy="认定有误的请先在名册中更正去向",
    kept="没有另外认定的去向",
)
def is_not_settled(f):
    return not f.settled


@rule(
    "{f.year_name}已经结束",
    articles.DEFERRED_ENTRY,
    remedy="请在当年名册中为该儿童申请；缓学一次一学年，期满仍需缓学的逐年申请",
    kept="申请的是本学年或下一学年",
)
def year_is_not_over(f):
    return f.year >= school_year_of(f.on)


@rule(
    "{f.name}还没有责任学校",
    articles.CATCHMENT,
    remedy="请先在名册中指定责任学校",
    kept="有责任学校",
)
def has_an_owner(f):
    return f.has_owner


@rule(
    "该儿童{f.year_name}已有缓学{f.other}",
    articles.DEFERRED_ENTRY,
    remedy="一名儿童一个学年只办一件；须更正的请主管局长撤销原决定",
    kept="本学年没有另一件缓学",
)
def is_the_only_one(f):
    return not f.other


class Deferral(
    way(
        articles.DEFERRED_ENTRY,
        decide="准予缓学",
        done="已准予缓学",
        rules=(is_of_age, is_not_in_school, is_not_settled, year_is_not_over, has_an_owner, is_the_only_one),
        school=False,
    )
):
    """缓学：适龄儿童因身体状况延缓入学一学年，编号即批准文号；期满仍需缓学的逐年申请"""

    kind_code = "deferral"
    prefix = "缓"
    OWN_KEY = True
    NOTICES = True
    PRINTS: tuple = ()
    DRAFT = ("ground_note", "hospital", "certified_on", "guardian")
    TEMPLATE = "students/deferral.html"

    roster_child = models.ForeignKey(
        RosterChild, models.PROTECT, related_name="deferrals", verbose_name="适龄儿童", editable=False
    )
    ground_note = models.CharField("身体状况", max_length=200, help_text="病名，或不能按时入学的具体情况。")
    hospital = models.CharField("出具证明的医院", max_length=60)
    certified_on = models.DateField("证明日期")
    guardian = models.CharField("申请人（监护人）", max_length=60)
    # Open or standing: what keeps a second one of the same child and year out, in the database.
    counts = models.BooleanField("在办或有效", default=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "缓学"
        constraints = [
            models.UniqueConstraint(fields=["roster_child"], condition=Q(counts=True), name="one_deferral_per_child")
        ]

    @property
    def wrapped_key(self):
        """Scans are sealed with the key of the roster's row."""
        return self.roster_child.wrapped_key

    @property
    def until(self) -> date:
        return last_day(self.roster_child.year)

    @staticmethod
    def papers() -> list[Paper]:
        return [
            Paper("application", "监护人缓学申请（签字）", articles.DEFERRED_ENTRY),
            Paper("medical_proof", "县级及以上医院诊断证明", articles.DEFERRED_ENTRY),
            Paper("household_book", "户口簿（儿童本人页）", articles.DEFERRED_ENTRY),
        ]

    def build_facts(self, day):
        from .deferrals import facts_for

        return facts_for(self.roster_child, day, case=self, **facts_of_papers(self))

    def introduced(self):
        child = self.roster_child
        return {"name": child.name, "addressee": self.guardian, "masked_number": child.masked}

    def page(self, user):
        from .deferrals import page_of

        return page_of(self, user)

    def day_of(self, particulars):
        return self.certified_on if self.certified_on <= clock.today() and self.state in self.SUCCESS else None

    def take_effect(self):
        """The register does not know the child yet; what the decision does is to be there."""

    def undo_effect(self):
        self.counts = False

    def let_go(self):
        self.counts = False
