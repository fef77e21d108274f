"""The windows and limits of one school year, as the law and the county's own numbers lay them into the calendar."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from law import articles, parameters
from law.articles import Article
from law.models import Term, Window
from law.parameters import Parameters
from law.school_time import first_day, last_day
from law.workdays import LONGEST_LOOK, Calendar
from students.intake.years import months_after

SCHOOL, BUREAU, BOTH = "学校", "教育局", "学校、教育局"


class Mark(StrEnum):
    """What a span is to the people of the office; the sign stands on the day itself."""

    TERM = "term", "学", "学期"
    OPEN = "open", "转", "受理时段"
    SHUT = "shut", "停", "停办、冻结"
    LIMIT = "limit", "限", "期限末日"

    def __new__(cls, value, sign, label):
        member = str.__new__(cls, value)
        member._value_, member.sign, member.label = value, sign, label
        return member


@dataclass(frozen=True)
class Entry:
    """A window, a stop or a limit of the year: its days (both included), its article, who owes it."""

    starts: date
    ends: date
    title: str
    article: Article
    owes: str
    mark: Mark
    confirmed: bool = True

    def runs(self, day: date) -> bool:
        return self.starts <= day <= self.ends


@dataclass(frozen=True)
class SchoolYear:
    """Everything of one school year that its entries are made from; loaded in five queries."""

    year: int
    terms: dict[int, Term]
    windows: list[Window]
    autumn: Parameters
    spring: Parameters
    calendar: Calendar

    @classmethod
    def of(cls, year: int) -> "SchoolYear":
        first, last = first_day(year), last_day(year)
        return cls(
            year,
            {term.number: term for term in Term.objects.filter(year=year)},
            list(Window.objects.filter(starts__lte=last, ends__gte=first)),
            parameters.on(first),
            parameters.on(date(year + 1, 3, 1)),
            Calendar.between(first - timedelta(days=40), last + timedelta(days=LONGEST_LOOK)),
        )

    def entries(self) -> list[Entry]:
        """All windows and limits, by their last day."""
        found = [*self._terms(), *self._transfers(), *self._newcomers(), *self._each_term(), *self._ends()]
        return sorted(found, key=lambda entry: (entry.ends, entry.starts))

    def _terms(self) -> Iterator[Entry]:
        for term in self.terms.values():
            yield Entry(term.starts, term.ends, term.get_number_display(), articles.TRANSFER_WINDOW, BOTH, Mark.TERM)

    def _transfers(self) -> Iterator[Entry]:
        for month in self.autumn["transfer.window_months"]:
            first = date(self.year + (month < 9), month, 1)
            last = months_after(first, 1) - timedelta(days=1)
            yield Entry(first, last, "县内、市内跨县转学受理", articles.TRANSFER_WINDOW, BOTH, Mark.OPEN)
        limit = self.autumn.yearly("transfer.grade9_last_day", self.year)
        yield Entry(limit, limit, "九年级县域内转学最后受理日", articles.TRANSFER_LIMITS, BOTH, Mark.LIMIT)
        stop = [self.spring.yearly(f"transfer.stop_{end}_day", self.year + 1) for end in ("first", "last")]
        yield Entry(*stop, "全国暑期停止受理新的转学", articles.NATIONAL_STOP, BOTH, Mark.SHUT)
        for window in self.windows:
            yield Entry(window.starts, window.ends, window.get_kind_display(), articles.EXAM_FREEZE, BOTH, Mark.SHUT)

    def _newcomers(self) -> Iterator[Entry]:
        entered = self.terms[1].starts if 1 in self.terms else first_day(self.year)
        month = months_after(entered, self.autumn["intake.register_months"])
        yield self._limit(entered, month, "一年级新生注册学籍", articles.REGISTER_IN_A_MONTH, SCHOOL)
        month = months_after(entered, self.autumn["archive.months"])
        yield self._limit(entered, month, "新生学籍档案建立", articles.ARCHIVE, SCHOOL)
        days = timedelta(days=self.autumn["intake.grade7_days"])
        yield self._limit(entered, entered + days, "七年级接续学籍", articles.REGISTER_GRADE_SEVEN, SCHOOL)

    def _each_term(self) -> Iterator[Entry]:
        for term in self.terms.values():
            ends = term.ends
            yield Entry(term.starts, ends, "动态信息维护", articles.VOLATILE_FIELDS, SCHOOL, Mark.LIMIT)
            yield Entry(term.starts, ends, "学籍核查", articles.TERM_CHECK, BOTH, Mark.LIMIT)
            yield Entry(ends, ends, "随迁子女辍学档案转交户籍地", articles.DROPOUT_MIGRANT, SCHOOL, Mark.LIMIT)
        if 2 in self.terms:
            eve = self.terms[2].starts - timedelta(days=1)
            yield Entry(eve, eve, "九年级学生取得居民身份证", articles.EXAM_FREEZE, SCHOOL, Mark.LIMIT)

    def _ends(self) -> Iterator[Entry]:
        leavers = self.autumn.yearly("leavers.last_day", self.year)
        yield Entry(first_day(self.year), leavers, "小初对接逐人核对", articles.LEAVERS, BOTH, Mark.LIMIT)
        graduation = [self.spring.yearly(f"graduation.{end}_day", self.year + 1) for end in ("first", "last")]
        yield Entry(*graduation, "毕业操作", articles.GRADUATION, BOTH, Mark.LIMIT)
        promotion = self.spring.yearly("promotion.first_day", self.year + 1)
        promoted = self.spring.yearly("promotion.last_day", self.year + 1)
        yield Entry(promotion, promoted, "升级操作", articles.PROMOTION, BUREAU, Mark.LIMIT)
        announced = [self.autumn.yearly("calendar.last_day", self.year)] * 2
        yield Entry(*announced, "登记下一年放假安排", articles.COUNTED_DAYS, BUREAU, Mark.LIMIT)
        asked = self.spring.yearly("plan.proposal_last_day", self.year + 1)
        title = "学校申报下一学年起始年级招生计划"
        yield Entry(first_day(self.year), asked, title, articles.INTAKE_PLAN, SCHOOL, Mark.LIMIT)
        cutoff = self.spring.yearly("intake.cutoff", self.year + 1)
        yield Entry(cutoff, cutoff, "小学入学年龄计算截止", articles.CATCHMENT, BOTH, Mark.LIMIT)

    def _limit(self, starts: date, last: date, title: str, article: Article, owes: str) -> Entry:
        """A counted limit: a rest day at its end carries it to the next working day (民法典第二百零三条)."""
        due = self.calendar.roll_forward(last)
        return Entry(starts, due.day, title, article, owes, Mark.LIMIT, due.confirmed)


@dataclass(frozen=True)
class Day:
    """One day of the grid: whether it is worked, why, and what begins, ends or runs on it."""

    date: date
    works: bool
    name: str
    marks: tuple[Mark, ...]
    words: str
    today: bool

    @property
    def made_up(self) -> bool:
        """A Saturday or Sunday that is worked."""
        return self.works and self.date.weekday() >= 5

    @property
    def kind(self) -> str:
        return "shift" if self.made_up else "work" if self.works else "feast" if self.name else "rest"


@dataclass(frozen=True)
class Month:
    """One month of the grid, Monday first; None stands before its first day."""

    first: date
    weeks: list[list[Day | None]]
    confirmed: bool


class Grid:
    """The twelve months of a school year."""

    def __init__(self, school_year: SchoolYear, entries: Iterable[Entry], names: dict[date, str], today: date):
        self.calendar, self.entries, self.names, self.today = school_year.calendar, list(entries), names, today
        self.year = school_year.year

    def months(self) -> list[Month]:
        return [self._month(months_after(first_day(self.year), n)) for n in range(12)]

    def _month(self, first: date) -> Month:
        end = months_after(first, 1)
        days = [self._day(first + timedelta(days=n)) for n in range((end - first).days)]
        cells = [None] * first.weekday() + days
        cells += [None] * (-len(cells) % 7)
        sure = all(day.date in self.calendar.days for day in days)
        return Month(first, [cells[n : n + 7] for n in range(0, len(cells), 7)], sure)

    def _day(self, day: date) -> Day:
        here = [entry for entry in self.entries if self._shown_on(entry, day)]
        works, name = self.calendar.is_workday(day), self.names.get(day, "")
        marks = tuple(dict.fromkeys(entry.mark for entry in here))
        said = [name] if name else []
        return Day(day, works, name, marks, "；".join([*said, *(entry.title for entry in here)]), day == self.today)

    @staticmethod
    def _shown_on(entry: Entry, day: date) -> bool:
        """Windows and stops stand on each of their days, a term on its first and last, a limit on its last."""
        if entry.mark in (Mark.OPEN, Mark.SHUT):
            return entry.runs(day)
        return day == entry.ends or (entry.mark == Mark.TERM and day == entry.starts)
