"""What one cell of an archive sheet may hold: read alike from a page and from a workbook, shown alike on both.

A column says its words once. `read` takes what was typed or what a workbook cell carries; `typed` is the value as a
box or a template shows it, `shown` as a page tells it.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from jianping_xueji.forms import day_input
from law import clock
from students.importing.cells import Answer, error, folded, tidy
from students.importing.dates import read_day

EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Column:
    """One column: the key in an entry's values, and the words people have for it."""

    key: str
    label: str
    required: bool = False
    help: str = ""

    def read(self, cell: Any, label: str = "") -> Answer:
        """The value, None for an empty cell, or what is wrong and what to do."""
        blank = cell is None or cell == "" or isinstance(cell, str) and not cell.strip()
        return (None, None) if blank else self.value_of(cell)

    def value_of(self, cell: Any) -> Answer:
        raise NotImplementedError

    def typed(self, value: Any) -> str:
        return "" if value is None else str(value)

    def shown(self, value: Any) -> str:
        return self.typed(value)

    def widget(self) -> forms.Widget:
        return forms.TextInput()

    @property
    def choices(self) -> list[str]:
        """What a drop-down of the workbook offers."""
        return []

    def wrong(self, code: str, message: str, remedy: str) -> Answer:
        return error(code, f"{self.label}{message}", remedy)


@dataclass(frozen=True)
class Text(Column):
    """Words of limited length."""

    most: int = 80
    long: bool = False

    def value_of(self, cell: Any) -> Answer:
        if isinstance(cell, bool | date) or not isinstance(cell, str | int | float):
            return self.wrong("not_text", "不是文字", "请改为文字")
        text = tidy(cell if isinstance(cell, str) else f"{cell:.15g}")
        if len(text) > self.most:
            return self.wrong("too_long", f"超过{self.most}字（现为{len(text)}字）", "请缩短")
        return text, None

    def widget(self) -> forms.Widget:
        attrs = {"maxlength": self.most}
        return forms.Textarea(attrs | {"rows": 2}) if self.long else forms.TextInput(attrs)


@dataclass(frozen=True)
class Number(Column):
    """A number between two bounds with at most so many decimal places."""

    low: float = 0
    high: float = 9999
    places: int = 0

    def value_of(self, cell: Any) -> Answer:
        number = self._number(cell)
        if number is None:
            return self.wrong("not_a_number", "不是数字", f"请填{self.low:g}至{self.high:g}之间的数字，不带逗号和单位")
        if number != round(number, self.places):
            return self.wrong("too_fine", f"最多{self.places}位小数" if self.places else "应为整数", "请四舍五入后再填")
        if not Decimal(str(self.low)) <= number <= Decimal(str(self.high)):
            return self.wrong("out_of_range", f"应在{self.low:g}至{self.high:g}之间", "请核对单位和数值")
        return (int(number) if not self.places else number.quantize(Decimal(10) ** -self.places)), None

    def _number(self, cell: Any) -> Decimal | None:
        if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
            return None
        text = folded(cell) if isinstance(cell, str) else repr(cell)
        try:
            number = Decimal(text if len(text) <= 20 else "nan")
        except InvalidOperation:
            return None
        return number if number.is_finite() else None

    def typed(self, value: Any) -> str:
        # 95.0 is typed as 95: what a person would write.
        return "" if value is None else f"{Decimal(str(value)).normalize():f}"

    def widget(self) -> forms.Widget:
        step = f"{10**-self.places:g}"
        attrs = {"step": step, "min": f"{self.low:g}", "max": f"{self.high:g}", "inputmode": "decimal"}
        return forms.NumberInput(attrs=attrs)


@dataclass(frozen=True)
class Span(Column):
    """Minutes and seconds, kept in seconds: 3'45."""

    low: int = 0
    high: int = 3600

    SHAPE = re.compile(r"(\d{1,2})\s*['′’:：分]\s*(\d{1,2})\s*(?:[\"″”]|''|秒)?")

    def value_of(self, cell: Any) -> Answer:
        text = folded(cell) if isinstance(cell, str) else f"{cell:g}" if isinstance(cell, int | float) else ""
        found = self.SHAPE.fullmatch(text)
        if found and int(found[2]) < 60:
            seconds = 60 * int(found[1]) + int(found[2])
        elif re.fullmatch(r"\d{2,4}", text):
            seconds = int(text)
        else:
            return self.wrong("not_a_span", "没有认出来", "请写成 3'45 或 3:45（3分45秒），或总秒数 225")
        if not self.low <= seconds <= self.high:
            return self.wrong("out_of_range", f"应在{self.typed(self.low)}至{self.typed(self.high)}之间", "请核对")
        return seconds, None

    def typed(self, value: Any) -> str:
        return "" if value is None else f"{value // 60}'{value % 60:02}"


@dataclass(frozen=True)
class Day(Column):
    """A day that has come."""

    def value_of(self, cell: Any) -> Answer:
        day, why = read_day(cell)
        if day is None:
            return self.wrong("date_unreadable", f"：{why}", "请填年月日，如 2026-06-20")
        if not EARLIEST <= day <= clock.today():
            return self.wrong("date_out_of_range", "不在2000年至今日之间", "请核对日期")
        return day, None

    def typed(self, value: Any) -> str:
        return value.isoformat() if value else ""

    def shown(self, value: Any) -> str:
        return f"{value:%Y年%-m月%-d日}" if value else ""

    def widget(self) -> forms.Widget:
        return day_input()


@dataclass(frozen=True)
class Choice(Column):
    """One of a few words; the entry keeps the code."""

    options: tuple[tuple[str, str], ...] = ()

    def value_of(self, cell: Any) -> Answer:
        text = folded(cell) if isinstance(cell, str) else f"{cell:g}" if isinstance(cell, int | float) else ""
        found = next((code for code, name in self.options if text in (code, name)), None)
        if found is None:
            return self.wrong("not_offered", "不是可选的内容", f"请填{'、'.join(self.choices)}之一")
        return found, None

    def typed(self, value: Any) -> str:
        return dict(self.options).get(value, "")

    def widget(self) -> forms.Widget:
        return forms.Select(choices=[("", "—"), *((name, name) for name in self.choices)])

    @property
    def choices(self) -> list[str]:
        return [name for _, name in self.options]


@dataclass(frozen=True)
class Flag(Choice):
    """是 or 否."""

    options: tuple[tuple[Any, str], ...] = ((True, "是"), (False, "否"))

    def value_of(self, cell: Any) -> Answer:
        if isinstance(cell, bool):
            return cell, None
        return super().value_of(cell)


@dataclass(frozen=True)
class MarkColumn(Column):
    """A mark: a number of 0 to 150 with half points, or a grade in words."""

    WORDS = ("优秀", "良好", "合格", "待合格", "缺考", "免修")

    def value_of(self, cell: Any) -> Answer:
        text = folded(cell) if isinstance(cell, str) else ""
        if text in self.WORDS:
            return text, None
        number, verdict = Number(self.key, self.label, low=0, high=150, places=1).value_of(cell)
        if verdict:
            return self.wrong(
                "not_a_mark", "应为0至150的分数（最多一位小数）或等级", f"请填分数，或{'、'.join(self.WORDS)}之一"
            )
        return f"{number.normalize():f}", None
