"""The State Council's holiday notice, read as it is pasted: which days of a year are rest, which rest days are worked.

Nothing is guessed: a sentence with a date that is not understood, a weekday that does not fit, a holiday that is
missing are all told at once, each with its item, and the notice is not read. Only sentences without a date
(鼓励各单位……) are passed over.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

WEEK = "一二三四五六日"
LONGEST = 15  # days of one holiday; a longer one is a misreading
STATUTORY = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
# Days that belong to their holiday in every year; the others go by the moon.
ALWAYS = {"元旦": (1, 1), "劳动节": (5, 1), "国庆节": (10, 1)}

_ITEM = re.compile(r"(?:(?<=^)|(?<=[。;\s]))[一二三四五六七八九十]{1,2}[、.]([^:。、]{1,8}(?:[、和与][^:。、]{1,8})*):")
_TAIL = re.compile(r"节假日期间|各地区、各部门|国务院办公厅\d{4}年")
_YEAR = re.compile(r"(?:现将)(\d{4})年")
_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?"
_REST = re.compile(rf"{_DAY}(?:(?:至|到|-|—|~){_DAY})?放假(?:(\d{{1,2}})天)?(?:调休|公休)?(.*)")
_WORKED = re.compile(rf"{_DAY}(?:[、,和]{_DAY})*(?:照常)?上班")
_ANY_DAY = re.compile(r"\d{1,2}日")
_SAID_COUNT = re.compile(r"共(\d{1,2})天")
_AFTER_REST = re.compile(r"(?:,?(?:共\d{1,2}天|与周末连休|不调休|\d{1,2}天|调休))*")


class Unreadable(ValueError):
    """The text is not read; `reasons` are Chinese sentences, each naming its item, the value and what to do."""

    def __init__(self, reasons: list[str]):
        super().__init__("；".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Holiday:
    """One item of the notice: its name, the days of rest and the rest days that are worked for it."""

    name: str
    rest: tuple[date, ...]
    worked: tuple[date, ...]


@dataclass(frozen=True)
class Notice:
    """What a notice says about a year."""

    year: int
    holidays: tuple[Holiday, ...]

    def days(self) -> dict[date, tuple[bool, str]]:
        """Every day of the year (and what the notice says of neighbouring years) → (is it worked, its name)."""
        day, days = date(self.year, 1, 1), {}
        while day.year == self.year:
            days[day] = (day.weekday() < 5, "")
            day += timedelta(days=1)
        for holiday in self.holidays:
            days |= {day: (False, holiday.name) for day in holiday.rest}
            days |= {day: (True, f"{holiday.name}调休上班") for day in holiday.worked}
        return dict(sorted(days.items()))


def plain(text: str) -> str:
    """The text with half-width signs and without blanks, so that a copy from any page reads alike."""
    text = unicodedata.normalize("NFKC", text)
    return (
        re.sub(r"\s+", "", text).replace("﹕", ":").replace("星期", "周").replace("礼拜", "周").replace("周天", "周日")
    )


def year_said(text: str) -> int | None:
    """The year the preamble names; None when only the items were pasted."""
    found = _YEAR.search(plain(text))
    return int(found[1]) if found else None


def read_notice(text: str, year: int) -> Notice:
    """What the pasted text says about `year`. Raises Unreadable with every reason at once."""
    said = year_said(text)
    if said and said != year:
        raise Unreadable([f"正文写的是{said}年的安排，所选年份是{year}年。请改选年份，或者粘贴{year}年的通知。"])
    body = plain(text)
    body = body[: tail.start()] if (tail := _TAIL.search(body)) else body
    items = list(_items(body))
    if not items:
        raise Unreadable(["没有找到“一、元旦：……”这样的条目。请粘贴通知正文中逐条写明放假日期的部分。"])
    reasons: list[str] = []
    holidays = [_Item(number, name, year, reasons).read(words) for number, (name, words) in enumerate(items, start=1)]
    reasons += _contradictions(holidays)
    if reasons:
        raise Unreadable(reasons)
    return Notice(year, tuple(holidays))


def _items(body: str) -> Iterator[tuple[str, str]]:
    heads = list(_ITEM.finditer(body))
    ends = [head.start() for head in heads[1:]] + [len(body)]
    for head, end in zip(heads, ends, strict=False):
        yield head[1], body[head.end() : end]


class _Item:
    """Reading one item: months are carried from date to date, whatever is wrong is noted under its number."""

    def __init__(self, number: int, name: str, year: int, reasons: list[str]):
        self.number, self.name, self.year, self.reasons = number, name, year, reasons
        self.month: int | None = None

    def blame(self, words: str) -> None:
        self.reasons.append(f"第{self.number}条“{self.name}”：{words}")

    def read(self, words: str) -> Holiday:
        rest: list[date] = []
        worked: list[date] = []
        for sentence in re.split(r"[。;]", words):
            if found := _REST.fullmatch(sentence):
                rest += self.span(found, sentence)
            elif _WORKED.fullmatch(sentence):
                worked += [day for each in re.finditer(_DAY, sentence) if (day := self.day(*each.groups()))]
            elif _ANY_DAY.search(sentence):
                self.blame(f"读不懂“{sentence}”。应写作“X月X日至X日放假……”或“X月X日上班”，请对照原文改正。")
        if not rest:
            self.blame("没有写明放假日期。请对照原文补全。")
        for day in worked:
            if day.weekday() < 5:
                self.blame(f"{_said(day)}本是工作日（周{WEEK[day.weekday()]}），不会另行安排上班。请对照原文改正。")
        return Holiday(self.name, tuple(rest), tuple(worked))

    def span(self, found: re.Match, sentence: str) -> list[date]:
        """The days of rest of one sentence; an empty list when something is wrong with it."""
        *ends, first_count, more = found.groups()
        first = self.day(*ends[:4])
        last = self.day(*ends[4:]) if ends[6] else first
        if not _AFTER_REST.fullmatch(more):
            self.blame(f"读不懂“{more.strip(',')}”。放假日期之后只应有天数和调休，上班日期另写一句，请对照原文改正。")
        if not (first and last):
            return []
        length = (last - first).days + 1
        if not 1 <= length <= LONGEST:
            self.blame(
                f"{_said(first)}至{_said(last)}不是一段假期（须先后顺序正确、不超过{LONGEST}天）。请对照原文改正。"
            )
            return []
        said = [*([first_count] if first_count else []), *_SAID_COUNT.findall(sentence)]
        if any(int(count) != length for count in said):
            self.blame(f"{_said(first)}至{_said(last)}是{length}天，文中写的是{said[-1]}天。请对照原文改正。")
        return [first + timedelta(days=n) for n in range(length)]

    def day(self, year: str | None, month: str | None, number: str, beside: str | None) -> date | None:
        """One date; months go on from the date before. Its weekday, where the text says one, must fit."""
        self.month = int(month) if month else self.month
        if not self.month:
            self.blame(f"“{number}日”没有写月份。请对照原文补全。")
            return None
        try:
            day = date(int(year or self.year), self.month, int(number))
        except ValueError:
            self.blame(f"没有{self.month}月{number}日这一天。请对照原文改正。")
            return None
        if abs(day.year - self.year) > 1:
            self.blame(f"{day.year}年{_said(day)}不属于{self.year}年的安排。请对照原文改正。")
        weekday = re.search(rf"周([{WEEK}])", beside or "")
        if weekday and weekday[1] != WEEK[day.weekday()]:
            self.blame(f"{_said(day)}写的是周{weekday[1]}，日历上是周{WEEK[day.weekday()]}。请核对年份和日期。")
        return day


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _contradictions(holidays: list[Holiday]) -> list[str]:
    """What no single item shows: holidays missing or named twice, days that are both rest and work."""
    names = [name for holiday in holidays for name in re.split("[、和与]", holiday.name)]
    reasons = [
        f"缺少“{name}”。一年的安排须七个节日齐全（{'、'.join(STATUTORY)}），请粘贴通知全文。"
        for name in STATUTORY
        if name not in names
    ]
    reasons += [f"“{name}”不是法定节假日的名称。请对照原文改正。" for name in names if name not in STATUTORY]
    reasons += [f"“{name}”写了两次。请对照原文删去重复的一条。" for name in STATUTORY if names.count(name) > 1]
    for holiday in holidays:
        for name, (month, number) in ALWAYS.items():
            if (
                name in holiday.name
                and holiday.rest
                and (month, number) not in {(d.month, d.day) for d in holiday.rest}
            ):
                reasons.append(f"“{holiday.name}”不含{month}月{number}日。请对照原文改正。")
    rest = [day for holiday in holidays for day in holiday.rest]
    worked = [day for holiday in holidays for day in holiday.worked]
    reasons += [f"{_said(day)}既放假又上班。请对照原文改正。" for day in sorted(set(rest) & set(worked))]
    reasons += [f"{_said(day)}写了两次。请对照原文改正。" for day in sorted({d for d in rest if rest.count(d) > 1})]
    return reasons
