"""第三十一条 as rules: when the sheet of a pair may be signed."""

from dataclasses import dataclass
from datetime import date

from approvals.rules import rule
from law import articles

LAW = articles.LEAVERS


@dataclass(frozen=True)
class PairingFacts:
    """What the sheet of one primary and one junior school says on a day."""

    on: date
    leavers: int = 0
    blank: str = ""
    moved: str = ""

    def at(self, day):
        return None


@rule(
    "这两校之间没有毕业生",
    LAW,
    remedy="请核对小学和初中",
    kept="两校之间有毕业生",
)
def somebody_left(f):
    return f.leavers > 0


@rule(
    "去向空白：{f.blank}",
    LAW,
    remedy="请逐人查明：小学登记去向调查，初中接收建籍；确实找不到或不入学的转为疑似辍学，再行签字",
    kept="每名毕业生都有去向",
)
def nobody_is_lost(f):
    return not f.blank


@rule(
    "小学提交之后去向有变动：{f.moved}",
    LAW,
    remedy="请退回小学，按现在的去向重新提交",
    kept="去向与小学提交时一致",
)
def as_submitted(f):
    return not f.moved
