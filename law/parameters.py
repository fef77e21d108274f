"""Every number of the law that the county may change, with its default, article and source.

The default is what the regulation or its reading says today (see docs/interpretations.md); a row of `Parameter`
overrides it for a span of days. `on(day)` loads all values of a day in one query. What a value may look like is said
once, by the definition's `Shape`: the form of the data administrator asks it, and so does reading.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from jianping_xueji.prepared import Prepared

from . import articles
from .articles import Article
from .models import Parameter

log = logging.getLogger(__name__)

ANY_COMMON_YEAR = 2025  # a day of every year: 29 February is none


@dataclass(frozen=True)
class Shape:
    """Which JSON values a parameter may take, and that in words."""

    fits: Callable[[Any], bool]
    words: str


def _is_number(value: Any, first: int, last: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and first <= value <= last


def whole(first: int, last: int) -> Shape:
    """An integer between two bounds."""
    return Shape(lambda value: _is_number(value, first, last), f"{first}至{last}的整数")


def _are_months(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(_is_number(month, 1, 12) for month in value)
        and len(set(value)) == len(value)
    )


def _is_day_of_year(value: Any) -> bool:
    if not (isinstance(value, str) and re.fullmatch(r"[0-9]{2}-[0-9]{2}", value)):
        return False
    try:
        date(ANY_COMMON_YEAR, int(value[:2]), int(value[3:]))
    except ValueError:
        return False
    return True


SPAN_OF_DAYS = whole(1, 60)
CLASS_SIZE = whole(1, 100)
POINTS = whole(0, 100)
MONTHS = Shape(_are_months, "1至12的月份列表，不重复，如 [3, 9]")
DAY_OF_YEAR = Shape(_is_day_of_year, '加双引号的“月-日”，每年都有的日子，如 "09-30"')
SWITCH = Shape(lambda value: isinstance(value, bool), "true（是）或 false（否）")
SIGNATURES = whole(1, 2)
BYTES_OF_SCAN = whole(100 * 1024, 20 * 1024 * 1024)


@dataclass(frozen=True)
class Definition:
    """What a parameter means; `default` is a JSON value, days and counts are integers, days of a year "MM-DD"."""

    label: str
    default: Any
    article: Article
    shape: Shape


DEFINITIONS: dict[str, Definition] = {
    "approval.stage_workdays": Definition("每一环节办理期限（工作日）", 10, articles.TEN_WORKDAYS, SPAN_OF_DAYS),
    "transfer.window_months": Definition("县内、市内跨县转学受理月份", [3, 9], articles.TRANSFER_WINDOW, MONTHS),
    "transfer.grade9_last_day": Definition(
        "九年级县域内转学最后受理日", "09-30", articles.TRANSFER_LIMITS, DAY_OF_YEAR
    ),
    "transfer.stop_first_day": Definition("全国暑期停办首日", "07-15", articles.NATIONAL_STOP, DAY_OF_YEAR),
    "transfer.stop_last_day": Definition("全国暑期停办末日", "08-14", articles.NATIONAL_STOP, DAY_OF_YEAR),
    "transfer.report_days": Definition("办结后报到期限（自然日）", 10, articles.NO_SEAT_NO_TRANSFER, SPAN_OF_DAYS),
    "transfer.same_bureau_signatures": Definition(
        "县内转学转出主管环节签字数", 1, articles.TRANSFER_STAGES, SIGNATURES
    ),
    "transfer.county_direct_paper": Definition("县直学校须复核纸质原件", True, articles.TRANSFER_MATERIALS, SWITCH),
    "class.warn_primary": Definition("小学标准班额（超过提示）", 45, articles.NO_FALSE_RECORD, CLASS_SIZE),
    "class.warn_junior": Definition("初中标准班额（超过提示）", 50, articles.NO_FALSE_RECORD, CLASS_SIZE),
    "class.cap": Definition("最大班额（达到即止）", 55, articles.NO_FALSE_RECORD, CLASS_SIZE),
    "intake.age": Definition("小学入学年龄（周岁）", 6, articles.CATCHMENT, whole(5, 7)),
    "intake.cutoff": Definition("入学年龄计算截止日（含当日）", "08-31", articles.CATCHMENT, DAY_OF_YEAR),
    "intake.register_months": Definition(
        "新生注册学籍期限（月，自入学之日起）", 1, articles.REGISTER_IN_A_MONTH, whole(1, 6)
    ),
    "intake.grade7_days": Definition(
        "初一建籍期限（自然日，自开学之日起）", 20, articles.REGISTER_GRADE_SEVEN, SPAN_OF_DAYS
    ),
    "plan.proposal_last_day": Definition(
        "学校申报当年起始年级招生计划截止日", "08-31", articles.INTAKE_PLAN, DAY_OF_YEAR
    ),
    "archive.months": Definition("建立学籍档案期限（月，自入学之日起）", 1, articles.ARCHIVE, whole(1, 6)),
    "graduation.first_day": Definition("毕业操作起始日", "06-01", articles.GRADUATION, DAY_OF_YEAR),
    "graduation.last_day": Definition("毕业操作截止日", "07-30", articles.GRADUATION, DAY_OF_YEAR),
    "leavers.last_day": Definition("小初对接核对截止日", "09-30", articles.LEAVERS, DAY_OF_YEAR),
    "promotion.first_day": Definition("升级经办起始日", "08-01", articles.PROMOTION, DAY_OF_YEAR),
    "promotion.dropout_advances": Definition("辍学学生的年级随学年推进", True, articles.PROMOTION, SWITCH),
    "registration.stage_workdays": Definition(
        "学籍注册核办期限（工作日）", 10, articles.REGISTER_IN_A_MONTH, SPAN_OF_DAYS
    ),
    "death.workdays": Definition("死亡注销期限（工作日，自获知次日起）", 10, articles.DEATH, SPAN_OF_DAYS),
    "suspension.remind_days": Definition("休学期满前提醒（自然日）", 30, articles.SUSPENSION_LENGTH, SPAN_OF_DAYS),
    "freeze.remind_days": Definition("中考冻结期前提醒（自然日）", 30, articles.EXAM_FREEZE, SPAN_OF_DAYS),
    "dropout.absence_days": Definition("连续旷课视为疑似辍学的天数（自然日）", 28, articles.DROPOUT, SPAN_OF_DAYS),
    "dropout.visits": Definition("列为辍学前至少劝返次数", 3, articles.DROPOUT, SPAN_OF_DAYS),
    "placement.days": Definition("入学通知书有效期（工作日）", 10, articles.PLACEMENT, SPAN_OF_DAYS),
    # 期限（第三十三条以下的督办）: what the statutory clock adds of its own.
    "ceims.enter_workdays": Definition("已批事项录入系统期限（工作日）", 5, articles.CHANGES_IN_TIME, SPAN_OF_DAYS),
    "ceims.confirm_workdays": Definition("已录事项系统核办期限（工作日）", 10, articles.CHANGES_IN_TIME, SPAN_OF_DAYS),
    "promotion.last_day": Definition("升级办理截止日", "09-10", articles.PROMOTION, DAY_OF_YEAR),
    "calendar.last_day": Definition("下一年工作日历登记截止日", "12-10", articles.COUNTED_DAYS, DAY_OF_YEAR),
    "training.months": Definition(
        "学籍管理员培训有效期（月，到期提示）", 36, articles.REGISTRAR_TRAINED, whole(12, 120)
    ),
    "dropout.report_days": Definition(
        "控辍保学月报、季度复核期限（自然日，自期末起）", 10, articles.DROPOUT_REPORTED, SPAN_OF_DAYS
    ),
    "deadline.report_days": Definition("超期后报教育局的天数（自然日）", 5, articles.CHANGES_IN_TIME, SPAN_OF_DAYS),
    "books.first_year": Definition(
        "学籍簿册自哪一学年起在本系统结册（起始年）", 2025, articles.BOOKS, whole(2020, 2100)
    ),
    "custody.handover_workdays": Definition(
        "纸质档案移交期限（工作日，自离校次日起）", 10, articles.ARCHIVE_FOLLOWS, SPAN_OF_DAYS
    ),
    # 第四章: complaints, orders, the audit of a term.
    "complaint.order_workdays": Definition("投诉发核查单期限（工作日）", 3, articles.COMPLAINT_CLOCK, SPAN_OF_DAYS),
    "complaint.verify_workdays": Definition("投诉学校核查期限（工作日）", 5, articles.COMPLAINT_CLOCK, SPAN_OF_DAYS),
    "complaint.opinion_workdays": Definition("投诉处理意见期限（工作日）", 5, articles.COMPLAINT_CLOCK, SPAN_OF_DAYS),
    "complaint.act_workdays": Definition("投诉学校办结期限（工作日）", 5, articles.COMPLAINT_CLOCK, SPAN_OF_DAYS),
    "complaint.answer_workdays": Definition("告知投诉人期限（工作日）", 3, articles.COMPLAINTS, SPAN_OF_DAYS),
    "registrar.vacant_workdays": Definition(
        "学籍管理员空缺补足期限（工作日）", 10, articles.REGISTRAR_TRAINED, SPAN_OF_DAYS
    ),
    "audit.sample": Definition("学期核查每校抽查人数", 20, articles.TERM_CHECK, whole(1, 500)),
    "audit.answer_workdays": Definition("核查发现的说明期限（工作日）", 10, articles.TERM_CHECK, SPAN_OF_DAYS),
    "order.answer_workdays": Definition("责令改正的改正期限（工作日）", 15, articles.ORDERED, SPAN_OF_DAYS),
    "score.on_time": Definition("年度考核：按期办理分值", 40, articles.YEARLY_SCORE, POINTS),
    "score.data": Definition("年度考核：数据质量分值", 20, articles.YEARLY_SCORE, POINTS),
    "score.audit": Definition("年度考核：学期核查分值", 15, articles.YEARLY_SCORE, POINTS),
    "score.orders": Definition("年度考核：责令改正分值", 15, articles.YEARLY_SCORE, POINTS),
    "score.complaints": Definition("年度考核：群众投诉分值", 10, articles.YEARLY_SCORE, POINTS),
    # 提醒: the hours without mail, and the weekday (1-7) on which what is still late is said again.
    "reminder.quiet_from": Definition("提醒邮件静默开始（时）", 20, articles.CHANGES_IN_TIME, whole(0, 23)),
    "reminder.quiet_until": Definition("提醒邮件静默结束（时）", 7, articles.CHANGES_IN_TIME, whole(0, 23)),
    "reminder.weekday": Definition("超期事项每周重提日（星期）", 1, articles.CHANGES_IN_TIME, whole(1, 7)),
    "reading.children_an_hour": Definition(
        "一小时内打开学生页的人数（超过即警示审计员）", 60, articles.LEAK_PURSUED, whole(1, 10_000)
    ),
    "scan.max_bytes": Definition("单个扫描件上限（字节）", 2 * 1024 * 1024, articles.TRANSFER_MATERIALS, BYTES_OF_SCAN),
}


class Parameters(Mapping):
    """The values in force on one day."""

    def __init__(self, day: date, overrides: dict[str, Any] | None = None):
        self.day = day
        self._overrides = overrides or {}

    def __getitem__(self, code: str) -> Any:
        definition = DEFINITIONS[code]
        return self._overrides.get(code, definition.default)

    def __iter__(self):
        return iter(DEFINITIONS)

    def __len__(self):
        return len(DEFINITIONS)

    def yearly(self, code: str, year: int) -> date:
        """A "MM-DD" parameter as the date of a calendar year."""
        month, day = map(int, self[code].split("-"))
        return date(year, month, day)


class _Rows:
    """All rows, as they stand when first asked for."""

    @cached_property
    def read(self) -> list[Parameter]:
        return _all.objects()


# The rows of the block that reads them once.
_at_hand: ContextVar[_Rows | None] = ContextVar("parameters_at_hand", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Inside the block no number is asked of the database again: for one work of many questions, as a night's check."""
    token = _at_hand.set(_at_hand.get() or _Rows())
    try:
        yield
    finally:
        _at_hand.reset(token)


def on(day: date) -> Parameters:
    """All parameters as they stand on `day` (one query)."""
    if at_hand := _at_hand.get():
        rows = [each for each in at_hand.read if each.starts <= day and (each.ends is None or each.ends > day)]
    else:
        rows = _in_force.objects(day=day)
    return Parameters(day, {each.code: each.value for each in rows if _usable(each.code, each.value)})


@Prepared
def _all():
    return Parameter.objects.order_by("starts")


@Prepared
def _in_force(day: date):
    return Parameter.objects.filter(Q(ends=None) | Q(ends__gt=day), starts__lte=day)


def spans(code: str) -> list[tuple[date, date, Any]]:
    """(from, until, value) of every day there is, `until` not included: for periods that keep the value of their start.

    One query, whatever the number of periods.
    """
    found, default, reached = [], DEFINITIONS[code].default, date.min
    at_hand = _at_hand.get()
    for row in at_hand.read if at_hand else Parameter.objects.filter(code=code).order_by("starts"):
        if row.code != code or not _usable(code, row.value):
            continue
        found += [(reached, row.starts, default)] if reached < row.starts else []
        reached = row.ends or date.max
        found.append((row.starts, reached, row.value))
    return found + ([(reached, date.max, default)] if reached < date.max else [])


def _usable(code: str, value: Any) -> bool:
    """A row written past the form must not stop the office: it is left out, the default counts, the log says so."""
    definition = DEFINITIONS.get(code)
    if definition and definition.shape.fits(value):
        return True
    log.warning("parameter %r holds an unusable value and is ignored", code)
    return False
