"""The draft of a placement: what the family says, and the school the clerk chooses; the filter of its list."""

from django import forms
from django.db.models import Q, QuerySet

from jianping_xueji.forms import day_input
from law import clock
from schools.models import Bureau, Division, School
from students.change_forms import DraftForm
from students.filters import FilterInSight

from .models.placement import ASKED, SchoolPlacement


class PlacementForm(DraftForm):
    """Built for a bureau: townships and schools of its county."""

    school = forms.ModelChoiceField(School.objects.none(), required=False, widget=forms.HiddenInput)

    class Meta:
        model = SchoolPlacement
        fields = ASKED
        widgets = {"birth_date": day_input()}

    def __init__(self, *args, bureau: Bureau, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = School.objects.filter(bureau=bureau, closed_on=None)
        field = self.fields["residence_division"]
        field.queryset = Division.objects.filter(parent=bureau.division_id)
        field.empty_label = "请选择"

    def clean_birth_date(self):
        born = self.cleaned_data["birth_date"]
        if born >= clock.today():
            raise forms.ValidationError("出生日期须早于今日，请核对户口簿。")
        return born


class OverdueFilter(FilterInSight):
    WORDS = "学生姓名或通知书编号"

    def narrow(self, cases: QuerySet[SchoolPlacement]) -> QuerySet[SchoolPlacement]:
        if self.school_chosen:
            cases = cases.filter(lead_school=self.school_chosen)
        if not self.words:
            return cases
        return cases.filter(Q(child_name__contains=self.words) | Q(notice_number__contains=self.words))
