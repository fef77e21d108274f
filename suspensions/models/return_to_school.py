"""第三十条：辍学学生返校，接续原学籍，在控辍台账中销号."""

from dataclasses import dataclass
from datetime import date

from django.db import models

from approvals.materials import Paper
from approvals.rules import rule
from approvals.ways import DONE, way
from law import articles, clock
from law.school_time import school_year_of
from schools.models import SchoolClass
from students import places
from students.changes import RecordChange
from students.leavers.cohort import dropped_out_leavers
from students.models import Student
from students.standing import Standing, no_open_case, no_problem_record, status_is

from .dropout import Dropout


@dataclass(frozen=True)
class ReturnFacts(Standing):
    """返校要看的事实：何日返校、回哪个班."""

    returned_on: date | None = None
    dropped_on: date | None = None
    own_class: bool = True
    finished_primary: bool = False


dropped_out = status_is(
    Student.Status.DROPPED_OUT,
    article=articles.DROPOUT,
    remedy="在读学生不用办理返校；疑似辍学的在原件上办理“返校销号”，休学的办理复学",
)


@rule(
    "返校日期{f.returned_on:%Y年%-m月%-d日}晚于今日，或早于列为辍学之日",
    articles.DROPOUT,
    remedy="请按学生实际到校上课的日期填写",
    kept="返校日期在列为辍学之后、今日之前",
)
def returned_in_time(f):
    return f.returned_on is None or (f.dropped_on or f.returned_on) <= f.returned_on <= f.on


@rule(
    "所选班级不是本校本学年的班级",
    articles.DROPOUT,
    remedy="请选择学生学籍学校本学年的班级；要到其他学校就读的，返校后办理转学",
    kept="返校班级在学籍学校",
)
def class_is_of_the_school(f):
    return f.own_class


@rule(
    "{f.name}小学毕业后没有升学，不能回小学的班级",
    articles.REGISTER_GRADE_SEVEN,
    remedy="请由对应的初中在“七年级招生入学”的名单中接收，接收即返校销号（第三十条、第三十一条）",
    kept="列为辍学时是在校学生",
)
def is_no_leaver(f):
    return not f.finished_primary


RULES = (dropped_out, is_no_leaver, no_open_case, no_problem_record, returned_in_time, class_is_of_the_school)


class ReturnToSchool(
    RecordChange, way(articles.DROPOUT, decide="准予返校，销号", done="已返校", rules=RULES, in_ceims="辍学学生返校")
):
    """返校：辍学学生回到班级，接续原学籍，满员也须安排，并销号"""

    kind_code = "return_to_school"
    prefix = "返"
    FACTS = ReturnFacts
    DRAFT = ("returned_on", "to_class", "note")
    DAY_ASKED = "returned_on"

    returned_on = models.DateField("返校日期", default=clock.today)
    to_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+", verbose_name="返校班级")
    note = models.CharField("说明", max_length=200, blank=True, help_text="补课、资助等安排。")
    closes = models.ForeignKey(
        Dropout, models.PROTECT, null=True, editable=False, related_name="returns", verbose_name="销号的辍学件"
    )

    class Meta:
        verbose_name = verbose_name_plural = "返校"

    @classmethod
    def own_facts(cls, child, on, given):
        dropout, to_class = dropout_of(child), given.get("to_class")
        lives_here = to_class is None or (
            to_class.school_id == child.school_id
            and to_class.closed_on is None
            and to_class.grade_in(school_year_of(on)) is not None
        )
        return {
            "returned_on": given.get("returned_on"),
            "dropped_on": dropout and dropout.closed_on,
            "own_class": lives_here,
            "finished_primary": dropped_out_leavers().filter(pk=child.pk).exists(),
        }

    def papers(self):
        return [Paper("return_note", "返校登记材料（监护人签字）", articles.DROPOUT)]

    def change_record(self):
        child = self.child
        self.closes = dropout_of(child)
        reason = "辍学学生返校，学校应予接收"
        places.sit_down(child, self.to_class, on=clock.today(), article=articles.DROPOUT, reason=reason, case=self)
        Student.objects.filter(pk=child.pk).update(status=Student.Status.ENROLLED)


def dropout_of(child: Student) -> Dropout | None:
    """The latest decision that put the child on the ledger and is not ended by a return."""
    standing = Dropout.objects.filter(subjects__child=child, state=DONE).exclude(returns__state=DONE)
    return standing.order_by("-closed_on", "-pk").first()
