"""What the pages of 学籍号编发 ask: the answer sheet with its day, and the filters of the list of those who wait."""

from django import forms

from accounts.policies import school_ids_where
from jianping_xueji.forms import day_input
from law import clock
from schools.models import School

from ..filters import SchoolChoice, SearchWords
from ..importing.workbook_field import ListingField
from ..models.child import Student, StudentNumber
from ..search import matching
from .presenting import waiting_numbers
from .sheet import ANSWERS

LETTERS = [("", "不限"), ("L", "L（临时学籍号）"), ("J", "J（无身份证件）")]


class AnswerForm(forms.Form):
    workbook = ListingField(
        ANSWERS,
        help_text="列：姓名，身份证件号或现学籍号（可两列都有），新学籍号。号码各列请设为文本。",
    )
    answered_on = forms.DateField(label="全国系统下发日期", widget=day_input())

    def clean_answered_on(self):
        day = self.cleaned_data["answered_on"]
        if day > clock.today():
            raise forms.ValidationError("下发日期不能晚于今日。")
        return day


class WaitingFilter(forms.Form):
    q = SearchWords()
    letter = forms.ChoiceField(label="现学籍号", choices=LETTERS, required=False)
    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="不限")

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user, self.schools = user, school_ids_where(user, "view_school")
        if len(self.schools) > 1:
            self.fields["school"].queryset = School.objects.filter(pk__in=self.schools)
        else:
            del self.fields["school"]
        self.is_valid()

    def narrow(self):
        """Children in sight who hold no formal number and fit."""
        chosen = self.cleaned_data
        held = StudentNumber.objects.filter(waiting_numbers("student__"))
        if chosen.get("letter"):
            held = held.filter(letter=chosen["letter"])
        found = Student.objects.visible_to(self.user).filter(pk__in=held.values("student"))
        if chosen.get("school"):
            found = found.filter(school=chosen["school"])
        return matching(found, chosen.get("q", ""))
