"""What the pages of the school year ask."""

from django import forms

from jianping_xueji.forms import day_input
from law import clock
from law.school_time import school_year_name

from ..filters import FilterInSight
from ..importing.listing import Listing
from ..importing.workbook_field import ListingField
from ..models.certificate import Certificate
from ..models.child import Student
from ..search import matching
from .calendar import ending_year

LIST_HELP = "号码各列请设为文本；身份证件号、学籍号可两列都有。"
STATES = [
    ("", "不限"),
    ("unnumbered", "未编号"),
    ("unsealed", "未验印"),
    ("waiting", "待领取"),
    ("collected", "已领取"),
]


class ListForm(forms.Form):
    """An uploaded list of this kind."""

    def __init__(self, listing: Listing, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["workbook"] = ListingField(listing, help_text=LIST_HELP)


class SealForm(forms.Form):
    """验印 of the whole batch."""

    sealed_on = forms.DateField(label="验印日期", widget=day_input())
    issued_on = forms.DateField(label="发证日期", widget=day_input())


class CollectForm(forms.Form):
    """The signature of whoever collects a paper."""

    collected_by = forms.CharField(
        label="签收人", max_length=60, help_text="毕业生本人或监护人的姓名，须已在证书发放册上签字。"
    )
    collected_on = forms.DateField(label="签收日期", widget=day_input())

    def __init__(self, *args, **more):
        more.setdefault("initial", {"collected_on": clock.today()})
        super().__init__(*args, **more)


def years_shown() -> list[tuple]:
    """The year whose turn it is, and the five before it."""
    latest = ending_year(clock.today())
    return [("", school_year_name(latest)), *((y, school_year_name(y)) for y in range(latest - 1, latest - 6, -1))]


class CertificateFilter(FilterInSight):
    """Papers by year, school, kind and how far they have come."""

    field_order = ("q", "year", "school", "kind", "state")
    year = forms.TypedChoiceField(label="学年", coerce=int, required=False, choices=years_shown)
    kind = forms.ChoiceField(label="种类", choices=[("", "不限"), *Certificate.Kind.choices], required=False)
    state = forms.ChoiceField(label="办理情况", choices=STATES, required=False)

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.year = self.cleaned_data.get("year") or ending_year(clock.today())

    def narrow(self):
        """Papers in sight that stand and fit."""
        chosen = self.cleaned_data
        found = Certificate.objects.visible_to(self.user).standing().filter(year=self.year)
        if self.school_chosen:
            found = found.filter(school=self.school_chosen)
        if chosen.get("kind"):
            found = found.filter(kind=chosen["kind"])
        if self.words:
            found = found.filter(student__in=matching(Student.objects.all(), self.words).values("pk"))
        return self._in_state(found, chosen.get("state"))

    def _in_state(self, found, state):
        if state == "unnumbered":
            return found.filter(number="")
        if state == "unsealed":
            return found.filter(kind=Certificate.Kind.GRADUATION, sealed_on=None)
        if state == "waiting":
            return found.filter(issued_on__isnull=False, collected_on=None)
        return found.filter(collected_on__isnull=False) if state == "collected" else found
