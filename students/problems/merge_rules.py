"""The facts and rules of making one record of two (第七条), and what 第十四条 forbids of it in grade nine."""

from dataclasses import dataclass, replace
from datetime import date

from approvals.rules import rule
from law import articles

from .. import freeze
from ..models.child import Student
from ..standing import Standing, no_open_case
from .detection import OUT


@dataclass(frozen=True)
class MergeFacts(Standing):
    """合并要看的事实：两份学籍各在何处、凭什么认定是同一人、学生实际在哪所学校."""

    ended: str = ""
    other_case: str = ""
    by_number: bool = False
    number_shared: bool = True
    kept_lives_at: str = ""
    gone_lives_at: str = ""
    attends: str = ""
    # 第十四条 is judged on the day of writing, not of 受理.
    today: date | None = None
    kept_in_nine: bool = False
    number_to_add: bool = False
    windows: tuple[freeze.Span, ...] = ()

    @property
    def lives_twice(self) -> bool:
        return bool(self.kept_lives_at and self.gone_lives_at)

    def at(self, day):
        later = super().at(day)
        return later and replace(later, today=max(day, self.today or day))

    @property
    def frozen(self) -> freeze.Span | None:
        """The running freeze when the record that stays is in grade nine and would be given an ID number."""
        return freeze.running_on(self.today, self.windows) if self.kept_in_nine and self.number_to_add else None

    @property
    def thaws_after(self) -> date:
        return self.frozen[1]


@rule(
    "{f.ended}的学籍不在籍或已经并入、删除，不能合并",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请核对选定的两份学籍",
    kept="两份都是有效的学籍",
)
def both_are_records(f):
    return not f.ended


@rule("另一份学籍：{f.other_case}", articles.CHANGES_IN_TIME, remedy="请待其办结或撤回", kept="另一份学籍没有在办业务")
def other_record_is_free(f):
    return not f.other_case


@rule(
    "两份学籍没有相同的号码",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请改凭证明材料认定，并收取户口簿和学校证明",
    kept="认定同一人的依据成立",
)
def same_person_is_shown(f):
    return f.number_shared or not f.by_number


@rule(
    "拟保留的学籍不在校，而拟并入的学籍在{f.gone_lives_at}",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="人在哪、籍在哪，请改为保留在校的一份",
    kept="保留的是在校的学籍",
)
def the_living_record_stays(f):
    return bool(f.kept_lives_at) or not f.gone_lives_at


@rule(
    "两份学籍分别在{f.kept_lives_at}、{f.gone_lives_at}在籍，须写明学生实际就读的学校，并保留该校的学籍",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请查明学生实际在哪所学校就读后填写",
    kept="保留的是学生实际就读学校的学籍",
)
def attended_school_keeps_it(f):
    return not f.lives_twice or f.attends == f.kept_lives_at


@rule(
    "现为中考冻结期（至{f.thaws_after:%Y年%-m月%-d日}），拟保留的九年级学籍没有身份证件号，"
    "合并会给它记上另一份学籍的证件号，属于禁止变更的关键信息",
    articles.EXAM_FREEZE,
    remedy="请待冻结期结束后再提交、签批；保留的一份本来就有证件号的，冻结期内可以合并",
    timely=True,
    kept="合并不在冻结期内改变九年级学生的证件号",
)
def number_stands_in_the_freeze(f):
    return not f.frozen


RULES = (
    both_are_records,
    no_open_case,
    other_record_is_free,
    same_person_is_shown,
    the_living_record_stays,
    attended_school_keeps_it,
    number_stands_in_the_freeze,
)


def ended_now(*children: Student) -> list[str]:
    """Those whose record is none (any more), as it stands in the database and not in the form's hands."""
    rows = Student.objects.filter(pk__in=[child.pk for child in children], status__in=OUT)
    return list(rows.values_list("name", flat=True))
