"""The sheet of an order, the filter of the list, the school whose signs are looked at."""

from django import forms
from django.db.models import Q

from accounts.policies import school_ids_where
from law import clock
from schools.models import School
from students.change_forms import field_for
from students.filters import SchoolChoice, SearchWords

from ..complaints.forms import LATENESS, SCOPES
from .breaches import Breach
from .case import Rectification


def schools_where(user, right: str):
    return School.objects.filter(pk__in=school_ids_where(user, right)).order_by("code")


class OrderForm(forms.ModelForm):
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

    def _post_clean(self):
        """The door writes the row, not the form; columns are checked one by one above."""


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


class OrderFilter(forms.Form):
    """Narrows the list of orders; kept in the address, an impossible value is ignored."""

    q = SearchWords("编号或事实")
    scope = forms.ChoiceField(label="范围", choices=SCOPES, required=False)
    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="不限")
    breach = forms.ChoiceField(label="情形", choices=[("", "不限"), *Breach.choices], required=False)
    lateness = forms.ChoiceField(label="期限", choices=LATENESS, required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.fields["school"].queryset = schools_where(user, "view_school")
        if len(self.fields["school"].queryset) < 2:
            del self.fields["school"]
        self.is_valid()

    def in_sight(self):
        return Rectification.objects.visible_to(self.user)

    def narrow(self):
        given, rows = self.cleaned_data, self.in_sight()
        scope = given.get("scope") or "open"
        if scope != "all":
            rows = rows.filter(closed_on__isnull=scope == "open")
        if given.get("school"):
            rows = rows.filter(school=given["school"])
        if given.get("breach"):
            rows = rows.filter(breach=given["breach"])
        said, today = given.get("q", "").strip(), clock.today()
        if said:
            rows = rows.filter(Q(number__contains=said) | Q(facts_text__contains=said))
        late = {"overdue": Q(due_on__lt=today), "today": Q(due_on=today), "running": Q(due_on__gt=today)}
        return rows.filter(late.get(given.get("lateness"), Q()))
