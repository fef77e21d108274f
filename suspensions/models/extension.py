"""第二十二条：休学期满仍不能复学的，经监护人申请可延长一次，不超过一学年."""

from dataclasses import dataclass
from datetime import date

from django.db import models

from approvals.errors import Refused
from approvals.materials import Paper
from approvals.rules import rule
from approvals.ways import way
from law import articles
from students.changes import RecordChange
from students.models import Student
from students.standing import Standing, no_open_case, no_problem_record, status_is

from .suspension import Ground, Suspension


@dataclass(frozen=True)
class ExtensionFacts(Standing):
    """延长休学要看的事实：现在休到哪天、是否延长过、要延长到哪天."""

    has_period: bool = False
    extended: bool = False
    until_now: date | None = None
    last_lawful_day: date | None = None
    until: date | None = None


suspended = status_is(
    Student.Status.SUSPENDED,
    article=articles.SUSPENSION_LENGTH,
    remedy="只有正在休学的学生可以延长；在读学生请申请休学",
)


@rule(
    "本系统没有该生准予休学的决定，不知道休学到哪一天",
    articles.SUSPENSION_LENGTH,
    remedy="请先办理复学，仍不能坚持学习的重新申请休学",
    kept="有准予休学的决定",
)
def suspension_is_known(f):
    return f.has_period or f.status != Student.Status.SUSPENDED


@rule(
    "该生休学已延长一次，到{f.until_now:%Y年%-m月%-d日}期满，不能再延长",
    articles.SUSPENSION_LENGTH,
    remedy="请督促期满复学；仍不到校的列入控辍保学台账，由学校劝返",
    kept="休学没有延长过",
)
def extended_only_once(f):
    return not f.extended


@rule(
    "延长期限不超过一学年：应在{f.until_now:%Y年%-m月%-d日}之后、{f.last_lawful_day:%Y年%-m月%-d日}以前",
    articles.SUSPENSION_LENGTH,
    remedy="请改正延长后的期满日",
    kept="延长不超过一学年",
)
def within_one_more_school_year(f):
    return not (f.until and f.until_now) or f.until_now < f.until <= f.last_lawful_day


RULES = (
    suspended,
    no_open_case,
    no_problem_record,
    suspension_is_known,
    extended_only_once,
    within_one_more_school_year,
)


class Extension(
    RecordChange,
    way(articles.SUSPENSION_LENGTH, decide="准予延长休学", done="已延长", rules=RULES, in_ceims="延长休学申请与核办"),
):
    """延长休学：仍为休学，只把期满日推后，一次为限"""

    kind_code = "extension"
    prefix = "延"
    FACTS = ExtensionFacts
    DRAFT = ("until", "reason_note")
    VARIANTS = ({"prolongs": Suspension(ground=Ground.ILLNESS)}, {"prolongs": Suspension(ground=Ground.OTHER)})
    PRINTS = (("suspension_form", "休学复学申请表"),)

    prolongs = models.ForeignKey(
        Suspension, models.PROTECT, related_name="extensions", verbose_name="所延长的休学", editable=False
    )
    until = models.DateField("延长后的期满日", help_text="自原期满日次日起不超过一学年。")
    reason_note = models.CharField("仍不能复学的原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "延长休学"

    @classmethod
    def own_facts(cls, child, on, given):
        from ..periods import period_of

        facts = {"until": given.get("until")}
        if period := period_of(child):
            facts |= {
                "has_period": True,
                "extended": period.extended,
                "until_now": period.until,
                "last_lawful_day": period.last_lawful_day,
            }
        return facts

    @classmethod
    def known_of(cls, child):
        from ..periods import period_of

        period = period_of(child)
        return {"prolongs_id": period.suspension_id} if period else {}

    def papers(self):
        form = Paper("suspension_form", "《休学复学申请表》（监护人签字）", articles.SUSPENSION_LENGTH)
        if self.prolongs.ground == Ground.OTHER:
            return [form, Paper("reason_proof", "仍不能坚持学习的有关证明材料", articles.SUSPENSION_LENGTH)]
        return [form, Paper("hospital_certificate", "县级及以上医院仍需治疗的证明", articles.SUSPENSION_LENGTH)]

    def change_record(self):
        """第二十二条：学籍状态不变；期满日由本件载明，见 `suspensions.periods`."""

    def undo_effect(self):
        """The journal holds nothing of an extension: whether later acts stand on it, the running period says."""
        from ..periods import period_of

        period = period_of(self.child)
        if period is None or period.suspension_id != self.prolongs_id:
            raise Refused(f"{self.number}所延长的休学已经结束，不能直接撤销本件；请先更正后来的变动（第三十八条）。")
        super().undo_effect()
