"""Forms of the log, of outreach and of the monthly report."""

from datetime import timedelta

from django import forms

from jianping_xueji.forms import day_input
from law import clock

from .models import Dropout, Mark, Visit

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
