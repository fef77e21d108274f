"""What the pages of the books ask: school and year, a class, the last day of a book and why it is corrected."""

from django import forms
from django.db.models import Q

from accounts.policies import school_ids_where
from jianping_xueji.forms import day_input
from law import clock
from law.school_time import first_day, school_year_name, school_year_of
from schools.models import School
from students.filters import SearchWords

YEARS_SHOWN = 10
FIRST_YEAR = 2020


class YearFilter(forms.Form):
    """The school year of a shelf; an impossible one is the present one."""

    year = forms.TypedChoiceField(label="学年", coerce=int, required=False)

    def __init__(self, data):
        super().__init__(data)
        self.present = school_year_of(clock.today())
        years = range(self.present, max(self.present - YEARS_SHOWN, FIRST_YEAR) - 1, -1)
        self.fields["year"].choices = [("", "本学年"), *((year, school_year_name(year)) for year in years)]
        self.is_valid()

    @property
    def chosen_year(self) -> int:
        return self.cleaned_data.get("year") or self.present


class BoardFilter(YearFilter):
    """Schools by name, and only those with a book missing."""

    q = SearchWords(label="学校（原校名也可）")
    missing = forms.ChoiceField(label="结册", choices=[("", "全部"), ("1", "只看应结未结")], required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.seen = school_ids_where(user, "view_school")

    def schools(self):
        """Schools in sight that lived in the year; by name also those that closed before."""
        found = School.objects.filter(pk__among=self.seen)
        words = self.cleaned_data.get("q", "").strip()
        lived = Q(closed_on=None) | Q(closed_on__gte=first_day(self.chosen_year))
        return found.filter(name__contains=words) if words else found.filter(lived)


class SectionFilter(forms.Form):
    """One grade or class of a book."""

    section = forms.ChoiceField(label="年级、班级", required=False)

    def __init__(self, data, *, sections):
        super().__init__(data)
        self.fields["section"].choices = [("", "全部"), *((name, name) for name in sections)]
        self.is_valid()

    @property
    def chosen(self) -> str:
        return self.cleaned_data.get("section", "")


class ClosingForm(forms.Form):
    """Until which day a book tells."""

    until = forms.DateField(label="止日（含）", widget=day_input(), help_text="本册记到这一天；以后的变动记入下一册。")


class CorrectionForm(forms.Form):
    """Why a correction page is made."""

    reason = forms.CharField(label="更正理由", max_length=200, help_text="如：结册后撤销转学，原登记的转出不再成立。")
