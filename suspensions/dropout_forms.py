"""Forms of the log, of outreach and of the ledgers."""

from datetime import timedelta

from django import forms

from accounts.policies import powers_of
from jianping_xueji.forms import day_input
from law import clock
from schools.models import School
from students.filters import SchoolChoice

from .models import Dropout, Mark, Visit

LISTS = [("suspected", "疑似辍学"), ("dropped", "辍学"), ("returned", "返校销号"), ("ended", "年限届满")]
LOOK_BACK = timedelta(days=400)


class DayForm(forms.Form):
    """The day of a sheet; anything impossible is today."""

    day = forms.DateField(label="日期", required=False, widget=day_input())

    @property
    def chosen(self):
        today = clock.today()
        day = self.cleaned_data.get("day") if self.is_valid() else None
        return day if day and today - LOOK_BACK <= day <= today else today


class SheetForm(forms.Form):
    """One mark for every child of a class."""

    def __init__(self, *args, children, marks, **kwargs):
        super().__init__(*args, **kwargs)
        self.children = list(children)
        for child in self.children:
            field = forms.ChoiceField(
                label=child.name,
                choices=Mark.choices,
                widget=forms.RadioSelect,
                initial=marks.get(child.pk, Mark.PRESENT),
            )
            self.fields[f"m{child.pk}"] = field

    def rows(self):
        return [{"child": child, "field": self[f"m{child.pk}"]} for child in self.children]

    @property
    def marks(self) -> dict[int, str]:
        return {child.pk: self.cleaned_data[f"m{child.pk}"] for child in self.children}


class VisitForm(forms.ModelForm):
    """One outreach visit."""

    class Meta:
        model = Visit
        fields = ["on", "form", "who", "whom", "result"]
        widgets = {"on": day_input()}


class HandoverForm(forms.Form):
    """When the file went to whom, and the receipt."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("handed_on", "handed_to", "handover_receipt"):
            self.fields[name] = Dropout.PARTICULARS[name]()


class LedgerFilter(forms.Form):
    """Search, school and list of the ledger page, kept in the address."""

    q = forms.CharField(
        label="姓名、拼音或号码",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名、拼音、学籍号", "autocomplete": "off"}),
    )
    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="不限")
    list = forms.ChoiceField(label="台账", choices=LISTS, required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        schools = powers_of(user).schools("view_school")
        if len(schools) > 1:
            self.fields["school"].queryset = School.objects.filter(pk__in=schools)
        else:
            del self.fields["school"]
        self.is_valid()

    @property
    def words(self) -> str:
        return self.cleaned_data.get("q", "").strip()

    @property
    def school_chosen(self):
        return self.cleaned_data.get("school")

    @property
    def wanted(self) -> str:
        return self.cleaned_data.get("list") or "suspected"


class MonthForm(forms.Form):
    """A month as 2026-09; anything impossible is the present one."""

    month = forms.DateField(
        label="月份",
        required=False,
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
    )

    @property
    def first(self):
        today = clock.today()
        day = self.cleaned_data.get("month") if self.is_valid() else None
        return day if day and today - 5 * LOOK_BACK <= day <= today else today.replace(day=1)
