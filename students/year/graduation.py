"""第十五、三十二条：毕业——学校经办、审核两人签字即办结，七月三十日前完成；主管局长可以更正撤销（毕业回退）."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q

from approvals.rules import Level, rule
from approvals.services import refuse_busy
from approvals.ways import way
from law import articles
from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE, grade_name, school_year_name

from . import finishing
from .calendar import graduation_days


@dataclass(frozen=True)
class GraduationFacts:
    """一份毕业名单要看的事实：年级、日期、名单里不能毕业的人."""

    on: date
    grade: int
    opens_on: date
    last_day: date
    children: int = 0
    unfit: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    @property
    def grade_name(self) -> str:
        return grade_name(self.grade)

    def at(self, day):
        return None


@rule(
    "{f.grade_name}现在没有可以毕业的学生",
    articles.GRADUATION,
    remedy="请看“不能毕业的学生”所列原因，处理后再办理",
    kept="毕业名单不为空",
)
def somebody_graduates(f):
    return f.children > 0


@rule(
    "毕业自{f.opens_on:%Y年%-m月%-d日}起办理",
    articles.GRADUATION,
    remedy="请到该日后再办理",
    kept="已到办理毕业的时间",
)
def its_time_has_come(f):
    return f.on >= f.opens_on


@rule(
    "毕业应在{f.last_day:%Y年%-m月%-d日}前完成，现在已经逾期",
    articles.GRADUATION,
    level=Level.WARN,
    remedy="请尽快办结",
    kept="在毕业期限内",
)
def before_the_last_day(f):
    return f.on <= f.last_day


@rule(
    "名单中{f.unfit}现在不能毕业（不在读、没有班级、有问题学籍或没有考核结果）",
    articles.GRADUATION,
    remedy="请撤回本件，处理后重新生成名单",
    kept="名单中的学生都在读，没有问题学籍",
)
def everybody_may_graduate(f):
    return not f.unfit


RULES = (somebody_graduates, its_time_has_come, everybody_may_graduate)
# Shown and counted, never in the way of a child.
WARNINGS = (before_the_last_day,)


class Graduation(
    way(
        articles.GRADUATION,
        decide="审核无误，准予毕业",
        done="已毕业",
        rules=RULES,
        in_ceims="毕业：按名单办理",
        bureau=False,
    ),
):
    """第十五条：一所学校一个毕业年级的毕业名单；六年级转入待升学，九年级凭考核结果发证"""

    kind_code = "graduation"
    prefix = "毕"
    TEMPLATE = "students/year/graduation_case.html"

    year = models.PositiveSmallIntegerField("学年（起始年）")
    grade = models.PositiveSmallIntegerField("毕业年级")

    class Meta:
        verbose_name = verbose_name_plural = "毕业"
        constraints = [
            models.CheckConstraint(condition=Q(grade__in=[LAST_PRIMARY_GRADE, LAST_GRADE]), name="graduation_grade")
        ]

    @property
    def child(self):
        """A list of many: no page of this case is the page of one child."""
        return None

    @property
    def title(self) -> str:
        return f"{school_year_name(self.year)}{grade_name(self.grade)}毕业"

    def build_facts(self, day):
        opens_on, last_day = graduation_days(self.year)
        children, unfit = finishing.listed(self) if self.is_open else (self.subjects.count(), "")
        return GraduationFacts(day, self.grade, opens_on, last_day, children, unfit)

    def take_effect(self):
        self.figures = finishing.graduate(self)

    def undo_effect(self):
        """Raises ChildBusy while a change of one of the children is open, Refused when a later act stands on it."""
        refuse_busy(self.subjects.values_list("child_id", flat=True))
        finishing.take_back(self)

    def particulars_of(self, action, given):
        """The signed step keeps how many graduated, and how."""
        return getattr(self, "figures", {}) if action == "approve" else super().particulars_of(action, given)

    def page(self, user):
        from .presenting import page_of_graduation

        return page_of_graduation(self, user)
