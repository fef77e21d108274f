"""控辍台账: who is suspected, who dropped out, who came back; figures by month and school. Every list is set-based."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Substr

from approvals.models import Case, CaseSubject
from law import clock
from law.models import Term
from law.school_time import first_day, school_year_of
from schools.models import School
from students.models import Grade7Intake, Student
from students.paging import Page, page_of

from . import absence
from .models import Dropout, ReturnToSchool, Visit

PAGE = 50
ENDS = {
    ("dropout", "done"): "列为辍学",
    ("dropout", "returned"): "劝返成功",
    ("return_to_school", "done"): "辍学返校",
}
ENDED = Q(state="returned") | Q(returns__state="done")


@dataclass
class Row:
    """A line of a ledger: child, since when, how long, how often visited, and the case with its state."""

    child: Student
    since: date | None
    days: int | None = None
    visits: int = 0
    case: Dropout | None = None
    word: str = "疑似辍学，待劝返"
    tone: str = "refused"
    until: date | None = None


def cases_in(user, children: QuerySet[Student]) -> QuerySet[Dropout]:
    chosen = CaseSubject.objects.filter(child__in=children.order_by().values("pk")).values("case")
    return Dropout.objects.visible_to(user).filter(pk__in=chosen)


def standing(cases: QuerySet[Dropout]) -> QuerySet[Dropout]:
    """Decided, and ended neither by a return nor by the end of the compulsory years."""
    kept = Q(kept_until=None) | Q(kept_until__gte=clock.today())
    return cases.filter(kept, state="done").exclude(returns__state="done").filter(~Exists(taken_over()))


def listed(user, children: QuerySet[Student], wanted: str, **cursors: str) -> tuple[Page, int]:
    """A page of one ledger and the length of the whole, in a fixed number of queries."""
    cases = cases_in(user, children)
    if wanted == "dropped":
        return page_of_cases(standing(cases), cursors)
    if wanted == "ended":
        over = cases.filter(state="done", kept_until__lt=clock.today()).exclude(returns__state="done")
        over = over.filter(~Exists(taken_over()))
        return page_of_cases(over, cursors)
    if wanted == "returned":
        named = cases.annotate(junior=Subquery(taken_over().values("begins_on")[:1]))
        ended = named.filter(ENDED | Q(state="done", junior__isnull=False))
        return page_of_cases(ended.annotate(back=Coalesce(Max("returns__returned_on"), F("junior"))), cursors)
    return page_of_suspected(cases.filter(closed_on=None), children, cursors)


def taken_over() -> QuerySet[Grade7Intake]:
    """A junior school has taken over the child of a Dropout since: who dropped out as a leaver comes back that way."""
    since = Grade7Intake.objects.filter(state="done", subjects__child=OuterRef("subjects__child"))
    return since.filter(closed_on__gte=OuterRef("closed_on"))


def page_of_cases(cases: QuerySet[Dropout], cursors: dict) -> tuple[Page, int]:
    """The latest first; a child that dropped out twice has two lines."""
    found = with_child(cases)
    page = page_of(found, ("opened_on", "pk"), descending=True, size=PAGE, named="number", **cursors)
    named = Student.objects.select_related("school").defer("wrapped_key")
    people = named.in_bulk([case.child_pk for case in page.rows])
    visits, count = visits_of(people), len(page.rows) if page.whole else found.count()
    page.rows = [row_of(case, people[case.child_pk], {}, visits) for case in page.rows]
    return page, count


def page_of_suspected(cases: QuerySet[Dropout], children: QuerySet[Student], cursors: dict) -> tuple[Page, int]:
    """By name: children with an open case, and those whose run has reached the limit without one yet."""
    held = {case.child_pk: case for case in with_child(cases)}
    runs = absence.suspected(children, besides=held)
    found = Student.objects.filter(pk__in=held.keys() | runs.keys()).select_related("school").defer("wrapped_key")
    page = page_of(found, ("name_pinyin", "pk"), size=PAGE, **cursors)
    visits = visits_of(child.pk for child in page.rows)
    page.rows = [
        row_of(held[child.pk], child, runs, visits)
        if child.pk in held
        else Row(child, runs[child.pk].first, runs[child.pk].days, visits.get(child.pk, 0))
        for child in page.rows
    ]
    return page, len(held.keys() | runs.keys())


def with_child(cases: QuerySet[Dropout]) -> QuerySet[Dropout]:
    return cases.annotate(child_pk=F("subjects__child")).distinct()


def row_of(case: Dropout, child: Student, running: dict, visits: dict) -> Row:
    run = running.get(child.pk)
    since = case.absent_since or case.first_absent_on or (run and run.first)
    back = case.came_back_on or getattr(case, "back", None)
    if back:
        return Row(child, since, None, visits.get(child.pk, 0), case, f"{back:%Y-%m-%d}返校", "done", case.kept_until)
    days = run.days if run and case.closed_on is None else None
    tone = "refused" if case.state == "done" else "now"
    return Row(child, since, days, visits.get(child.pk, 0), case, case.state_name, tone, case.kept_until)


def visits_of(children) -> dict[int, int]:
    rows = Visit.objects.filter(child__in=list(children)).order_by().values_list("child").annotate(Count("pk"))
    return dict(rows)


def year_chart(user) -> dict:
    """Suspected, dropped and returned per month of the school year, in one query."""
    first = first_day(school_year_of(clock.today()))
    months = [(first.year + (n > 3), (8 + n) % 12 + 1) for n in range(12)]
    cases = Case.objects.visible_to(user).filter(kind__in=["dropout", "return_to_school"])
    ended = cases.filter(Q(opened_on__gte=first) | Q(closed_on__gte=first))
    lines = {"疑似辍学": Counter(), "列为辍学": Counter(), "劝返成功": Counter(), "辍学返校": Counter()}
    for kind, state, opened, closed in ended.values_list("kind", "state", "opened_on", "closed_on"):
        if kind == "dropout":
            lines["疑似辍学"][opened.year, opened.month] += 1
        if label := ENDS.get((kind, state)):
            lines[label][closed.year, closed.month] += 1
    return {
        "kind": "bar",
        "unit": "人",
        "labels": [f"{month}月" for _, month in months],
        "series": [{"label": label, "values": [got[month] for month in months]} for label, got in lines.items()],
    }


def month_rows(schools: set[int], first: date, last: date) -> list[dict]:
    """The monthly report: one line per school that has anything to report, in nine queries."""
    within = (first, last)
    cases = Dropout.objects.filter(lead_school__in=schools)
    back = ReturnToSchool.objects.filter(lead_school__in=schools, state="done")
    gone = Q(returns__state="done", returns__closed_on__lte=last) | Q(kept_until__lte=last)
    until_then, by_intake = Q(closed_on__lte=last), Exists(taken_over().filter(closed_on__range=within))
    kept = cases.filter(until_then, state="done")
    figures = {
        "opened": by_school(cases.filter(opened_on__range=within)),
        "won": by_school(cases.filter(state="returned", came_back_on__range=within)),
        "decided": by_school(cases.filter(state="done", closed_on__range=within)),
        "back": by_school(back.filter(closed_on__range=within)) + by_school(cases.filter(by_intake, state="done")),
        "open": by_school(cases.filter(opened_on__lte=last).filter(Q(closed_on=None) | Q(closed_on__gt=last))),
        "kept": by_school(kept.exclude(pk__in=cases.filter(gone)).filter(~Exists(taken_over().filter(until_then)))),
        "visits": dict(
            Visit.objects.filter(child__school__in=schools, on__range=within)
            .order_by()
            .values_list("child__school")
            .annotate(Count("pk"))
        ),
    }
    named = School.objects.filter(pk__in=schools).order_by("code")
    rows = [{"school": s, **{name: got.get(s.pk, 0) for name, got in figures.items()}} for s in named]
    return rows if len(rows) == 1 else [row for row in rows if any(row[name] for name in figures)]


def by_school(cases: QuerySet) -> Counter[int]:
    return Counter(dict(cases.order_by().values_list("lead_school").annotate(Count("pk", distinct=True))))


def migrants(user) -> QuerySet[Dropout]:
    """Dropouts whose household lies in another county: their file goes there at the end of the term."""
    placed = standing(Dropout.objects.visible_to(user)).annotate(
        county=Substr("lead_school__bureau__division_id", 1, 6),
        home=Substr("subjects__child__household_division", 1, 6),
    )
    return placed.exclude(home="").exclude(home=F("county")).select_related("lead_school").order_by("closed_on", "pk")


def term_ends(day: date) -> date | None:
    """The last day of the term in which (or in the holidays before which) `day` lies."""
    return Term.objects.filter(ends__gte=day).order_by("ends").values_list("ends", flat=True).first()
