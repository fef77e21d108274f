"""The draft of a change as a form: the kind's own columns, and the reason for an exception last."""

from django import forms
from django.db import models

from jianping_xueji.forms import day_input
from law import clock
from law.school_time import school_year_of
from schools.models import SchoolClass

from .division_field import DivisionField

# Days from today about which calendar and terms can speak.
FAR = 5 * 365


class DayAsked(forms.Form):
    """The day about which 能办什么 is asked; today when none, or an impossible one, is given."""

    on = forms.DateField(label="办理日期", required=False, widget=day_input())

    @property
    def given(self):
        """The day typed, if it is one about which anything can be said."""
        day = self.cleaned_data.get("on") if self.is_valid() else None
        return day if day and abs((day - clock.today()).days) <= FAR else None

    @property
    def chosen(self):
        return self.given or clock.today()


class ChoiceOfClasses(forms.ModelChoiceField):
    """Classes by the name people use this year."""

    def label_from_instance(self, school_class):
        return school_class.choice_in(school_year_of(clock.today()))


class DraftForm(forms.ModelForm):
    """Columns of a draft, each checked by itself: the door writes the row, not the form."""

    def _post_clean(self):
        """Nothing: the row is neither built nor judged as a whole here."""


class ChangeForm(DraftForm):
    """Built with the child the change is about; classes are those of the school that conducts the case."""

    def __init__(self, *args, child, school, **kwargs):
        super().__init__(*args, **kwargs)
        self.child, self.school = child, school
        for field in self.fields.values():
            if isinstance(field, ChoiceOfClasses):
                field.queryset = present_classes_of(school)


def present_classes_of(school) -> models.QuerySet:
    """The open classes of a school that are in some grade this year."""
    year = school_year_of(clock.today())
    mine = [c.pk for c in school.classes.filter(closed_on=None) if c.grade_in(year)]
    return SchoolClass.objects.filter(pk__in=mine).order_by("-cohort", "number")


def field_for(column: models.Field, **kwargs):
    """The form field of a column, drawn the way this house draws days, long words and classes."""
    if isinstance(column, models.DateField):
        kwargs["widget"] = day_input()
    elif isinstance(column, models.TextField):
        kwargs["widget"] = forms.Textarea(attrs={"rows": 3})
    elif column.is_relation and column.related_model is SchoolClass:
        return column.formfield(form_class=ChoiceOfClasses, empty_label="请选择班级", **kwargs)
    elif column.name == "to_division":
        return DivisionField(label=column.verbose_name)
    return column.formfield(**kwargs)


def form_for(kind) -> type[ChangeForm]:
    """The form of a kind's draft; soft rules add the field for the reason."""
    asks_reason = any(rule.level == "soft" for rule in kind.RULES)
    names = [*kind.DRAFT, *(["exception_reason"] if asks_reason else [])]
    return forms.modelform_factory(kind, form=kind.FORM or ChangeForm, fields=names, formfield_callback=field_for)
