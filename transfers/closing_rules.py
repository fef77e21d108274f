"""第十一条第二款: when a school may be merged into another or closed: facts of both schools, rules over them."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from approvals.models import Case
from approvals.rules import rule
from law import articles
from law.school_time import grade_name, school_year_of
from schools.models import School


@dataclass(frozen=True)
class ClosingFacts:
    """撤并要看的事实：两所学校各是什么状况，撤并学校还有哪些没有了结的事."""

    on: date
    today: date
    closing: str = ""
    receiving: str = ""
    same_school: bool = False
    other_bureau: bool = False
    already_closed: str = ""
    receiver_closed: str = ""
    untaught: str = ""
    document: str = ""
    closes_on: date | None = None
    deciding: bool = False
    other_closing: str = ""
    open_batches: str = ""
    inward: str = ""
    between: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day: date) -> "ClosingFacts":
        """The same schools on another day."""
        return replace(self, today=day)


def facts_of_schools(closing: School, receiving: School | None, *, on: date, today: date, case=None, **more) -> dict:
    """What the database says about both schools, as columns of ClosingFacts."""
    facts = {"on": on, "today": today, "closing": closing.name, **unfinished_at(closing, receiving, case), **more}
    facts["already_closed"] = in_words(closing.closed_on)
    if receiving is None:
        return facts
    taught = {each.grade_in(school_year_of(today)) for each in closing.classes.filter(closed_on=None)} - {None}
    return facts | {
        "receiving": receiving.name,
        "same_school": receiving.pk == closing.pk,
        "other_bureau": receiving.bureau_id != closing.bureau_id,
        "receiver_closed": in_words(receiving.closed_on),
        "untaught": "、".join(grade_name(grade) for grade in sorted(taught - set(receiving.grades))),
    }


def unfinished_at(closing: School, receiving: School | None, case) -> dict:
    """Open cases that stand in the way, by their numbers: they end first, each by its own desks."""
    others = Case.objects.open().exclude(pk=case.pk if case else None)
    here = others.filter(lead_school=closing)
    both = [closing.pk, *([receiving.pk] if receiving else [])]
    closings = others.filter(kind="school_closing").filter(
        Q(lead_school__in=both) | Q(schoolclosing__receiving=closing)
    )
    inward = here.filter(
        Q(kind="transfer") | Q(seat_holds__seats__school=closing, seat_holds__ended_on=None) | coming_to(closing)
    ).exclude(kind__in=["school_closing", "registration", "overflow"])
    between = others.filter(kind="transfer", lead_school=receiving, peer_school=closing) if receiving else []
    return {
        "other_closing": numbers_of(closings),
        "open_batches": numbers_of(
            here.filter(kind__in=["registration", "overflow"]) | others.filter(kind="overflow", peer_school=closing)
        ),
        "inward": numbers_of(inward.distinct()),
        "between": numbers_of(between),
    }


def coming_to(school: School) -> Q:
    """Cases all of whose children still live elsewhere: they would bring a child into a school that ends."""
    return Q(subjects__blocking=True) & ~Q(subjects__child__school=school)


def numbers_of(cases) -> str:
    return "、".join(sorted({case.number for case in cases}))


def in_words(day: date | None) -> str:
    return f"{day:%Y年%-m月%-d日}" if day else ""


LAW = articles.MERGED_SCHOOLS


@rule("{f.closing}已于{f.already_closed}撤并", LAW, remedy="请核对学校", kept="撤并学校在办学")
def school_is_open(f):
    return not f.already_closed


@rule("接收学校不能是撤并学校本身", LAW, remedy="请另选接收学校", kept="接收学校是另一所学校")
def receiver_is_another(f):
    return not f.same_school


@rule("{f.receiving}已于{f.receiver_closed}撤并", LAW, remedy="请另行指定接收学校", kept="接收学校在办学")
def receiver_is_open(f):
    return not f.receiver_closed


@rule("{f.receiving}不由同一教育局主管", LAW, remedy="请指定本县的学校", kept="接收学校由同一教育局主管")
def receiver_is_of_the_bureau(f):
    return not f.other_bureau


@rule(
    "{f.receiving}不设{f.untaught}，接收不了这些班级的学生",
    LAW,
    remedy="请指定设有这些年级的学校",
    kept="接收学校设有全部年级",
)
def receiver_teaches_the_grades(f):
    return f.same_school or not f.untaught


@rule("没有写明批准撤并的文件", LAW, remedy="请填写批文的名称和文号", kept="批准文件已写明")
def approval_is_named(f):
    return bool(f.document.strip())


@rule("撤并日期不能早于受理之日", LAW, remedy="请按批文填写今日或以后的日期", kept="撤并日期不早于受理之日")
def not_in_the_past(f):
    return not f.closes_on or f.closes_on >= f.on


@rule("撤并日期未到，不能提前签批", LAW, remedy="请到撤并之日再签批", timely=True, kept="签批不早于撤并日期")
def its_day_has_come(f):
    return not f.deciding or not f.closes_on or f.closes_on <= f.today


@rule("另有未办结的撤并：{f.other_closing}", LAW, remedy="请待其办结或撤回", kept="两所学校没有其他撤并在办")
def no_other_closing(f):
    return not f.other_closing


@rule(
    "{f.closing}有未办结的学籍注册批次或新生统筹：{f.open_batches}",
    articles.REGISTER_IN_A_MONTH,
    remedy="请先办结或由学校撤回该批次",
    kept="撤并学校没有未办结的注册批次",
)
def no_open_batch(f):
    return not f.open_batches


@rule(
    "有学生正在转入{f.closing}：{f.inward}",
    articles.NO_SEAT_NO_TRANSFER,
    remedy="请先办结或撤回，改向接收学校申请",
    kept="没有正在转入撤并学校的学生",
)
def nobody_is_coming(f):
    return not f.inward


@rule(
    "两校之间有未办结的转学：{f.between}",
    LAW,
    remedy="请先办结，或由接收学校撤回，学生随撤并一并移交",
    kept="两校之间没有未办结的转学",
)
def nobody_moves_between(f):
    return not f.between


RULES = (
    school_is_open,
    receiver_is_another,
    receiver_is_open,
    receiver_is_of_the_bureau,
    receiver_teaches_the_grades,
    approval_is_named,
    not_in_the_past,
    its_day_has_come,
    no_other_closing,
    no_open_batch,
    nobody_is_coming,
    nobody_moves_between,
)
