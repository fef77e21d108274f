"""第三十八条 as rules: what an order must say, and when the law allows more than an order."""

from dataclasses import dataclass
from datetime import date

from approvals.rules import rule
from law import articles

LAW = articles.ORDERED


@dataclass(frozen=True)
class OrderFacts:
    """What the rules of an order look at."""

    on: date
    facts_text: str = ""
    demand_text: str = ""
    same: str = ""
    grave: bool = False
    insisted: int = 0
    due_on: date | None = None

    def at(self, day):
        return None


@rule(
    "还没有写明违规事实",
    LAW,
    remedy="请写明何时、何事、多少件，凭据在哪里",
    kept="违规事实已写明",
)
def facts_are_said(f):
    return bool(f.facts_text.strip())


@rule("还没有写明改正要求", LAW, remedy="请写明学校须做什么、做到什么程度", kept="改正要求已写明")
def demand_is_said(f):
    return bool(f.demand_text.strip())


@rule(
    "同一学校同一情形的责令改正{f.same}还没有结束",
    LAW,
    remedy="请在原件中责令继续改正，不重复下达",
    kept="同一情形没有在办的责令改正",
)
def one_order_at_a_time(f):
    return not f.same


@rule(
    "改正期限未过，也没有认定情节严重",
    LAW,
    remedy="逾期未改正、经责令仍不改正，或者立案时认定“情节严重”的，才追究责任",
    kept="情节严重，或者逾期、经责令仍未改正",
)
def has_gone_far_enough(f):
    return f.grave or f.insisted > 0 or bool(f.due_on and f.due_on < f.on)


RULES = (facts_are_said, demand_is_said, one_order_at_a_time)
