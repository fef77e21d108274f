"""第六条第三款 as rules: whom a junior school takes over, into which classes, and when."""

from dataclasses import dataclass
from datetime import date

from approvals.rules import rule
from law import articles
from law.school_time import first_day

LAW = articles.REGISTER_GRADE_SEVEN


@dataclass(frozen=True)
class IntakeFacts:
    """What stands between a batch of leavers and the school that takes them over."""

    on: date
    year: int = 0
    rows: int = 0
    begins_on: date | None = None
    dropped_on: date | None = None
    settled: str = ""
    elsewhere: str = ""
    wrong_class: str = ""
    crowded: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    @property
    def first_day(self) -> date:
        return first_day(self.year)

    def at(self, day):
        return None


@rule(
    "没有要接收的毕业生",
    LAW,
    remedy="请在“七年级招生入学”中勾选分配到本校的小学毕业生，成批接收",
    kept="接收名单不为空",
)
def somebody_comes(f):
    return f.rows > 0


@rule(
    "入学日期{f.begins_on}不在{f.first_day}至今日之间",
    LAW,
    remedy="请填写学生实际入学的日期",
    kept="入学日期在本学年开学之后、今日之前",
)
def begins_this_year(f):
    return f.begins_on is None or f.first_day <= f.begins_on <= f.on


@rule(
    "入学日期{f.begins_on:%Y年%-m月%-d日}早于{f.dropped_on:%Y年%-m月%-d日}，名单中有学生在那天才列为辍学",
    articles.DROPOUT,
    remedy="请填写返校学生实际入学的日期；与其他学生入学日期不同的，另立一件接收",
    kept="辍学后返校的学生，入学日期不早于列为辍学之日",
)
def comes_back_after_dropping_out(f):
    return not (f.dropped_on and f.begins_on) or f.dropped_on <= f.begins_on


@rule(
    "这些学生已不是待升学的毕业生：{f.settled}",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请撤回本件，去掉这些学生后重新接收；已由其他学校接收的，由该校更正后再接收",
    kept="学生都是待升学的小学毕业生",
)
def still_leavers(f):
    return not f.settled


@rule(
    "这些学生分配到其他学校：{f.elsewhere}",
    articles.CATCHMENT,
    remedy="请撤回本件，去掉这些学生；确需改变的由教育局在“招生分配”中改定后再接收",
    kept="学生都分配到本校，或尚未分配到其他学校",
)
def assigned_here(f):
    return not f.elsewhere


@rule(
    "不是本校七年级的在办班级：{f.wrong_class}",
    LAW,
    remedy="请撤回本件，另选本校七年级的班级",
    kept="编入本校七年级的班级",
)
def classes_fit(f):
    return not f.wrong_class


@rule(
    "学位不足：{f.crowded}",
    articles.NO_FALSE_RECORD,
    remedy="请减少编入该班的人数或另编他班；招生计划不足的报教育局调整计划",
    kept="不超招生计划和最大班额",
)
def seats_suffice(f):
    return not f.crowded


RULES = (
    somebody_comes,
    begins_this_year,
    comes_back_after_dropping_out,
    still_leavers,
    assigned_here,
    classes_fit,
    seats_suffice,
)
