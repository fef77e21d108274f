"""The facts and rules of 基本信息变更 (第十二条) and of the freeze of grade nine (第十四条)."""

from dataclasses import dataclass, replace
from datetime import date

from approvals.rules import Level, rule
from law import articles
from law.school_time import LAST_GRADE, grade_on

from . import freeze
from .dictionary.fields import by_attribute
from .models.child import Student
from .standing import Standing, no_open_case, status_is


@dataclass(frozen=True)
class CorrectionFacts(Standing):
    """What is asked for, and whether it may be written on the day of writing, not of 受理."""

    today: date | None = None
    # None while nothing has been asked yet.
    fields: tuple[str, ...] | None = None
    mistyped: bool = False
    faults: str = ""
    holder: str = ""
    windows: tuple[freeze.Span, ...] = ()

    def at(self, day):
        later = super().at(day)
        return later and replace(later, today=max(day, self.today or day))

    @property
    def frozen(self) -> freeze.Span | None:
        """The running freeze when the child is in grade nine and a key field is asked for."""
        day = self.today or self.on
        in_nine = self.grade is not None and grade_on(day, self.grade, self.on) == LAST_GRADE
        return freeze.running_on(day, self.windows) if in_nine and self.key_names else None

    @property
    def thaws_after(self) -> date:
        return self.frozen[1]

    @property
    def key_names(self) -> str:
        return "、".join(by_attribute(name).label for name in self.fields or () if name in freeze.KEY_FIELDS)


has_record = status_is(
    Student.Status.ENROLLED,
    Student.Status.SUSPENDED,
    Student.Status.DROPPED_OUT,
    Student.Status.ABROAD,
    Student.Status.IN_CUSTODY,
    article=articles.CORRECTION,
    remedy="待核学生请退回采集名册更正；已毕业、已转出或已注销的不再变更",
)


@rule(
    "所填内容与现有学籍信息相同，没有要变更的项目",
    articles.CORRECTION,
    remedy="请至少填写一项与现有学籍不同的内容",
    kept="有要变更的项目",
)
def something_changes(f):
    return f.fields is None or bool(f.fields)


@rule(
    "变更后的内容不合规定：{f.faults}",
    articles.CORRECTION,
    remedy="请对照《居民户口簿》和身份证件核对后重新填写",
    kept="变更后的姓名和证件号合乎规定，证件号与出生日期、性别一致",
)
def content_is_right(f):
    return not f.faults


@rule(
    "该证件号现由{f.holder}的一名学生使用",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请核对证件原件；如对方学籍有误，由对方学校先行变更",
    kept="证件号没有被其他学生使用",
)
def number_is_free(f):
    return not f.holder


FREEZE_SAYS = "现为中考冻结期（至{f.thaws_after:%Y年%-m月%-d日}），九年级学生的{f.key_names}"


@rule(
    FREEZE_SAYS + "禁止变更",
    articles.EXAM_FREEZE,
    remedy="请待冻结期结束后申请；确属学校录入差错的，变更原因选“学校录入差错”并附监护人签字的一致性核对单",
    timely=True,
    kept="不在冻结期，或不涉及九年级关键信息",
)
def not_frozen(f):
    return not f.frozen or f.mistyped


@rule(
    FREEZE_SAYS + "只有确属学校录入差错的方可更正",
    articles.EXAM_FREEZE,
    level=Level.SOFT,
    remedy="请写明差错情况，附一致性核对单，由主管局长签批；或待冻结期结束",
    timely=True,
    kept="不须在冻结期内更正录入差错",
)
def no_mistake_in_the_freeze(f):
    return not (f.frozen and f.mistyped)


RULES = (
    has_record,
    no_open_case,
    something_changes,
    content_is_right,
    number_is_free,
    not_frozen,
    no_mistake_in_the_freeze,
)
