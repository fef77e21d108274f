"""Which schools and which days: the filter of the balance, and of the list behind one of its figures."""

from django import forms

from accounts.policies import school_ids_where
from jianping_xueji.forms import day_input
from law import clock
from law.school_time import first_day, school_year_of
from schools.models import School
from students.filters import SchoolChoice

from .spells import Book, Span

SIDES = ("open", "in", "out", "close")
FIRST_YEAR = 2000


class BalanceFilter(forms.Form):
    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="全部学校")
    first = forms.DateField(label="自", required=False, widget=day_input())
    last = forms.DateField(label="至（含当日）", required=False, widget=day_input())

    def __init__(self, data, *, user):
        today = clock.today()
        self.defaults = {"first": first_day(school_year_of(today)), "last": today}
        given = {name: data.get(name) or value for name, value in self.defaults.items()}
        super().__init__({**given, "school": data.get("school", "")})
        self.seen = sorted(school_ids_where(user, "view_school"))
        if len(self.seen) > 1:
            self.fields["school"].queryset = School.objects.filter(pk__in=self.seen)
        else:
            del self.fields["school"]
        self.is_valid()

    def clean(self):
        """Days the wrong way round, or beyond every record, are said; the page then shows the present school year."""
        given = self.cleaned_data
        first, last = (given.get(name) for name in ("first", "last"))
        if first and last and (first > last or first.year < FIRST_YEAR or last.year > clock.today().year + 1):
            raise forms.ValidationError("起日应不晚于止日，请重新选择起止日期。下面按本学年显示。")
        return given

    @property
    def school_chosen(self) -> School | None:
        if self.cleaned_data.get("school"):
            return self.cleaned_data["school"]
        return School.objects.get(pk=self.seen[0]) if len(self.seen) == 1 else None

    @property
    def span(self) -> Span:
        days = self.defaults if self.errors else self.cleaned_data
        school = self.cleaned_data.get("school")
        return Span((school.pk,) if school else tuple(self.seen), days["first"], days["last"])

    @property
    def address(self) -> str:
        """The choice as part of an address."""
        school = self.cleaned_data.get("school")
        span = self.span
        return f"school={school.pk if school else ''}&first={span.first:%Y-%m-%d}&last={span.last:%Y-%m-%d}"


class FigureForm(forms.Form):
    """Which figure: book, side and line, year of entry, sex. What is left out is not narrowed by."""

    book = forms.ChoiceField(choices=Book.choices)
    side = forms.ChoiceField(choices=[(side, side) for side in SIDES])
    line = forms.CharField(required=False, max_length=20)
    stage = forms.ChoiceField(choices=[("", ""), ("primary", ""), ("junior", ""), ("none", "")], required=False)
    cohort = forms.IntegerField(required=False, min_value=FIRST_YEAR, max_value=2100)
    sex = forms.ChoiceField(choices=[("", ""), ("1", "男"), ("2", "女")], required=False)

    @property
    def where(self) -> dict:
        """Columns and values as the events carry them."""
        given, found = self.cleaned_data, {}
        if given["stage"] == "none":
            found |= {"stage": None, "cohort": None}
        elif given["stage"]:
            found |= {"stage": given["stage"], "cohort": given["cohort"]}
        return found | ({"sex": given["sex"]} if given["sex"] else {})
