"""第三十五条 as rules: when the sheet of an audit may be passed on."""

from dataclasses import dataclass
from datetime import date

from approvals.rules import rule
from law import articles

LAW = articles.TERM_CHECK


@dataclass(frozen=True)
class AuditFacts:
    """What the sheet of one school says on a day."""

    on: date
    unseen: int = 0
    unanswered: int = 0
    unjudged: int = 0

    def at(self, day):
        return None


@rule(
    "还有{f.unseen}名抽查学生没有核查结果",
    LAW,
    remedy="请打印人籍抽查点名表到校点名，逐人登记结果",
    kept="抽查学生都有核查结果",
)
def every_child_was_looked_for(f):
    return not f.unseen


@rule("还有{f.unanswered}项发现没有说明", LAW, remedy="请逐项填写整改情况或者说明", kept="每项发现都有说明")
def every_finding_is_answered(f):
    return not f.unanswered


@rule(
    "还有{f.unjudged}项发现没有认定",
    LAW,
    remedy="请逐项认定：销号，或者转责令改正",
    kept="每项发现都有认定",
)
def every_finding_is_judged(f):
    return not f.unjudged


RULES = (every_child_was_looked_for, every_finding_is_answered, every_finding_is_judged)
