"""The roster as police or villages send it: one child a line, read by its headers, each line judged by itself."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from law import clock
from students import idnumber
from students.importing import listing
from students.importing.cells import Answer, error, folded
from students.importing.container import MEGABYTE, Limits
from students.importing.listing import Column, Listing, ListSheet, read_list

from .models import RosterChild

ROWS = 10_000
LARGE = Limits(10 * MEGABYTE, 200 * MEGABYTE, rows=ROWS + 50, columns=50, cells=600_000)
SEXES = {"男": "1", "女": "2", "1": "1", "2": "2", "男性": "1", "女性": "2"}
# What a line says beside its number, as the columns of RosterChild; the community by its code.
TYPED = (
    "name",
    "sex",
    "birth_date",
    "household_address",
    "residence",
    "community_id",
    "guardian",
    "phone",
    "remark",
)


@dataclass(slots=True)
class Line:
    """One child as the sheet names it; what could not be read or is not there is empty."""

    row: int
    name: str = ""
    sex: str = ""
    birth_date: date | None = None
    number: str = ""
    household_address: str = ""
    residence: str = ""
    community_id: str = ""
    guardian: str = ""
    phone: str = ""
    remark: str = ""

    @property
    def person(self) -> tuple:
        """By what a child without a number is known."""
        return self.name, self.sex, self.birth_date

    def shown(self, key: str):
        """A value as the sheet had it."""
        return {"1": "男", "2": "女"}.get(self.sex, "") if key == "sex" else getattr(self, key)

    @property
    def values(self) -> dict:
        """What the line says; an empty cell says nothing."""
        return {name: getattr(self, name) for name in TYPED if getattr(self, name)}


def sex(cell, label: str) -> Answer:
    """男 or 女, as words or codes."""
    text, verdict = listing.text(cell, label)
    code = SEXES.get(folded(text)) if text else None
    return (code, None) if code and not verdict else error("sex_unreadable", f"{label}应为男或女", "请填男或女")


ROSTER = Listing(
    title="适龄儿童名册",
    columns=(
        Column("name", "姓名", ("姓名", "儿童姓名", "学生姓名"), listing.name),
        Column("sex", "性别", ("性别",), sex),
        Column("birth_date", "出生日期", ("出生日期", "出生年月日", "生日"), listing.birth_date),
        Column(
            "number",
            "身份证件号",
            ("身份证件号", "身份证号", "身份证件号码", "身份证号码", "公民身份号码"),
            listing.number,
            private=True,
        ),
        Column("household_address", "户籍地址", ("户籍地址", "户籍住址", "户口所在地")),
        Column("residence", "现住址", ("现住址", "居住地址", "实际居住地", "居住地")),
        Column("community_id", "村（社区）代码", ("村（社区）代码", "村社区代码", "社区代码", "村代码", "居委会代码")),
        Column("guardian", "监护人", ("监护人", "监护人姓名", "家长姓名")),
        Column("phone", "联系电话", ("联系电话", "电话", "手机号", "监护人电话"), private=True),
        Column("remark", "备注", ("备注", "说明")),
    ),
    needs=(("name",), ("sex",), ("birth_date",)),
    line=Line,
    limits=LARGE,
)


def read_roster(data: bytes) -> ListSheet:
    """Read an uploaded roster. Raises WorkbookRefused when it is none or cannot be opened."""
    return read_list(data, ROSTER)


@dataclass(frozen=True)
class Neighbours:
    """What the lines of one sheet say of one another."""

    numbers: dict[str, list[int]]
    nameless: dict[tuple, list[int]]
    numbered: Counter

    @classmethod
    def of(cls, lines: list[Line]) -> "Neighbours":
        numbers, nameless = defaultdict(list), defaultdict(list)
        for line in lines:
            (numbers[line.number] if line.number else nameless[line.person]).append(line.row)
        return cls(numbers, nameless, Counter(line.person for line in lines if line.number))


def objections_to(line: Line, beside: Neighbours, communities: set[str]) -> list[tuple[str, str, str]]:
    """(column, what is wrong, what to do) of everything a line says that cannot be taken."""
    found = [*_too_long(line), *_of_number(line), *_twice(line, beside)]
    if line.community_id and line.community_id not in communities:
        found.append(("community_id", "不是本县村（社区）的十二位代码", "请核对；不清楚的留空，由教育局指定责任学校"))
    return found


def _too_long(line: Line) -> list[tuple[str, str, str]]:
    limits = {name: RosterChild._meta.get_field(name).max_length for name in TYPED if name != "community_id"}
    return [
        (name, f"超过{limit}个字", "请缩短")
        for name, limit in limits.items()
        if limit and name != "sex" and len(getattr(line, name)) > limit
    ]


def _of_number(line: Line) -> list[tuple[str, str, str]]:
    """The number by itself, then against the sex and birth the line gives."""
    if not line.number:
        return []
    wrong = [p for p in idnumber.check(line.number, today=clock.today()) if p.level == idnumber.ERROR]
    if wrong:
        return [("number", problem.message, "请对照户口簿更正；确实没有的留空") for problem in wrong]
    found = []
    if line.birth_date and idnumber.birth_of(line.number) != line.birth_date:
        found.append(("birth_date", "与身份证件号第7—14位不一致", "请对照户口簿更正其中一项"))
    if line.sex and idnumber.sex_of(line.number) != line.sex:
        found.append(("sex", "与身份证件号第17位不一致", "请对照户口簿更正其中一项"))
    return found


def _twice(line: Line, beside: Neighbours) -> list[tuple[str, str, str]]:
    rows = beside.numbers[line.number] if line.number else beside.nameless[line.person]
    if len(rows) > 1:
        others = "、".join(str(row) for row in rows if row != line.row)
        column, what = ("number", "身份证件号") if line.number else ("name", "没有证件号，姓名、性别、出生日期")
        return [(column, f"{what}与第{others}行相同", "一名儿童只留一行；确是两人的补上证件号")]
    if not line.number and beside.numbered[line.person]:
        return [
            ("name", "没有证件号，与表内另一行有证件号的儿童同名、同性别、同日出生", "同一人的删去本行，两人的补证件号")
        ]
    return []
