"""第四、八条 as rules: when the bureau may assign leavers to junior schools."""

from dataclasses import dataclass
from datetime import date

from approvals.rules import rule
from law import articles

LAW = articles.CATCHMENT


@dataclass(frozen=True)
class AssignmentFacts:
    """What stands between a list of leavers and their junior schools."""

    on: date
    rows: int = 0
    undecided: str = ""
    settled: str = ""
    over_plan: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day):
        return None


@rule("没有待分配的毕业生", LAW, remedy="请在“招生分配”中另选学校", kept="分配名单不为空")
def somebody_waits(f):
    return f.rows > 0


@rule(
    "还没有定初中：{f.undecided}",
    LAW,
    remedy="请逐名选定初中后再提交",
    kept="每名毕业生都定了初中",
)
def everybody_is_assigned(f):
    return not f.undecided


@rule(
    "已不是待升学的毕业生：{f.settled}",
    articles.REGISTER_GRADE_SEVEN,
    remedy="请撤回本件，按现在的名单重新建立；已入学的改读他校按转学办理",
    kept="都是待升学的毕业生",
)
def still_waiting(f):
    return not f.settled


@rule(
    "超过招生计划：{f.over_plan}",
    articles.INTAKE_PLAN,
    remedy="请改分到有空余计划的初中，或先调整招生计划",
    kept="不超各初中的招生计划",
)
def within_the_plan(f):
    return not f.over_plan


RULES = (somebody_waits, everybody_is_assigned, still_waiting, within_the_plan)
