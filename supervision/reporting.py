"""Pages of 控辍保学报告: who owes which period, what was reported, the sheet that is signed (第三十条)."""

from collections.abc import Iterable
from datetime import date, timedelta

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.policies import may, powers_of, school_ids_where
from law import clock, parameters
from law.articles import DROPOUT_REPORTED
from law.workdays import LONGEST_LOOK, Calendar, Due
from schools.models import Bureau, School
from students.paging import page_of

from .ledger_reports import Kind, figures_of, month_ends, quarter_begins, quarter_ends
from .models import LedgerReport

# What a report says, in the order of the printed sheet.
FIGURES = {
    "opened": "本期新增疑似辍学",
    "won": "本期劝返成功",
    "open": "期末疑似辍学",
    "decided": "本期新列辍学",
    "back": "本期辍学返校",
    "kept": "期末辍学",
    "visits": "本期劝返次数",
}
STATES = [("", "全部"), ("owed", "未报送"), ("made", "已报送"), ("late", "逾期报送")]


class NoteForm(forms.Form):
    """What the one who signs adds to the figures."""

    note = forms.CharField(
        label="情况说明", required=False, max_length=LedgerReport._meta.get_field("note").max_length,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="没有需要说明的可以不填；没有辍学学生也要报送（零报告）。",
    )  # fmt: skip


class ReportFilter(forms.Form):
    """Which month, which schools; an impossible value is ignored."""

    month = forms.ChoiceField(label="月份", required=False)
    state = forms.ChoiceField(label="报送", choices=STATES, required=False)
    q = forms.CharField(label="学校", required=False, max_length=40, widget=forms.SearchInput())

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user, self.months = user, month_ends(clock.today())
        self.fields["month"].choices = [(f"{end:%Y-%m}", f"{end:%Y年%-m月}") for end in self.months]
        if len(school_ids_where(user, "view_school")) < 2:
            del self.fields["q"]
        self.is_valid()

    @property
    def end(self) -> date | None:
        """The last day of the chosen month, or of the latest; None before any month is over."""
        said = self.cleaned_data.get("month")
        return next((end for end in self.months if f"{end:%Y-%m}" == said), next(iter(self.months), None))

    def schools(self) -> QuerySet[School]:
        """Schools in sight that owed this month, with their report."""
        made = LedgerReport.objects.filter(kind=Kind.MONTH, school=OuterRef("pk"), period_end=self.end)
        found = School.objects.filter(pk__in=school_ids_where(self.user, "view_school"))
        found = found.filter(Q(closed_on=None) | Exists(made)).annotate(made_on=Subquery(made.values("made_on")[:1]))
        if words := self.cleaned_data.get("q"):
            found = found.filter(Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code=words))
        return found.filter(self._said_of_reports())

    def _said_of_reports(self) -> Q:
        state = self.cleaned_data.get("state")
        if state == "late":
            return Q(made_on__gt=due_days([self.end])[self.end][0].day)
        return {"owed": Q(made_on=None), "made": Q(made_on__isnull=False)}.get(state, Q())


def due_days(ends: Iterable[date]) -> dict[date, tuple[Due, int]]:
    """Of each period the last day to report it, as the clock counts it, and the working days left; two questions."""
    ends, today, numbers = list(ends), clock.today(), parameters.spans("dropout.report_days")
    reached = {
        end: end + timedelta(days=next(days for since, until, days in numbers if since <= end < until)) for end in ends
    }
    known = [today, *ends, *reached.values()]
    calendar = Calendar.between(min(known), max(known) + timedelta(days=LONGEST_LOOK))
    dues = {end: calendar.roll_forward(day) for end, day in reached.items()}
    return {end: (due, calendar.count(today, due.day)) for end, due in dues.items()}


def reports_page(chosen: ReportFilter, **cursors: str) -> dict:
    """One month: every school with its report or what it owes; a fixed number of questions."""
    if chosen.end is None:
        return {"filter": chosen, "end": None, "count": 0}
    found = chosen.schools()
    page = page_of(found, ("code",), named="code", **cursors)
    due, left = due_days([chosen.end])[chosen.end]
    reports = LedgerReport.objects.filter(kind=Kind.MONTH, period_end=chosen.end, school__in=page.rows)
    by_school = {each.school_id: each for each in reports.select_related("made_by")}
    mine = powers_of(chosen.user).schools("make_change")
    rows = [{"school": s, "report": by_school.get(s.pk), "mine": s.pk in mine} for s in page.rows]
    given = {"filter": chosen, "end": chosen.end, "page": page, "rows": rows, "count": found.count()}
    return given | {"due": due, "left": left, "figures": figures_on_top(chosen, due.day)}


def standing_of(chosen: ReportFilter, due: date) -> dict[str, int]:
    """How many schools in sight owed the month, and how many have reported it, late and at all."""
    schools = school_ids_where(chosen.user, "view_school")
    made = LedgerReport.objects.filter(kind=Kind.MONTH, period_end=chosen.end, school__in=schools)
    days = list(made.values_list("made_on", flat=True))
    owed = School.objects.filter(pk__in=schools, closed_on=None).exclude(pk__in=made.values("school")).count()
    late = sum(day > due for day in days)
    return {"all": owed + len(days), "made": len(days), "late": late, "owed": owed}


def figures_on_top(chosen: ReportFilter, due: date) -> list[dict]:
    """The same as figures, each leading to its schools."""
    standing, month = standing_of(chosen, due), f"{reverse('supervision:ledger_reports')}?month={chosen.end:%Y-%m}"
    over = "refused" if clock.today() > due else "soon"
    return [
        {"label": "应报学校", "value": standing["all"], "url": month},
        {"label": "已报送", "value": standing["made"], "url": f"{month}&state=made"},
        {"label": "其中逾期报送", "value": standing["late"], "url": f"{month}&state=late", "tone": "soon"},
        {"label": "未报送", "value": standing["owed"], "url": f"{month}&state=owed", "tone": over},
    ]


def bureaus_of(user) -> QuerySet[Bureau]:
    """Bureaus whose quarters the person sees: those at which he serves."""
    rights = ("bureau_make", "bureau_check", "audit_school")
    schools = set().union(*(school_ids_where(user, right) for right in rights))
    return Bureau.objects.filter(school__in=schools).distinct().order_by("pk")


def reviews_page(user) -> dict:
    """Every quarter that is asked for or was reviewed, of each bureau in sight."""
    made = LedgerReport.objects.filter(kind=Kind.QUARTER, bureau__in=bureaus_of(user), period_end__lt=clock.today())
    known = {(each.bureau_id, each.period_end): each for each in made.select_related("made_by")}
    rows, asked = [], quarter_ends(clock.today())
    for bureau in bureaus_of(user):
        ends = {*asked, *(end for pk, end in known if pk == bureau.pk)}
        rows += [{"bureau": bureau, "end": end, "report": known.get((bureau.pk, end))} for end in ends]
    dues = due_days(row["end"] for row in rows)
    for row in rows:
        row["due"], row["left"] = dues[row["end"]]
    return {"rows": sorted(rows, key=lambda row: row["end"], reverse=True)}


def month_sheet(school: School, end: date, user) -> dict:
    """What a school reported of a month, or would report now."""
    made = LedgerReport.objects.filter(kind=Kind.MONTH, school=school).select_related("made_by")
    return {
        **_sheet(made, end, lambda: figures_of(Kind.MONTH, {school.pk}, end)),
        "school": school,
        "unit": school,
        "may_sign": may(user, "make_change", school.pk),
        "span": f"{end:%Y年%-m月}",
    }


def quarter_sheet(bureau: Bureau, end: date, user) -> dict:
    """What the bureau reviewed of a quarter, or would review now; and which schools have not reported its months."""
    schools = set(School.objects.filter(bureau=bureau).values_list("pk", flat=True))
    made = LedgerReport.objects.filter(kind=Kind.QUARTER, bureau=bureau).select_related("made_by")
    return {
        **_sheet(made, end, lambda: figures_of(Kind.QUARTER, schools, end)),
        "bureau": bureau,
        "unit": bureau,
        "may_sign": bool(schools & school_ids_where(user, "bureau_make")),
        "span": f"{end.year}年第{end.month // 3}季度",
        "missing": _missing(schools, end),
    }


def _sheet(made: QuerySet[LedgerReport], end: date, now) -> dict:
    """The parts of both sheets; the figures of a report are those it was signed with."""
    history = list(made.filter(period_end__lt=clock.today()).order_by("-period_end")[:24])
    report = made.filter(period_end=end).first()
    figures, (due, left) = report.figures if report else now(), due_days([end])[end]
    return {
        "report": report,
        "history": history,
        "end": end,
        "figures": [(label, figures.get(name, 0)) for name, label in FIGURES.items()],
        "due": due,
        "left": left,
        "article": DROPOUT_REPORTED,
    }


def _missing(schools: set[int], end: date) -> list[dict]:
    """The months of a quarter that some school has not reported, with these schools."""
    months = [each for each in month_ends(clock.today()) if quarter_begins(end) <= each <= end]
    made = LedgerReport.objects.filter(kind=Kind.MONTH, period_end__in=months, school__in=schools)
    reported = set(made.values_list("school", "period_end"))
    open_schools = list(School.objects.filter(pk__in=schools, closed_on=None).order_by("code"))
    lines = ((each, [s for s in open_schools if (s.pk, each) not in reported]) for each in sorted(months))
    return [{"end": each, "schools": wanting} for each, wanting in lines if wanting]
