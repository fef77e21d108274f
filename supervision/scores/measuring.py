"""What the year says of each school: five measures, one statement each for all schools, full points and what was lost.

Nothing is typed in: whoever doubts a figure opens the rows behind it. A measure without anything to measure keeps its
full points.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q

from approvals.countdown.models import Countdown
from approvals.countdown.owed import AT_BUREAU
from law import clock, parameters
from law.school_time import first_day
from students.filters import ON_ROLL
from students.models import Problem, Student

from ..audits.case import AuditFinding, AuditSample, TermAudit
from ..complaints.case import PROVED, Complaint
from ..complaints.words import Truth
from ..orders.breaches import address
from ..orders.case import Rectification

# At this share of children with an open problem the measure of the data is worth nothing (per thousand).
WORST_DATA = 50
# What one thing costs, in points.
PER_ABSENT, PER_ORDERED, PER_WATCHED = 3, 3, 1
ONE_DAY = timedelta(days=1)
PER_ORDER, PER_FOUNDED, PER_PARTLY = 5, 5, 2


@dataclass(frozen=True)
class Span:
    """A school year, as far as it has gone by the legal day."""

    year: int

    @property
    def first(self) -> date:
        return first_day(self.year)

    @property
    def last(self) -> date:
        return min(first_day(self.year + 1) - ONE_DAY, clock.today())


@dataclass
class Figure:
    """One measure of one school: points of so many, in words, with the address of what is behind it."""

    full: int
    points: float
    words: str
    url: str = ""


@dataclass
class Score:
    """All measures of one school; the total is rounded to one place."""

    school: int
    figures: dict[str, Figure] = field(default_factory=dict)

    @property
    def total(self) -> float:
        return round(sum(figure.points for figure in self.figures.values()), 1)

    @property
    def full(self) -> int:
        return sum(figure.full for figure in self.figures.values())


def scores_of(schools: Iterable[int], year: int) -> list[Score]:
    """The scores of these schools for a school year, the best first; seven statements however many schools."""
    ids, span, params = list(schools), Span(year), parameters.on(clock.today())
    found = {pk: Score(pk) for pk in ids}
    for code, measure in MEASURES.items():
        for pk, figure in measure(ids, span, params[f"score.{code}"]).items():
            found[pk].figures[code] = figure
    return sorted(found.values(), key=lambda score: (-score.total, score.school))


def on_time(ids: list[int], span: Span, full: int) -> dict[int, Figure]:
    """The share of the school's own limits that were kept: those done in time in the year, and those run out in it."""
    mine = Countdown.objects.filter(school__in=ids, starts_on__lte=span.last).exclude(desk_right__in=AT_BUREAU)
    year, today = (span.first, span.last), clock.today()
    kept = Q(closed_on__range=year, closed_on__lte=F("due_on"))
    late = Q(closed_on__gt=F("due_on")) | Q(closed_on=None, due_on__lt=today)
    either = kept | Q(due_on__range=year) & late
    counted = mine.order_by().values("school").annotate(all=Count("pk", filter=either), kept=Count("pk", filter=kept))
    rows = {row["school"]: row for row in counted}

    def figure(pk: int) -> Figure:
        row = rows.get(pk, {"all": 0, "kept": 0})
        share = row["kept"] / row["all"] if row["all"] else 1
        said = f"{row['all']}项期限，按期{row['kept']}项" if row["all"] else "没有到期的期限"
        url = address("supervision:deadlines", school=pk, state="overdue", side="school")
        return Figure(full, round(full * share, 1), said, url)

    return {pk: figure(pk) for pk in ids}


def data(ids: list[int], span: Span, full: int) -> dict[int, Figure]:
    """Open problems of the record against the children on the roll, as it stands today."""
    wrong = Exists(Problem.objects.open().filter(child=OuterRef("pk")))
    rows = Student.objects.filter(school__in=ids, status__in=ON_ROLL).order_by().values("school")
    counted = rows.annotate(children=Count("pk"), wrong=Count("pk", filter=wrong))
    by_school = {row["school"]: (row["children"], row["wrong"]) for row in counted}

    def figure(pk: int) -> Figure:
        children, bad = by_school.get(pk, (0, 0))
        lost = min(1000 * bad / (children * WORST_DATA), 1) if children else 0
        said = f"在籍{children}人，问题学籍{bad}人"
        return Figure(full, round(full * (1 - lost), 1), said, address("students:problems", school=pk))

    return {pk: figure(pk) for pk in ids}


def audit(ids: list[int], span: Span, full: int) -> dict[int, Figure]:
    """What the audits of the year found: children not there, findings watched or turned into an order."""
    mine = Q(case__counts=True, case__year=span.year, case__school__in=ids)
    begun = TermAudit.objects.filter(counts=True, year=span.year, school__in=ids).order_by().values_list("school")
    absent = dict(begun.annotate(absent=Count("samples", filter=Q(samples__result=AuditSample.Result.ABSENT))))
    verdicts = AuditFinding.objects.filter(mine).order_by().values_list("case__school", "verdict")
    judged: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for pk, verdict, number in verdicts.annotate(number=Count("pk")):
        judged[pk][verdict] = number

    def figure(pk: int) -> Figure:
        said, kept = judged[pk], AuditFinding.Verdict
        lost = PER_ABSENT * absent.get(pk, 0) + PER_ORDERED * said[kept.ORDERED] + PER_WATCHED * said[kept.WATCHED]
        words = f"抽查不在校{absent.get(pk, 0)}人，转责令改正{said[kept.ORDERED]}项，继续跟踪{said[kept.WATCHED]}项"
        return left(full, lost, words if pk in absent else "本学年还没有核查", address("supervision:audits"))

    return {pk: figure(pk) for pk in ids}


def orders(ids: list[int], span: Span, full: int) -> dict[int, Figure]:
    """Orders signed in the year; one that ended in accountability takes all."""
    signed = Rectification.objects.filter(
        school__in=ids, steps__action="issue", steps__acted_on__range=(span.first, span.last)
    ).exclude(state=Rectification.State.REVOKED)
    escalated = Q(state=Rectification.State.ESCALATED)
    number, grave = both(signed, "school", Q(), escalated)

    def figure(pk: int) -> Figure:
        lost = full if grave.get(pk) else PER_ORDER * number.get(pk, 0)
        words = f"责令改正{number.get(pk, 0)}件" + (f"，追究责任{grave[pk]}件" if grave.get(pk) else "")
        return left(full, lost, words, address("supervision:orders", scope="all", school=pk))

    return {pk: figure(pk) for pk in ids}


def complaints(ids: list[int], span: Span, full: int) -> dict[int, Figure]:
    """Complaints of the year that proved founded, or founded in part."""
    mine = Complaint.objects.filter(PROVED, lead_school__in=ids, closed_on__range=(span.first, span.last))
    founded, partly = both(mine, "lead_school", Q(truth=Truth.FOUNDED), Q(truth=Truth.PARTLY))

    def figure(pk: int) -> Figure:
        lost = PER_FOUNDED * founded.get(pk, 0) + PER_PARTLY * partly.get(pk, 0)
        words = f"查实{founded.get(pk, 0)}件，部分属实{partly.get(pk, 0)}件"
        return left(full, lost, words, address("supervision:complaints", scope="closed", school=pk))

    return {pk: figure(pk) for pk in ids}


def both(rows, school: str, one: Q, other: Q) -> tuple[dict[int, int], dict[int, int]]:
    """School → number of the rows that fit the one and of those that fit the other, in one statement."""
    counts = [
        Count("pk", filter=which, distinct=True) if which else Count("pk", distinct=True) for which in (one, other)
    ]
    found = rows.order_by().values_list(school).annotate(first_count=counts[0], second_count=counts[1])
    first, second = {}, {}
    for pk, number, another in found:
        first[pk], second[pk] = number, another
    return first, second


def left(full: int, lost: float, words: str, url: str) -> Figure:
    return Figure(full, max(round(full - lost, 1), 0), words, url)


MEASURES: dict[str, Callable[[list[int], Span, int], dict[int, Figure]]] = {
    "on_time": on_time,
    "data": data,
    "audit": audit,
    "orders": orders,
    "complaints": complaints,
}
TITLES = {
    "on_time": "按期办理",
    "data": "数据质量",
    "audit": "学期核查",
    "orders": "责令改正",
    "complaints": "群众投诉",
}
