"""建籍进度: per school, where this year's newcomers stand and whether the month of registration has run out."""

from collections import Counter

from django.db.models import Count, Q
from django.urls import reverse

from accounts.policies import school_ids_where
from law import clock
from law.workdays import Calendar
from schools.models import School

from ..models import Overflow, Registration, RegistrationEntry
from . import years

STATE = Registration.State
AT_SCHOOL = (STATE.DRAFT, STATE.FILLED, STATE.SCHOOL_CHECK)
AT_BUREAU = (STATE.BUREAU, STATE.BUREAU_CHECK)
CHARTED = (("registered", "已注册"), ("bureau", "在教育局"), ("school", "在学校"))
MOST_CHARTED = 40


def page_of(user) -> dict:
    """Context of the page: one row a school in sight, the totals, a chart where there are several schools."""
    year = years.intake_year(clock.today())
    entered = years.entry_day(year)
    due, today = years.register_by(entered), clock.today()
    rows = rows_of(user, year, today > due.day)
    calendar = Calendar.between(min(today, due.day), max(today, due.day))
    return {
        "year": year,
        "rows": rows,
        "month": {
            "entered": entered,
            "due": due.day,
            "confirmed": due.confirmed,
            "left": calendar.count(today, due.day),
        },
        "totals": totals_of(rows),
        "chart": chart_of(rows) if len(rows) > 1 else None,
        "searches_url": reverse("intake:searches"),
    }


def rows_of(user, year: int, month_is_over: bool) -> list[dict]:
    """Schools with newcomers of the year, the unfinished ones first; three queries."""
    seen = school_ids_where(user, "view_school")
    counts = {row["registration__lead_school"]: row for row in counted(seen, year)}
    open_ones = Overflow.objects.filter(lead_school__among=seen, year=year, closed_on=None)
    overflowing = Counter(open_ones.values_list("lead_school", flat=True))
    schools = School.objects.filter(pk__in=[*counts, *overflowing]).order_by("code")
    rows = [row_of(school, counts.get(school.pk, {}), overflowing[school.pk], month_is_over) for school in schools]
    return sorted(rows, key=lambda row: (not row["overdue"], not row["waiting"], row["code"]))


def counted(seen, year: int):
    """Children of this year's batches by school: batches typed on the page, and imported ones of that grade one."""
    entries = RegistrationEntry.objects.filter(registration__lead_school__among=seen)
    entries = entries.filter(
        Q(registration__intake_year=year) | Q(school_class__cohort=year, school_class__stage="primary")
    )
    living = entries.exclude(registration__state__in=[STATE.WITHDRAWN, STATE.REFUSED])
    state = "registration__state"
    return (
        living.order_by()
        .values("registration__lead_school")
        .annotate(
            applied=Count("pk"),
            unsigned=Count("pk", Q(student__application__signed_on=None, **{f"{state}__in": AT_SCHOOL})),
            school=Count("pk", Q(**{f"{state}__in": AT_SCHOOL})),
            bureau=Count("pk", Q(**{f"{state}__in": AT_BUREAU})),
            registered=Count("pk", Q(**{state: STATE.DONE})),
            late=Count("pk", Q(registration__due_on__lt=clock.today(), **{f"{state}__in": AT_BUREAU})),
        )
    )


def row_of(school: School, counts: dict, overflowing: int, month_is_over: bool) -> dict:
    kept = {name: counts.get(name, 0) for name in ("applied", "unsigned", "school", "bureau", "registered")}
    waiting = kept["school"] + kept["bureau"]
    return kept | {
        "name": school.short_name,
        "code": school.code,
        "url": f"{reverse('approvals:queue')}?kind=registration&school={school.pk}",
        "waiting": waiting,
        "overflowing": overflowing,
        "overdue": waiting if month_is_over else counts.get("late", 0),
    }


def totals_of(rows: list[dict]) -> list[dict]:
    words = (
        ("applied", "登记", ""),
        ("unsigned", "待签", "soon"),
        ("school", "在学校", ""),
        ("bureau", "在教育局", ""),
        ("registered", "已注册", "done"),
        ("overflowing", "待统筹", "soon"),
        ("overdue", "超期", "refused"),
    )
    sums = {name: sum(row[name] for row in rows) for name, _, _ in words}
    return [{"label": label, "value": sums[name], "url": "#schools", "tone": tone} for name, label, tone in words]


def chart_of(rows: list[dict]) -> dict:
    """Bars of the schools with most to do."""
    drawn = rows[:MOST_CHARTED]
    return {
        "kind": "bar",
        "unit": "名",
        "labels": [row["name"] for row in drawn],
        "series": [
            {"label": label, "values": [row[name] for row in drawn], "urls": [row["url"] for row in drawn]}
            for name, label in CHARTED
        ],
    }
