"""第二十一、二十二条：因病或其他特殊原因申请休学，学校核实，县级核准后生效，一般一学年."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import F, Q

from approvals.materials import Paper
from approvals.rules import Level, rule
from approvals.ways import way
from law import articles, clock
from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE, is_second_term, year_after
from students import places
from students.changes import RecordChange
from students.models import Student
from students.standing import Standing, no_open_case, no_problem_record, status_is


class Ground(models.TextChoices):
    ILLNESS = "illness", "因病"
    OTHER = "other", "其他特殊原因"


@dataclass(frozen=True)
class SuspensionFacts(Standing):
    """休学要看的事实：起止与是否毕业年级下学期."""

    starts_on: date | None = None
    until: date | None = None

    @property
    def last_lawful_day(self) -> date | None:
        return self.starts_on and year_after(self.starts_on)

    @property
    def leaves_school_this_term(self) -> bool:
        return self.grade in (LAST_PRIMARY_GRADE, LAST_GRADE) and is_second_term(self.on)


in_school = status_is(
    Student.Status.ENROLLED,
    article=articles.SUSPENSION,
    remedy="请核对学生现在的学籍状态；已休学的申请延长或复学，辍学的先办理返校",
)


@rule(
    "休学一般为一学年，{f.starts_on:%Y年%-m月%-d日}起休学最迟到{f.last_lawful_day:%Y年%-m月%-d日}",
    articles.SUSPENSION_LENGTH,
    remedy="请将期满日改到一学年以内；期满仍不能复学的可申请延长一次",
    kept="休学期限不超过一学年",
)
def within_a_school_year(f):
    return not (f.starts_on and f.until) or f.starts_on < f.until <= f.last_lawful_day


@rule(
    "{f.grade_name}下学期临近毕业，一般不予休学",
    articles.SUSPENSION_GRADUATING,
    level=Level.SOFT,
    remedy="请待毕业后办理升学；确需休学的写明特殊情况，由主管局长签批",
    kept="不在毕业年级下学期",
)
def not_about_to_graduate(f):
    return not f.leaves_school_this_term


RULES = (in_school, no_open_case, no_problem_record, within_a_school_year, not_about_to_graduate)


class Suspension(
    RecordChange,
    way(articles.SUSPENSION, decide="准予休学", done="已休学", rules=RULES, in_ceims="休学申请与核办"),
):
    """休学：保留学籍，离开班级，期满前提醒，不自动复学"""

    kind_code = "suspension"
    prefix = "休"
    FACTS = SuspensionFacts
    DRAFT = ("ground", "ground_note", "starts_on", "until")
    HAPPENED = "starts_on"
    DAY_ASKED = "starts_on"
    PRINTS = (("suspension_form", "休学复学申请表"),)
    PROOFS = (("suspension_proof", "休学证明"),)
    VARIANTS = ({"ground": Ground.ILLNESS}, {"ground": Ground.OTHER})

    ground = models.CharField("休学原因", max_length=10, choices=Ground, default=Ground.ILLNESS)
    ground_note = models.CharField("原因说明", max_length=200, help_text="病名，或不能坚持学习的具体情况。")
    starts_on = models.DateField("休学起始日", default=clock.today)
    until = models.DateField("休学期满日", help_text="一般为一学年，如 2026-09-15 起至 2027-09-14。")

    class Meta:
        verbose_name = verbose_name_plural = "休学"
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("starts_on")), name="suspension_dates"),
            models.CheckConstraint(condition=Q(ground__in=["illness", "other"]), name="suspension_ground"),
        ]

    @classmethod
    def own_facts(cls, child, on, given):
        return {"starts_on": given.get("starts_on"), "until": given.get("until")}

    def papers(self):
        form = Paper("suspension_form", "《休学复学申请表》（监护人签字）", articles.SUSPENSION)
        if self.ground == Ground.OTHER:
            return [form, Paper("reason_proof", "不能坚持学习的有关证明材料", articles.SUSPENSION)]
        return [
            form,
            Paper("hospital_certificate", "县级及以上医院诊断证明", articles.SUSPENSION),
            Paper("medical_record", "病历", articles.SUSPENSION),
            Paper("medical_invoice", "医疗收费发票", articles.SUSPENSION),
        ]

    def change_record(self):
        child, today = self.child, clock.today()
        places.leave_class([child], on=max(self.starts_on, today))
        Student.objects.filter(pk=child.pk).update(status=Student.Status.SUSPENDED)
