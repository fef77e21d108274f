"""小初对接: one statement says where every leaver of the county is, read from the record, from proven findings besides.

Nothing here is typed where the record knows. A leaver for whom neither says anything is a blank, and has an owner.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from approvals.models import CaseSubject
from law import clock, parameters
from law.school_time import grade_name, school_year_of
from schools.models import SchoolClass, Stage
from students.leavers.cohort import expected_school, last_places
from students.models import Placement, Student

from .inquiry import LeaverInquiry, Outcome

Status = Student.Status
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


# The first that fits: what ends or suspends a record speaks before the class the child may still be listed in.
BY_STATUS = (
    (Status.DECEASED, Where.DECEASED),
    (Status.LEFT, Where.LEFT),
    (Status.ABROAD, Where.ABROAD),
    (Status.IN_CUSTODY, Where.CUSTODY),
    (Status.SUSPENDED, Where.SUSPENDED),
    (Status.DROPPED_OUT, Where.DROPPED),
    (Status.MOVED_AWAY, Where.OUTSIDE),
)
COLUMNS = (
    "child",
    "slug",
    "name",
    "sex",
    "status",
    "primary",
    "primary_class",
    "pair",
    "junior_class",
    "junior_cohort",
    "where",
    "found",
    "place",
    "proof",
    "inquiries",
    "dropout",
    "intake",
)


def board(year: int) -> QuerySet[Placement]:
    """Every leaver with its one destination and the pair of schools that answers for it; one statement."""
    child = OuterRef("enrolment__student")
    seat = Placement.objects.filter(
        enrolment__student=child, ends=None, enrolment__voided=False, school_class__stage=Stage.JUNIOR
    )
    finding = LeaverInquiry.objects.filter(visit__child=child, year=year).order_by("-pk")
    busy = CaseSubject.objects.filter(child=child, blocking=True)

    def first(rows, column):
        return Subquery(rows.values(column)[:1])

    counted = finding.order_by().values("visit__child").annotate(n=Count("pk"))
    rows = last_places(year).annotate(
        junior=first(seat, "school_class__school"),
        junior_kind=first(seat, "school_class__kind"),
        junior_class=first(seat, "school_class__number"),
        junior_cohort=first(seat, "school_class__cohort"),
        found=Coalesce(first(finding, "outcome"), Value("")),
        place=Coalesce(first(finding, "place"), Value("")),
        proof=Coalesce(first(finding, "proof"), Value("")),
        inquiries=Coalesce(first(counted, "n"), 0),
        dropout=Coalesce(first(busy.filter(case__kind="dropout"), "case__number"), Value("")),
        intake=Coalesce(first(busy.filter(case__kind="grade7_intake"), "case__number"), Value("")),
    )
    rows = rows.annotate(
        where=destination(), pair=Coalesce("junior", expected_school(year), output_field=BigIntegerField())
    )
    named = {
        "child": F("enrolment__student"),
        "slug": F("enrolment__student__slug"),
        "name": F("enrolment__student__name"),
        "sex": F("enrolment__student__sex"),
        "status": F("enrolment__student__status"),
        "primary": F("enrolment__school"),
        "primary_class": F("school_class__number"),
    }
    return rows.annotate(**named)


def destination() -> Case:
    """Exactly one of `Where` for every row."""
    status = "enrolment__student__status"
    return Case(
        *[When(**{status: each}, then=Value(where.value)) for each, where in BY_STATUS],
        When(~Q(dropout=""), then=Value(Where.SUSPECTED.value)),
        When(junior_kind=SchoolClass.Kind.HOME_TEACHING, then=Value(Where.HOME.value)),
        When(junior__isnull=False, then=Value(Where.JUNIOR.value)),
        When(found=Outcome.OUTSIDE, then=Value(Where.OUTSIDE.value)),
        When(found=Outcome.DEFERRED, then=Value(Where.DEFERRED.value)),
        default=Value(Where.BLANK.value),
        output_field=CharField(),
    )


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


def rows_of(found: QuerySet[Placement]) -> list[Row]:
    """The rows, by class and name."""
    ordered = found.order_by("primary_class", "enrolment__student__name_pinyin", "pk")
    return [Row(**values) for values in ordered.values(*COLUMNS)]


def blanks(year: int, schools: Iterable[int] | None = None) -> list[Row]:
    """The lost children: every leaver whom neither record nor finding knows."""
    found = board(year).filter(where=Where.BLANK)
    return rows_of(found if schools is None else in_sight(found, schools))


def in_sight(found: QuerySet[Placement], schools: Iterable[int]) -> QuerySet[Placement]:
    """Leavers of pairs in which one of these schools takes part."""
    ids = list(schools)
    return found.filter(Q(primary__in=ids) | Q(pair__in=ids))


def of_pair(year: int, primary: int, junior: int | None) -> QuerySet[Placement]:
    """The leavers one primary and one junior school answer for together."""
    rows = board(year).filter(primary=primary)
    return rows.filter(pair=junior) if junior else rows.filter(pair=None)


def tally(year: int, schools: Iterable[int]) -> dict[tuple[int, int | None], Counter]:
    """(primary, junior) → how many leavers are where."""
    found: dict[tuple[int, int | None], Counter] = {}
    for primary, pair, where in in_sight(board(year), schools).order_by().values_list("primary", "pair", "where"):
        found.setdefault((primary, pair), Counter())[where] += 1
    return found


def last_day(year: int) -> date:
    """九月末: by this day no leaver is a blank."""
    return parameters.on(clock.today()).yearly("leavers.last_day", year)
