"""第三十六条 as rules: what a complaint must say before a check order goes out, and what an opinion must rest on."""

from dataclasses import dataclass
from datetime import date

from approvals.rules import rule
from law import articles

LAW = articles.COMPLAINTS


@dataclass(frozen=True)
class ComplaintFacts:
    """What the rules of a complaint look at; whatever is wrong stands here in words already."""

    on: date
    received_on: date | None = None
    child_elsewhere: str = ""
    case_elsewhere: str = ""
    same: str = ""
    order_text: str = ""
    original_unfit: str = ""

    def at(self, day):
        return None


@rule(
    "收到投诉的日期晚于今日",
    LAW,
    remedy="请按实际收到投诉的那一天填写，期限从次日起算",
    kept="收到日期不晚于今日",
)
def received_by_now(f):
    return not f.received_on or f.received_on <= f.on


@rule(
    "{f.child_elsewhere}",
    LAW,
    remedy="请核对学生和被投诉学校；不涉及具体学生的留空",
    kept="涉及的学生与被投诉学校有关",
)
def child_is_of_the_school(f):
    return not f.child_elsewhere


@rule(
    "{f.case_elsewhere}",
    LAW,
    remedy="请核对业务编号；不涉及具体业务的留空",
    kept="涉及的业务与被投诉学校有关",
)
def case_is_of_the_school(f):
    return not f.case_elsewhere


@rule(
    "同一学生、同一事项的投诉{f.same}正在办理",
    LAW,
    remedy="请在原件上补充，不重复登记；对办结答复不服的另行登记并写明原件编号",
    kept="没有同一事项的在办投诉",
)
def not_registered_twice(f):
    return not f.same


@rule(
    "{f.original_unfit}",
    LAW,
    remedy="请核对原投诉件编号；原件没有办结的，在原件上补充",
    kept="原投诉件已经办结，也是对该校的投诉",
)
def original_is_closed_here(f):
    return not f.original_unfit


@rule(
    "还没有写明要求学校核查什么",
    articles.COMPLAINT_CLOCK,
    remedy="请在“修改登记”中填写核查要点，学校据此核查",
    kept="核查要点已写明",
)
def order_says_what(f):
    return bool(f.order_text.strip())


BEGINNING = (
    received_by_now,
    child_is_of_the_school,
    case_is_of_the_school,
    original_is_closed_here,
    not_registered_twice,
)
RULES = (*BEGINNING, order_says_what)
