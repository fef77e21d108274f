"""The sheet of an order, the filter of the list, the school whose signs are looked at."""

from django import forms
from django.db.models import Q

from accounts.policies import school_ids_where
from schools.models import School
from students.change_forms import DraftForm, field_for
from students.filters import SchoolChoice

from ..listed import CasesInSight
from .breaches import Breach
from .case import Rectification


def schools_where(user, right: str):
    return School.objects.filter(pk__in=school_ids_where(user, right)).order_by("code")


class OrderForm(DraftForm):
    """Which school, which of the nine, what it did, what it must do."""

    school = SchoolChoice(School.objects.none(), label="学校", empty_label="请选择学校")

    class Meta:
        model = Rectification
        fields = Rectification.DRAFT
        formfield_callback = field_for

    field_order = ["school", *Rectification.DRAFT]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools_where(user, "bureau_make")
        if self.instance.pk:
            del self.fields["school"]


class BreachFilter(forms.Form):
    """The school whose signs are looked at; asked of who sees several."""

    school = forms.TypedChoiceField(label="学校", required=False, coerce=int, empty_value=None)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.schools = {school.pk: school for school in schools_where(user, "view_school")}
        self.fields["school"].choices = [
            ("", "全部"),
            *((pk, school.short_name) for pk, school in self.schools.items()),
        ]
        if len(self.schools) < 2:
            del self.fields["school"]
        self.is_valid()

    @property
    def chosen(self) -> School | None:
        return self.schools.get(self.cleaned_data.get("school"))


class OrderFilter(CasesInSight):
    """Narrows the list of orders; kept in the address."""

    WORDS = "编号或事实"
    breach = forms.ChoiceField(label="情形", choices=[("", "不限"), *Breach.choices], required=False)
    field_order = ["q", "scope", "school", "breach", "lateness"]

    def in_sight(self):
        return Rectification.objects.visible_to(self.user)

    def worded(self) -> Q:
        return Q(number__contains=self.words) | Q(facts_text__contains=self.words)

    def narrow(self):
        breach = self.cleaned_data.get("breach")
        return super().narrow().filter(Q(breach=breach) if breach else Q())
