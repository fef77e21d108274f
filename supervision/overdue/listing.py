"""The rows behind every figure of the board: which thing, whose, until when, what to do about it."""

from collections import defaultdict
from collections.abc import Iterable

from django import forms
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from accounts.models import Appointment
from accounts.policies import powers_of, school_ids_where
from approvals.countdown.models import Countdown
from approvals.countdown.owed import AT_BUREAU, owed_by, standing
from approvals.models import Case, CeimsFiling
from law import clock
from law.deadline import Subject, declared
from law.workdays import Calendar
from schools.models import School
from students.filters import SchoolChoice
from students.models import Student

from .standing import SIDES, overdue, soon

STATES = [("", "全部在办"), ("overdue", "已超期"), ("soon", "三日内到期"), ("running", "未到期")]
KEYS = ("due_on", "id")
BUREAU = "bureau"


class DeadlineFilter(forms.Form):
    """Narrows the list; kept in the address, an impossible value is ignored."""

    state = forms.ChoiceField(label="期限", choices=STATES, required=False)
    rule = forms.ChoiceField(label="事项", required=False)
    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="不限")
    side = forms.ChoiceField(label="承办", choices=[("", "不限"), *SIDES.items()], required=False)
    whose = forms.ChoiceField(label="范围", choices=[("", "看得到的"), ("mine", "我承办的")], required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.fields["rule"].choices = [("", "不限"), *((code, rule.title) for code, rule in declared().items())]
        schools = school_ids_where(user, "view_school")
        self.fields["school"].queryset = School.objects.filter(pk__in=schools)
        if len(schools) < 2:
            del self.fields["school"]
        self.is_valid()

    def narrow(self) -> QuerySet[Countdown]:
        """Rows in sight that fit."""
        given, rows = self.cleaned_data, standing(self.user)
        if given.get("rule"):
            rows = rows.filter(deadline=given["rule"])
        if given.get("school"):
            rows = rows.filter(school=given["school"])
        if given.get("side"):
            at_bureau = Q(desk_right__in=AT_BUREAU)
            rows = rows.filter(at_bureau if given["side"] == BUREAU else ~at_bureau)
        if given.get("whose"):
            rows = rows.filter(owed_by(powers_of(self.user)))
        states = {"overdue": overdue(), "soon": soon(), "running": Q(due_on__gte=clock.today())}
        return rows.filter(states.get(given.get("state"), Q()))


def presented(rows: Iterable[Countdown], user) -> list[Countdown]:
    """The rows with working days left, what they are about, and where to do it; one question a kind of thing."""
    rows, today = list(rows), clock.today()
    if not rows:
        return rows
    dues = [row.due_on for row in rows]
    calendar = Calendar.between(min(*dues, today), max(*dues, today))
    names = names_of(rows, user)
    for row in rows:
        row.left = calendar.count(today, row.due_on)
        row.called, row.link = names.get((row.about, row.subject), ("", ""))
        row.link = row.link or place_of(row)
        row.chased = "已报教育局" if reached(row.reported_on) else "已报负责人" if reached(row.escalated_on) else ""
    return rows


def reached(day) -> bool:
    return bool(day and day <= clock.today())


def place_of(row: Countdown) -> str:
    """The page of the work, where the row's own thing has none; "" when it needs more than a name."""
    try:
        return reverse(row.rule.url) if row.rule else ""
    except NoReverseMatch:
        return ""


def names_of(rows: Iterable[Countdown], user) -> dict[tuple[str, int], tuple[str, str]]:
    """(kind, key) → what it is called and its page. A child out of sight has no name here."""
    keys: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        keys[row.about].add(row.subject)
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for kind, ask in ASKED.items():
        if keys[kind]:
            found |= {(kind.value, pk): named for pk, named in ask(keys[kind], user)}
    return found


def _children(ids, user):
    rows = Student.objects.visible_to(user).filter(pk__in=ids).only("name", "slug")
    return [(row.pk, (row.name, row.get_absolute_url())) for row in rows]


def _cases(ids, user):
    rows = Case.objects.visible_to(user).filter(pk__in=ids)
    return [(row.pk, (f"{row.kind_name} {row.number}", row.get_absolute_url())) for row in rows]


def _filings(ids, user):
    rows = CeimsFiling.objects.filter(pk__in=ids, case__in=Case.objects.visible_to(user)).select_related("case")
    return [(row.pk, (f"{row.act} {row.case.number}", reverse("approvals:filing", args=[row.pk]))) for row in rows]


def _people(ids, user):
    rows = Appointment.objects.filter(pk__in=ids).select_related("user")
    return [(row.pk, (f"{row.user.name}（{row.get_role_display()}）", "")) for row in rows]


ASKED = {
    Subject.CHILD: _children,
    Subject.CASE: _cases,
    Subject.FILING: _filings,
    Subject.APPOINTMENT: _people,
}
