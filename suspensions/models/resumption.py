"""第二十三条：休学期满或提前要求复学，凭申请和康复证明，编入班级；班满也须安排."""

from dataclasses import dataclass

from django.db import models

from approvals.materials import Paper
from approvals.ways import way
from law import articles, clock
from schools.models import SchoolClass
from students import places
from students.changes import RecordChange
from students.models import Student
from students.standing import no_open_case, no_problem_record, status_is

from ..returning import ReturnFacts, facts_of_return, rules_of_return
from .suspension import Ground, Suspension


@dataclass(frozen=True)
class ResumptionFacts(ReturnFacts):
    """复学要看的事实."""


suspended = status_is(
    Student.Status.SUSPENDED,
    article=articles.SUSPENSION_ENDS,
    remedy="只有正在休学的学生办理复学；辍学返校、出境归来请用相应业务",
)
RULES = (suspended, no_open_case, no_problem_record, *rules_of_return(articles.SUSPENSION_ENDS))


class Resumption(
    RecordChange,
    way(articles.SUSPENSION_ENDS, decide="准予复学", done="已复学", rules=RULES, in_ceims="复学申请与核办"),
):
    """复学：回到原届年级或低一年级的班级，不因班满拒绝"""

    kind_code = "resumption"
    prefix = "复"
    FACTS = ResumptionFacts
    DRAFT = ("back_on", "to_class", "health_note")
    HAPPENED = "back_on"
    DAY_ASKED = "back_on"
    VARIANTS = ({"returns_from": Suspension(ground=Ground.ILLNESS)}, {"returns_from": Suspension(ground=Ground.OTHER)})
    PRINTS = (("suspension_form", "休学复学申请表"),)
    PROOFS = (("resumption_notice", "复学通知单"),)

    returns_from = models.ForeignKey(
        Suspension,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resumptions",
        verbose_name="所结束的休学",
        editable=False,
    )
    back_on = models.DateField("拟复学时间", default=clock.today, help_text="可以早于休学期满日。")
    to_class = models.ForeignKey(
        SchoolClass,
        models.PROTECT,
        related_name="+",
        verbose_name="复学年级班级",
        help_text="原届所在年级，或按身体和学业情况低一年级；班级已满也可以编入。",
    )
    health_note = models.CharField("健康状况", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "复学"

    @classmethod
    def own_facts(cls, child, on, given):
        from ..periods import period_of

        period = period_of(child)
        return facts_of_return(child, on, given, child.school, period and period.starts_on)

    @classmethod
    def known_of(cls, child):
        from ..periods import period_of

        period = period_of(child)
        return {"returns_from_id": period.suspension_id} if period else {}

    def papers(self):
        ground = self.returns_from.ground if self.returns_from else ""
        papers = [Paper("suspension_form", "《休学复学申请表》（监护人签字）", articles.SUSPENSION_ENDS)]
        if ground != Ground.OTHER:
            label = "县级及以上医院康复证明" if ground else "县级及以上医院康复证明（因病休学的）"
            papers.append(Paper("recovery_proof", label, articles.SUSPENSION_ENDS, required=bool(ground)))
        return papers

    def change_record(self):
        child, today = self.child, clock.today()
        places.sit_down(
            child,
            self.to_class,
            on=max(self.back_on, today),
            article=articles.SUSPENSION_ENDS,
            reason="休学学生复学，班级已满仍须安排",
            case=self,
        )
        Student.objects.filter(pk=child.pk).update(status=Student.Status.ENROLLED)
