"""第十五条：升级——教育局一次办理所辖各校，每校一件，两人签字，成批写入；主管局长可以整体撤销."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from accounts.policies import school_ids_where
from approvals.errors import Refused
from approvals.rules import rule
from approvals.ways import way
from jianping_xueji.jobs.models import Job
from law import articles
from law.school_time import school_year_name
from schools.models import Bureau

from . import advancing
from .calendar import turn_of


class PromotionRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Runs of the bureaus at whose schools the user makes, checks, signs or audits for the bureau."""
        rights = ("bureau_make", "bureau_check", "bureau_sign", "audit_school")
        schools = set().union(*(school_ids_where(user, right) for right in rights))
        return self.filter(bureau__in=Bureau.objects.filter(school__among=schools))


class PromotionRun(models.Model):
    """升级批次：一个教育局一个学年，经办人提交、审核人确认后一次写入；各校的升级业务都属于它"""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "待审核确认"
        DONE = "done", "已升级"
        WITHDRAWN = "withdrawn", "已撤回"
        UNDONE = "undone", "已撤销"

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="+", verbose_name="教育局")
    year = models.PositiveSmallIntegerField("结束的学年（起始年）")
    state = models.CharField("状态", max_length=10, choices=State, default=State.SUBMITTED)
    figures = models.JSONField("预演与结果", default=dict, encoder=DjangoJSONEncoder)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    made_on = models.DateField("经办日期")
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="后台任务")

    objects = PromotionRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "升级批次"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "done", "withdrawn", "undone"]),
                name="promotion_run_state",
            ),
            models.UniqueConstraint(
                fields=["bureau", "year"],
                condition=Q(state__in=["submitted", "done"]),
                name="one_promotion_a_year",
            ),
        ]

    def __str__(self):
        return f"{self.bureau}{school_year_name(self.year)}升级"


@dataclass(frozen=True)
class PromotionFacts:
    """一校升级要看的事实：新学年是否已经开始."""

    on: date
    turn: date
    deciding: bool = False
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day):
        return None


@rule(
    "新学年从{f.turn:%Y年%-m月%-d日}开始，升级自该日起确认",
    articles.PROMOTION,
    remedy="请在该日或以后确认；此前可以预演、经办",
    kept="新学年已经开始",
)
def the_year_has_turned(f):
    return not f.deciding or f.on >= f.turn


class Promotion(
    way(
        articles.PROMOTION,
        decide="确认升级",
        done="已升级",
        rules=(the_year_has_turned,),
        in_ceims="",
        school=False,
    ),
):
    """第十五条：一所学校的升级，随教育局的升级批次办理"""

    kind_code = "promotion"
    prefix = "升"
    TEMPLATE = "students/year/promotion_case.html"

    run = models.ForeignKey(PromotionRun, models.PROTECT, related_name="cases", verbose_name="升级批次")

    class Meta:
        verbose_name = verbose_name_plural = "升级"

    @property
    def child(self):
        """A whole school: no page of this case is the page of one child."""
        return None

    @cached_property
    def alongside(self) -> list["Promotion"]:
        """The cases moved together with this one, itself among them."""
        return [self]

    @cached_property
    def written(self) -> dict[int, int]:
        """Case → children moved, once the effect on all of `alongside` is written."""
        return {}

    @property
    def year(self) -> int:
        return self.run.year

    @classmethod
    def stand_together(cls, cases):
        """The schools of a run are written at once, by the first signature; the others find their share written."""
        runs = PromotionRun.objects.in_bulk({case.run_id for case in cases})
        written = {}
        for case in cases:
            case.run, case.alongside, case.written = runs[case.run_id], cases, written

    def build_facts(self, day):
        return PromotionFacts(day, turn_of(self.year), self.state == self.State.BUREAU_CHECK)

    def take_effect(self):
        if not self.written:
            self.written |= advancing.promote(self.alongside)
        self.promoted = self.written[self.pk]

    def undo_effect(self):
        """Raises Refused for a single school: a year is taken back as it was written, all schools at once."""
        if self.run.state != PromotionRun.State.UNDONE:
            raise Refused(f"升级须按批次整体撤销，请到“学年”页撤销{self.run}（第十五条）。")
        if not self.written:
            self.written |= advancing.take_back(self.alongside)

    def particulars_of(self, action, given):
        """The signed step keeps how many children moved up."""
        return {"promoted": str(self.promoted)} if action == "approve" else super().particulars_of(action, given)

    def page(self, user):
        from .presenting import page_of_promotion

        return page_of_promotion(self, user)
