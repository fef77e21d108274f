"""Where a child stands on one day: the facts and the rules that every change of the record shares.

A kind of change adds its own facts by subclassing `Standing` and its own rules beside these.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from approvals.models import Case, CaseSubject
from approvals.rules import rule
from approvals.services import busy_sentence
from jianping_xueji.prepared import Prepared
from law import articles, parameters
from law.articles import Article
from law.parameters import Parameters
from law.school_time import grade_name, grade_on, school_year_of
from schools.models import SchoolClass

from .models import Placement, Student


@dataclass(frozen=True)
class Standing:
    """Facts of one child on one day, with the papers of the running case when there is one."""

    on: date
    params: Parameters
    name: str
    status: str
    problem: str = ""
    open_case: str = ""
    grade: int | None = None
    missing_papers: str = ""
    unchecked_papers: str = ""
    exception_missing: bool = False

    @property
    def status_name(self) -> str:
        return dict(Student.Status.choices).get(self.status, self.status)

    @property
    def grade_name(self) -> str:
        return grade_name(self.grade)

    def at(self, day: date) -> Self | None:
        """The same child on another day; None when it has left this stage of school by then."""
        if self.grade is None:
            return replace(self, on=day)
        grade = grade_on(day, self.grade, self.on)
        return None if grade is None else replace(self, on=day, grade=grade)


def _places_of(child: int):
    """The child's places, the one in which it sits now or sat last first."""
    return Placement.objects.filter(enrolment__student=child, enrolment__voided=False).order_by("-ends", "-pk")


@Prepared
def _last_class(child: int):
    return _places_of(child).values_list("school_class", "school_class__stage", "school_class__cohort")[:1]


@Prepared
def _open_changes(child: int):
    return CaseSubject.objects.filter(child_id=child, blocking=True).order_by("pk").values_list("case_id")


def last_place(child: Student) -> Placement | None:
    """The place in which the child sits, or sat last."""
    return _places_of(child.pk).select_related("school_class__school", "enrolment").first()


def last_class(child: Student) -> SchoolClass | None:
    """The class of that place, as far as its grade needs it: stage and cohort."""
    found = [SchoolClass(pk=pk, stage=s, cohort=c) for pk, s, c in _last_class.rows(child=child.pk)]
    return found[0] if found else None


def open_case_of(child: Student, *, except_case: Case | None = None) -> str:
    """The sentence that names the open change of the child and its desk; "" when there is none."""
    mine = except_case and except_case.pk
    others = [pk for (pk,) in _open_changes.rows(child=child.pk) if pk != mine]
    if not others:
        return ""
    return busy_sentence(Case.objects.select_related("lead_school", "desk_school__bureau").get(pk=others[0]))


def basics_of(child: Student, on: date, *, case: Case | None = None) -> dict:
    """The facts every kind shares; `case` is the running case itself, which does not stand in its own way."""
    school_class = last_class(child)
    return {
        "on": on,
        "params": parameters.on(on),
        "name": child.name,
        "status": child.status,
        "problem": child.problem,
        "open_case": open_case_of(child, except_case=case),
        "grade": school_class.grade_in(school_year_of(on)) if school_class else None,
    }


def status_is(*wanted: str, article: Article, remedy: str):
    """Only a child in one of these states; the message names the state it is in."""
    words = "、".join(f"“{Student.Status(each).label}”" for each in wanted)

    @rule(
        f"学生现为“{{f.status_name}}”，本项只适用于{words}的学生",
        article,
        remedy=remedy,
        kept=f"学籍状态为{words}",
    )
    def status_fits(f):
        return f.status in wanted

    return status_fits


@rule("{f.open_case}", articles.CHANGES_IN_TIME, remedy="请待在办业务办结或撤回后再申请", kept="学生没有其他在办业务")
def no_open_case(f):
    return not f.open_case


@rule(
    "学生存在问题学籍：{f.problem}",
    articles.NO_FALSE_RECORD,
    remedy="请先在“问题学籍”中佐证、变更或删除，处理完毕后再申请",
    kept="学生没有问题学籍",
)
def no_problem_record(f):
    return not f.problem
