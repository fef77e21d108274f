"""控辍台账: who is suspected, who dropped out, who came back; figures by month and school. Every list is set-based."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Substr, TruncMonth

from approvals.models import CaseSubject
from law import clock
from law.models import Term
from law.school_time import first_day, school_year_of
from schools.models import School
from students.models import Student
from students.search import matching

from . import absence
from .models import AbsenceEntry, Dropout, ReturnToSchool, Visit

LONGEST = 300
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


def children_in(user, words: str, school: School | None) -> QuerySet[Student]:
    children = matching(Student.objects.visible_to(user), words)
    return children.filter(school=school) if school else children


def cases_in(user, children: QuerySet[Student]) -> QuerySet[Dropout]:
    chosen = CaseSubject.objects.filter(child__in=children.order_by().values("pk")).values("case")
    return Dropout.objects.visible_to(user).filter(pk__in=chosen)


def standing(cases: QuerySet[Dropout]) -> QuerySet[Dropout]:
    """Decided, and ended neither by a return nor by the end of the compulsory years."""
    kept = Q(kept_until=None) | Q(kept_until__gte=clock.today())
    return cases.filter(kept, state="done").exclude(returns__state="done")


def listed(user, children: QuerySet[Student], wanted: str) -> list[Row]:
    """The rows of one ledger, in a fixed number of queries."""
    cases = cases_in(user, children)
    if wanted == "dropped":
        return rows_of(standing(cases))
    if wanted == "ended":
        return rows_of(cases.filter(state="done", kept_until__lt=clock.today()).exclude(returns__state="done"))
    if wanted == "returned":
        return rows_of(cases.filter(ENDED).annotate(back=Max("returns__returned_on")))
    return suspected_rows(user, children, cases)


def suspected_rows(user, children, cases) -> list[Row]:
    """Open cases, and children whose run has reached the limit without a case yet."""
    rows = rows_of(cases.filter(closed_on=None))
    known = {row.child.pk for row in rows}
    runs = absence.suspected(children)
    alarmed = Student.objects.filter(pk__in=set(runs) - known).select_related("school").order_by("name_pinyin", "pk")
    visits = visits_of(runs)
    rows += [Row(c, runs[c.pk].first, runs[c.pk].days, visits.get(c.pk, 0)) for c in alarmed]
    return rows


def rows_of(cases: QuerySet[Dropout]) -> list[Row]:
    found = list(cases.select_related("lead_school").order_by("-opened_on", "-pk").distinct()[:LONGEST])
    subjects = CaseSubject.objects.filter(case__in=[case.pk for case in found]).select_related("child__school")
    child_of = {subject.case_id: subject.child for subject in subjects}
    running = absence.runs(AbsenceEntry.objects.filter(child__in=[c.pk for c in child_of.values()]))
    visits = visits_of([child.pk for child in child_of.values()])
    return [row_of(case, child_of[case.pk], running, visits) for case in found]


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
    """Suspected, dropped and returned per month of the school year."""
    first = first_day(school_year_of(clock.today()))
    months = [date(first.year + (n > 3), (8 + n) % 12 + 1, 1) for n in range(12)]
    cases = Dropout.objects.visible_to(user)
    back = ReturnToSchool.objects.visible_to(user).filter(state="done")
    lines = [
        ("疑似辍学", by_month(cases, "opened_on", first)),
        ("列为辍学", by_month(cases.filter(state="done"), "closed_on", first)),
        ("劝返成功", by_month(cases.filter(state="returned"), "came_back_on", first)),
        ("辍学返校", by_month(back, "returned_on", first)),
    ]
    return {
        "kind": "bar",
        "unit": "人",
        "labels": [f"{month.month}月" for month in months],
        "series": [{"label": label, "values": [got.get(month, 0) for month in months]} for label, got in lines],
    }


def by_month(cases: QuerySet, column: str, first: date) -> dict[date, int]:
    rows = cases.filter(**{f"{column}__gte": first}).order_by().values_list(TruncMonth(column)).annotate(Count("pk"))
    return dict(rows)


def month_rows(schools: set[int], first: date, last: date) -> list[dict]:
    """The monthly report: one line per school that has anything to report, in eight queries."""
    within = (first, last)
    cases = Dropout.objects.filter(lead_school__in=schools)
    back = ReturnToSchool.objects.filter(lead_school__in=schools, state="done")
    gone = Q(returns__state="done", returns__closed_on__lte=last) | Q(kept_until__lte=last)
    figures = {
        "opened": by_school(cases.filter(opened_on__range=within)),
        "won": by_school(cases.filter(state="returned", came_back_on__range=within)),
        "decided": by_school(cases.filter(state="done", closed_on__range=within)),
        "back": by_school(back.filter(closed_on__range=within)),
        "open": by_school(cases.filter(opened_on__lte=last).filter(Q(closed_on=None) | Q(closed_on__gt=last))),
        "kept": by_school(cases.filter(state="done", closed_on__lte=last).exclude(pk__in=cases.filter(gone))),
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


def by_school(cases: QuerySet) -> dict[int, int]:
    return dict(cases.order_by().values_list("lead_school").annotate(Count("pk", distinct=True)))


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
