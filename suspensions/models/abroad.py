"""第二十六条：到境外就读，凭有效证件办理；归来接续原来的学籍，不另建."""

from dataclasses import dataclass
from datetime import date

from django.db import models

from approvals.materials import Paper
from approvals.rules import Level, rule
from approvals.ways import way
from law import articles, clock
from schools.models import SchoolClass
from students import places
from students.changes import RecordChange
from students.models import Student
from students.standing import no_open_case, no_problem_record, status_is

from ..returning import ReturnFacts, facts_of_return, rules_of_return

on_roll_here = status_is(
    Student.Status.ENROLLED,
    Student.Status.SUSPENDED,
    article=articles.ABROAD,
    remedy="请核对学生现在的学籍状态；辍学的先办理返校",
)


class Abroad(
    RecordChange,
    way(
        articles.ABROAD,
        decide="准予办理出境",
        done="已出境",
        rules=(on_roll_here, no_open_case, no_problem_record),
        in_ceims="出国（境）登记与核办",
    ),
):
    """出境就读：保留学籍，离开班级，归来接续"""

    kind_code = "abroad"
    prefix = "境"
    DRAFT = ("left_on", "country", "school_abroad")
    HAPPENED = "left_on"
    DAY_ASKED = "left_on"

    left_on = models.DateField("离校日期", default=clock.today)
    country = models.CharField("前往国家（地区）", max_length=40)
    school_abroad = models.CharField("境外就读学校", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "出境就读"

    def papers(self):
        return [
            Paper("application", "监护人申请", articles.ABROAD),
            Paper("travel_papers", "学生出境有效证件（护照、签证或通行证）", articles.ABROAD),
            Paper("admission_abroad", "境外学校录取或就读证明", articles.ABROAD, required=False),
        ]

    def change_record(self):
        child, today = self.child, clock.today()
        places.leave_class([child], on=max(self.left_on, today))
        Student.objects.filter(pk=child.pk).update(status=Student.Status.ABROAD)


@dataclass(frozen=True)
class HomecomingFacts(ReturnFacts):
    """归来要看的事实."""


is_abroad = status_is(
    Student.Status.ABROAD, article=articles.ABROAD, remedy="只有已办理出境就读的学生办理归来；外来学生请办理转入或注册"
)


@rule(
    "所选年级或班级已无空余学位",
    articles.NO_FALSE_RECORD,
    level=Level.SOFT,
    remedy="请另选有空余学位的班级；确无学位的写明情况，由主管局长签批增加学位",
    kept="所选班级有空余学位",
)
def class_has_a_seat(f):
    return f.free_seats is None or f.free_seats > 0


class HomeFromAbroad(
    RecordChange,
    way(
        articles.ABROAD,
        decide="准予接续学籍",
        done="已接续学籍",
        rules=(is_abroad, no_open_case, no_problem_record, *rules_of_return(articles.ABROAD), class_has_a_seat),
        in_ceims="恢复在校状态",
    ),
):
    """出境归来：接续原来的学籍，编入班级，不新建学籍"""

    kind_code = "home_from_abroad"
    prefix = "归"
    FACTS = HomecomingFacts
    DRAFT = ("back_on", "to_class")
    HAPPENED = "back_on"
    DAY_ASKED = "back_on"

    back_on = models.DateField("返校日期", default=clock.today)
    to_class = models.ForeignKey(
        SchoolClass,
        models.PROTECT,
        related_name="+",
        verbose_name="编入年级班级",
        help_text="原届所在年级或低一年级。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "出境归来"

    @classmethod
    def own_facts(cls, child, on, given):
        return facts_of_return(child, on, given, child.school, left_on(child))

    def papers(self):
        return [
            Paper("application", "监护人返校申请", articles.ABROAD),
            Paper("entry_papers", "学生入境有效证件", articles.ABROAD),
            Paper("study_abroad", "境外就读经历证明", articles.ABROAD, required=False),
        ]

    def change_record(self):
        child, today = self.child, clock.today()
        places.sit_down(
            child,
            self.to_class,
            on=max(self.back_on, today),
            article=articles.ABROAD,
            reason="境外就读归来接续学籍，主管局长签批",
            case=self,
            above_cap=bool(self.exception_rules),
        )
        Student.objects.filter(pk=child.pk).update(status=Student.Status.ENROLLED)


def left_on(child: Student) -> date | None:
    """The day the child left for abroad, as decided last."""
    decided = Abroad.objects.filter(subjects__child=child, state=Abroad.State.DONE).order_by("-pk")
    return decided.values_list("left_on", flat=True).first()
