"""A deadline is a rule about time that people can read: article, unit, start, who owes, what is open, what to do.

Declared beside the rules of each app in its `deadlines` module; `approvals.countdown` finds what is open, opens,
reminds, escalates and closes the rows. Nothing here touches the database: `found` is a question, asked by the machine.

    declare(Deadline(
        code="transfer.arrival",
        article=articles.NO_SEAT_NO_TRANSFER, title="转入学生报到",
        unit=Unit.DAYS, length="transfer.report_days", start="转学办结之日",
        subject="case", right="make_change",
        found=not_arrived,                       # QuerySet of subject, school, starts (and what a column below names)
        remedy="请联系家长到校报到并登记", url="approvals:case",
    ))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from .articles import Article


class Unit(StrEnum):
    """How a period is counted; its first day is never counted, but for days of absence (民法典第二百零一条)."""

    DAYS = "days", "自然日"
    MONTHS = "months", "月"
    WORKDAYS = "workdays", "工作日"
    ABSENCE = "absence", "计旷日"
    # The day stands in the law or was fixed by somebody: `found` names it, and no rest day moves it.
    FIXED = "fixed", "固定日"

    def __new__(cls, value, label):
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Subject(StrEnum):
    """What a deadline is about; the number in the row is the primary key of this thing."""

    CHILD = "child", "学生"
    CASE = "case", "案件"
    FILING = "filing", "系统办理"
    SCHOOL = "school", "学校"
    BUREAU = "bureau", "教育局"
    APPOINTMENT = "appointment", "任职"

    def __new__(cls, value, label):
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


# What `found` answers, in this order. The first three always; the others where the declaration lists them in `tells`.
ALWAYS = ("subject", "school", "starts")
MAY_TELL = ("due", "confirmed", "known", "right", "length", "bureau")


@dataclass(frozen=True)
class Deadline:
    """One limit of the law.

    `length` is a code of `law.parameters` or a number, counted in `unit`; none for `FIXED`. `found(day)` is the
    question what is open: a QuerySet with columns named as in `ALWAYS` and `tells`, or already `values_list` of them in
    that order; or SQL with named parameters; or None when nothing can be open. `due` and `confirmed` are told of a
    fixed day; `known`, the day it was entered, when that is not the day it happened (deadlines are judged on both);
    `right`, `length` and `bureau` when they differ from row to row. Of a bureau's own duty `school` is null, and the
    subject is the bureau unless `bureau` is told. `met` is SQL for the day on which the thing was done, of an open row
    `c` that is found no more; none, or no answer: the day on which the check saw it. `remind` are the days before the
    last one on which its owner is told, as numbers or codes of parameters, the farthest first. `same_daily`: the
    question names no day and reads nothing before it is asked, so its SQL is written once per process.
    """

    code: str
    article: Article
    title: str
    unit: Unit
    start: str
    subject: Subject
    right: str
    found: "Callable[[date], QuerySet | tuple[str, dict] | None]"
    remedy: str
    url: str
    length: str | int | None = None
    tells: tuple[str, ...] = ()
    met: str = ""
    remind: tuple[int | str, ...] = (3, 0)
    same_daily: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return (*ALWAYS, *(name for name in MAY_TELL if name in self.tells))

    def reminders(self, params: Mapping) -> tuple[int, ...]:
        """The days before the last one on which its owner is told, by the numbers of a day."""
        return tuple(params[each] if isinstance(each, str) else each for each in self.remind)

    @property
    def in_words(self) -> str:
        """The length as people say it: 10个工作日; the fixed day is said by the row."""
        if self.unit == Unit.FIXED:
            return "固定日期"
        if self.length is None:
            return f"逐件规定的{self.unit.label}"
        number = _default(self.length)
        return f"{number}个月" if self.unit == Unit.MONTHS else f"{number}个{self.unit.label}"


def _default(length: str | int | None) -> Any:
    from .parameters import DEFINITIONS  # the numbers need models, declarations do not

    return DEFINITIONS[length].default if isinstance(length, str) else length


_declared: dict[str, Deadline] = {}


def declare(*deadlines: Deadline) -> None:
    """Make these known to the machine. ValueError when a code is taken, or a fixed day is not told by `found`."""
    for each in deadlines:
        if _declared.get(each.code, each) != each:
            raise ValueError(f"the deadline {each.code} is declared already")
        if (each.unit == Unit.FIXED) != ("due" in each.tells):
            raise ValueError(f"{each.code}: a fixed day is told by the query, any other is counted")
        if each.unit != Unit.FIXED and (each.length is None) != ("length" in each.tells):
            raise ValueError(f"{each.code}: a length is declared, or told by the query")
        _declared[each.code] = each


def declared() -> dict[str, Deadline]:
    """code → deadline, in the order of the regulation."""
    return dict(sorted(_declared.items(), key=lambda item: (item[1].article.number or 99, item[0])))
