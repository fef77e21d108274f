"""Findings that people bring: a number claimed for another name, and the national system's answer 外省已注册."""

from django.db import transaction

from accounts.models import User
from accounts.policies import may
from approvals.errors import NotYourHand, Refused
from law import clock
from law.articles import NO_FALSE_RECORD
from schools.models import School

from ..models.child import NumberKind, Student, StudentNumber
from ..models.problem import Problem
from . import findings

SOURCE_LENGTH = 200


@transaction.atomic
def claimed(holder: Student, *, name: str, by: School) -> None:
    """A school brought the number of `holder` for a child of another name: one number, two children (edge of 第八条).

    The same name is no problem but a transfer to be made, and leaves nothing here.
    """
    number = StudentNumber.objects.filter(student=holder, kind=NumberKind.ID, until=None).first()
    if name == holder.name or number is None:
        return
    facts = f"{by}{clock.today():%Y年%-m月%-d日}以同一证件号申报另一姓名的学生，须查明号码属于谁"
    _keep(Problem.What.SAME_NUMBER, holder, number, facts, None)


@transaction.atomic
def registered_elsewhere(child: Student, *, by: User, source: str) -> None:
    """The bureau's clerk enters what the national system answered. Raises NotYourHand, Refused without a source."""
    if not may(by, "bureau_make", child.school_id):
        raise NotYourHand("“外省已注册”由教育局经办按全国学籍系统的反馈登记。")
    source = source.strip()
    if not source or len(source) > SOURCE_LENGTH:
        raise Refused(f"请写明来源（系统反馈的日期、省份和学校），不超过{SOURCE_LENGTH}字（{NO_FALSE_RECORD}）。")
    number = StudentNumber.objects.filter(student=child, kind=NumberKind.ID, until=None).first()
    if Problem.objects.filter(what=Problem.What.ELSEWHERE, child=child, number=number, state="proved").exists():
        raise Refused(f"该生这一号码的“外省已注册”已经佐证，不再登记（{NO_FALSE_RECORD}）。")
    _keep(Problem.What.ELSEWHERE, child, number, f"全国学籍系统反馈外省已注册。来源：{source}", by)


def _keep(what: str, child: Student, number: StudentNumber | None, facts: str, by: User | None) -> None:
    """Once per child and number; told again it is the newest account, once proved it is told no more."""
    Student.objects.select_for_update().get(pk=child.pk)
    found, made = Problem.objects.get_or_create(
        what=what, child=child, other=None, number=number,
        defaults={"facts": facts, "found_on": clock.today(), "entered_by": by},
    )  # fmt: skip
    if not made and found.state != Problem.State.PROVED:
        Problem.objects.filter(pk=found.pk).update(
            state=Problem.State.OPEN, facts=facts, entered_by=by, closed_on=None, resolved_by=None
        )
    findings.show([child.pk])
