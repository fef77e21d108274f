"""Where a child stands on one day: the facts and the rules that every change of the record shares.

A kind of change adds its own facts by subclassing `Standing` and its own rules beside these.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from approvals.models import Case, CaseSubject
from approvals.rules import rule
from approvals.services import busy_sentence
from law import articles, parameters
from law.articles import Article
from law.parameters import Parameters
from law.school_time import grade_name, grade_on, school_year_of

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


def last_place(child: Student) -> Placement | None:
    """The class in which the child sits, or sat last."""
    rows = Placement.objects.filter(enrolment__student=child, enrolment__voided=False)
    return rows.select_related("school_class__school", "enrolment").order_by("-ends", "-pk").first()


def open_case_of(child: Student, *, except_case: Case | None = None) -> str:
    """The sentence that names the open change of the child and its desk; "" when there is none."""
    busy = CaseSubject.objects.filter(child=child, blocking=True).select_related(
        "case__lead_school", "case__desk_school__bureau"
    )
    other = busy.exclude(case_id=except_case.pk).first() if except_case else busy.first()
    return busy_sentence(other.case) if other else ""


def basics_of(child: Student, on: date, *, case: Case | None = None) -> dict:
    """The facts every kind shares; `case` is the running case itself, which does not stand in its own way."""
    place = last_place(child)
    return {
        "on": on,
        "params": parameters.on(on),
        "name": child.name,
        "status": child.status,
        "problem": child.problem,
        "open_case": open_case_of(child, except_case=case),
        "grade": place.school_class.grade_in(school_year_of(on)) if place else None,
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
