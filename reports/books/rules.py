"""What a book must fulfil to be closed: the term is over, the book before closed, the figures agree by child."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from approvals.rules import rule
from law import articles

LAW = articles.BOOKS


@dataclass(frozen=True)
class BookFacts:
    """What stands between an open book and its closing."""

    on: date
    title: str
    period: str
    first: date
    until: date
    last: date
    over: date
    lines: int = 0
    nil: bool = False
    closed_as: str = ""
    correcting: bool = False
    former: str = ""
    next_number: str = ""
    next_first: date | None = None
    unbalanced: str = ""
    undecided: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day: date) -> "BookFacts":
        """The same book closed up to the day before `day`."""
        return replace(self, on=day, until=min(day - timedelta(days=1), self.last))


@rule(
    "{f.period}到{f.over:%Y年%-m月%-d日}结束，结到{f.until:%Y年%-m月%-d日}的《{f.title}》还缺本学期后面的变动",
    LAW,
    remedy="请在学期结束后结册，止日不早于学期结束之日",
    timely=True,
    kept="止日不早于学期结束之日",
)
def term_is_over(f):
    return f.correcting or f.until >= f.over


@rule(
    "止日{f.until:%Y年%-m月%-d日}还没有过完，当天还会有变动",
    LAW,
    remedy="请把止日改为昨天或更早，或者过了这一天再结册",
    timely=True,
    kept="止日已经过完",
)
def day_is_complete(f):
    return f.correcting or f.until < f.on


@rule(
    "止日须在本册起日{f.first:%Y年%-m月%-d日}和下学期开学前一日{f.last:%Y年%-m月%-d日}之间",
    LAW,
    remedy="请改正止日；开学以后的变动记入下一册",
    kept="止日在本册的期间内",
)
def within_the_period(f):
    return f.correcting or f.first <= f.until <= f.last


@rule(
    "《{f.title}》（{f.period}）已结册，编号{f.closed_as}，不能再结一次",
    LAW,
    remedy="已结的簿册不改不删；发现差错或遗漏，请作更正页",
    kept="本册还没有结册",
)
def closed_once(f):
    return f.correcting or not f.closed_as


@rule(
    "{f.former}还没有结册，本册的期初没有依据",
    LAW,
    remedy="请先结上一学期的簿册，再结本册",
    kept="上一学期的簿册已结，或本册是第一册",
)
def former_book_is_closed(f):
    return f.correcting or not f.former


@rule(
    "下一册{f.next_number}已从{f.next_first:%Y年%-m月%-d日}记起，本册只结到{f.until:%Y年%-m月%-d日}，两册之间的变动哪一册都没有",
    LAW,
    remedy="请把止日改为下一册起日的前一天",
    kept="与已结的下一册之间没有空日",
)
def meets_the_next_book(f):
    return f.correcting or f.next_first is None or f.until == f.next_first - timedelta(days=1)


@rule(
    "人数对不上：{f.unbalanced}",
    LAW,
    remedy="漏办的补办业务；上册或已结的下册记错的，先对那一册作更正页；其余由数据管理员凭原件更正，再结本册",
    kept="期初与上册期末逐人一致，增减都有办理的业务",
)
def figures_agree(f):
    return f.correcting or not f.unbalanced


@rule(
    "毕业业务{f.undecided}还没有办结，名册不全",
    LAW,
    remedy="请先办结或撤回这些毕业业务",
    kept="毕业业务都已办结",
)
def graduation_is_decided(f):
    return f.correcting or not f.undecided


@rule(
    "《{f.title}》（{f.period}）没有一名学生，不必立册",
    LAW,
    remedy="请核对学期；没有新生或毕业生的学校不立此册",
    kept="册中有学生，或本册可以为空",
)
def somebody_is_in_it(f):
    return f.correcting or f.nil or f.lines > 0


@rule(
    "《{f.title}》（{f.period}）与现在的学籍没有差别，没有要更正的内容",
    LAW,
    remedy="请先办理需要更正的业务，再作更正页",
    kept="更正页有内容",
)
def something_differs(f):
    return not f.correcting or f.lines > 0


RULES = (
    term_is_over,
    day_is_complete,
    within_the_period,
    closed_once,
    former_book_is_closed,
    meets_the_next_book,
    figures_agree,
    graduation_is_decided,
    somebody_is_in_it,
    something_differs,
)
