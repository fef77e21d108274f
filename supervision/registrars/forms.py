"""The sheet of a report, and the filter of the register."""

from django import forms
from django.db.models import QuerySet

from accounts.models import Appointment, User
from accounts.policies import school_ids_where
from law import clock
from schools.models import School
from students.change_forms import DraftForm, field_for
from students.filters import SearchWords

from .case import RegistrarChange
from .services import registrars_of

STATES = [("", "不限"), ("vacant", "空缺"), ("old", "培训过期"), ("soon", "三个月内到期"), ("good", "在岗、培训有效")]


class Predecessor(forms.ModelChoiceField):
    def label_from_instance(self, appointment):
        return f"{appointment.user.name}（{appointment.starts:%Y年%-m月}起任）"


class ReportForm(DraftForm):
    """Who is reported, by the account; from when, trained when; whom he follows."""

    account = forms.CharField(
        label="所报人员的用户名", max_length=150, help_text="还没有账号的，先请教育局数据管理员开立账号。"
    )
    predecessor = Predecessor(
        Appointment.objects.none(), label="接替何人", required=False, empty_label="没有（空缺或增配）"
    )

    class Meta:
        model = RegistrarChange
        fields = RegistrarChange.DRAFT
        formfield_callback = field_for

    field_order = ["why", "account", "predecessor", "starts_on", "trained_on", "certificate", "post", "reason"]

    def __init__(self, *args, school: School, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["predecessor"].queryset = registrars_of(school, clock.today())

    def clean_account(self):
        said = self.cleaned_data["account"].strip()
        found = User.objects.filter(username=said, is_active=True).first()
        if found is None:
            raise forms.ValidationError(f"没有用户名为“{said}”的在用账号，请核对，或者先请教育局数据管理员开立账号。")
        return found

    def clean(self):
        given = super().clean()
        shift = given.get("why") == RegistrarChange.Why.SHIFT
        if shift and not given.get("predecessor"):
            self.add_error("predecessor", "换岗须选定接替何人；原岗位空缺的，变动种类选“新任”。")
        if given.get("why") and not shift:
            given["predecessor"] = None
        trained, starts = given.get("trained_on"), given.get("starts_on")
        if trained and starts and trained > starts:
            self.add_error("trained_on", "培训合格日期须不晚于到岗日期：先培训后上岗（第三十四条）。")
        return given


class RegisterFilter(forms.Form):
    """Narrows the register; kept in the address, an impossible value is ignored."""

    q = SearchWords("学校或姓名")
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.is_valid()

    @property
    def words(self) -> str:
        return self.cleaned_data.get("q", "").strip()

    def schools(self) -> QuerySet[School]:
        ids = school_ids_where(self.user, "view_school")
        return School.objects.filter(pk__in=ids, closed_on=None).order_by("code")
