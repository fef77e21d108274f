"""小初对接: one statement says where every leaver of the county is, read from the record, from proven findings besides.

Nothing here is typed where the record knows. A leaver for whom neither says anything is a blank, and has an owner.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import TextChoices

from jianping_xueji import audit
from law import clock, parameters
from law.school_time import grade_name, school_year_of

from .statement import statement

STAGE_GRADES = 6


class Where(TextChoices):
    JUNIOR = "junior", "县内初中"
    OUTSIDE = "outside", "县外就读"
    HOME = "home", "送教上门"
    SUSPENDED = "suspended", "休学"
    ABROAD = "abroad", "出境"
    CUSTODY = "custody", "专门教育"
    DEFERRED = "deferred", "暂缓入学"
    DECEASED = "deceased", "死亡"
    LEFT = "left", "丧失学习能力离校"
    SUSPECTED = "suspected", "疑似辍学"
    DROPPED = "dropped", "辍学"
    BLANK = "blank", "空白"


@dataclass(frozen=True)
class Row:
    """One leaver on the board."""

    child: int
    slug: str
    name: str
    sex: str
    status: str
    primary: int
    primary_class: int
    pair: int | None
    junior_class: int | None
    junior_cohort: int | None
    where: str
    found: str
    place: str
    proof: str
    inquiries: int
    dropout: str
    intake: str

    @property
    def is_blank(self) -> bool:
        return self.where == Where.BLANK

    @property
    def sex_name(self) -> str:
        return {"1": "男", "2": "女"}.get(self.sex, "")

    @property
    def words(self) -> str:
        """The destination as the sheet says it."""
        label = Where(self.where).label
        if self.where in (Where.JUNIOR, Where.HOME):
            return f"{label} {self.class_name}"
        if self.where in (Where.OUTSIDE, Where.DEFERRED) and self.place:
            return f"{label} {self.place}（凭据：{self.proof}）"
        return f"{label} {self.dropout}".strip()

    @property
    def class_name(self) -> str:
        grade = school_year_of(clock.today()) - self.junior_cohort + 1 + STAGE_GRADES
        return f"{grade_name(grade)}{self.junior_class}班"

    @property
    def owner(self) -> str:
        """Whose task a blank is, in words."""
        if not self.is_blank:
            return ""
        if self.intake:
            return f"初中：建籍（{self.intake}在办）"
        if not self.inquiries:
            return "小学：调查去向"
        return "初中：劝返、建籍" if self.pair else "教育局：确定初中"


def board(
    year: int,
    *,
    child: int | None = None,
    blank: bool = False,
    schools: Iterable[int] | None = None,
    pair: tuple[int, int | None] | None = None,
) -> list[Row]:
    """Every leaver with its one destination and the pair that answers for it, by class and name; one statement.

    Narrowed to one child, to the blanks, to pairs in which one of these `schools` takes part, or to one pair.
    """
    first, second = pair or (None, None)
    sql, params = statement(year, primary=first, child=child)
    narrowed = {"child": child, "blank": blank, "first": first, "second": second}
    narrowed["schools"] = None if schools is None else list(schools)
    with connection.cursor() as cursor:
        cursor.execute(sql, params | narrowed)
        rows = [Row(*values) for values in cursor.fetchall()]
    audit.saw(*(row.child for row in rows))
    return rows


def blanks(year: int, schools: Iterable[int] | None = None) -> list[Row]:
    """The lost children: every leaver whom neither record nor finding knows."""
    return board(year, blank=True, schools=schools)


def tally(rows: Iterable[Row]) -> dict[tuple[int, int | None], Counter]:
    """(primary, junior) → how many leavers are where."""
    found: dict[tuple[int, int | None], Counter] = {}
    for row in rows:
        found.setdefault((row.primary, row.pair), Counter())[row.where] += 1
    return found


def last_day(year: int) -> date:
    """九月末: by this day no leaver is a blank."""
    return parameters.on(clock.today()).yearly("leavers.last_day", year)
