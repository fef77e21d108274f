"""第七、八条：人在哪、籍在哪——学生不在本校就读的重复、错误学籍，由本校申请删除，主管局长签批."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from approvals.materials import Paper
from approvals.rules import rule
from approvals.ways import way
from law import articles, clock
from students import enrolments, places
from students.changes import RecordChange
from students.models.child import Student, StudentNumber
from students.models.problem import Problem
from students.standing import Standing, no_open_case, status_is

from . import findings


class Why(models.TextChoices):
    DUPLICATE = "duplicate", "本县重复建籍，学生在另一学校就读"
    ELSEWHERE = "elsewhere", "外省（市）已注册，学生在外地就读"
    NOBODY = "nobody", "错误建籍，没有这名学生"


DUPLICATES = {
    Why.DUPLICATE: (Problem.What.SAME_NUMBER, Problem.What.NAMESAKE),
    Why.ELSEWHERE: (Problem.What.ELSEWHERE,),
}


@dataclass(frozen=True)
class DeletionFacts(Standing):
    """删除要看的事实：学生是否在校，与理由相应的问题学籍是否还在."""

    is_here: bool = False
    why_name: str = ""
    finding_missing: bool = False
    school_missing: bool = False


@rule(
    "学生实际在本校就读：人在哪、籍在哪，本校的学籍应当保留",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请由学生不在读的学校申请删除；本校可以办理佐证",
    kept="学生不在本校就读",
)
def child_is_not_here(f):
    return not f.is_here


@rule(
    "没有与“{f.why_name}”相应的待处理问题学籍",
    articles.NO_FALSE_RECORD,
    remedy="请先核对问题学籍清单；外省已注册的，由教育局经办先登记系统反馈",
    kept="有相应的待处理问题学籍",
)
def finding_supports_it(f):
    return not f.finding_missing


on_roll = status_is(
    Student.Status.ENROLLED,
    Student.Status.SUSPENDED,
    Student.Status.DROPPED_OUT,
    article=articles.NO_FALSE_RECORD,
    remedy="学籍已经结束的不需要删除，请核对学生现在的学籍状态",
)


@rule(
    "没有写明学生实际就读的学校",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请填写学生实际就读学校的全称；确实没有这名学生的，理由选“错误建籍”",
    kept="已写明学生实际就读的学校，或没有这名学生",
)
def real_school_is_named(f):
    return not f.school_missing


class Deletion(
    RecordChange,
    way(
        articles.NO_FALSE_RECORD,
        decide="准予删除",
        done="已删除",
        rules=(on_roll, no_open_case, child_is_not_here, finding_supports_it, real_school_is_named),
        in_ceims="问题学籍删除",
        leader=True,
    ),
):
    """问题学籍删除：结束在校记录、停用号码、注明已删除；任何一行都不从库中抹去"""

    kind_code = "deletion"
    prefix = "删"
    FACTS = DeletionFacts
    DRAFT = ("why", "is_here", "sits_at", "explanation")
    VARIANTS = ({"why": Why.DUPLICATE}, {"why": Why.NOBODY})
    PRINTS = (("problem_form", "问题学籍处理申请表"),)

    why = models.CharField("删除理由", max_length=10, choices=Why, default=Why.DUPLICATE)
    is_here = models.BooleanField("学生实际在本校就读", default=False)
    sits_at = models.CharField("学生实际就读的学校", max_length=100, blank=True, help_text="没有这名学生的留空。")
    explanation = models.CharField("情况说明", max_length=200, help_text="何时、怎样查明的。")

    class Meta:
        verbose_name = verbose_name_plural = "问题学籍删除"
        constraints = [
            models.CheckConstraint(condition=Q(why__in=["duplicate", "elsewhere", "nobody"]), name="deletion_why"),
            models.CheckConstraint(condition=Q(why="nobody") | ~Q(sits_at=""), name="deletion_names_the_school"),
        ]

    @classmethod
    def own_facts(cls, child, on, given):
        why = Why(given.get("why") or Why.DUPLICATE)
        wanted = DUPLICATES.get(why)
        found = Problem.objects.about(child).open()
        missing = bool(wanted) and not found.filter(what__in=wanted).exists()
        return {
            "is_here": bool(given.get("is_here")),
            "why_name": why.label,
            "finding_missing": missing,
            "school_missing": why != Why.NOBODY and not (given.get("sits_at", "未填") or "").strip(),
        }

    def papers(self):
        shown = Paper("not_here_proof", "学校盖章的学生不在本校就读说明", articles.NO_FALSE_RECORD)
        if self.why == Why.NOBODY:
            return [shown, Paper("checked_record", "学校核查记录", articles.NO_FALSE_RECORD)]
        return [
            shown,
            Paper("in_school_proof", "学生实际就读学校盖章的在校证明", articles.NO_FALSE_RECORD),
            Paper("identity_scan", "户口簿或身份证原件扫描件", articles.NO_FALSE_RECORD),
        ]

    def change_record(self):
        child, today = self.child, clock.today()
        left = enrolments.end([child], on=today, case=self, how="删除", went_to=self.sits_at)
        places.give_up_seats(left, today)
        StudentNumber.objects.filter(student=child, until=None).update(until=today)
        Student.objects.filter(pk=child.pk).update(status=Student.Status.DELETED)
        findings.settle(Problem.objects.filter(child=child).open(), self, Problem.State.ENDED)
