"""What the pages of 学籍号编发 ask: the answer sheet with its day, and the filters of the list of those who wait."""

from django import forms

from jianping_xueji.forms import day_input
from law import clock

from ..filters import FilterInSight
from ..importing.workbook_field import ListingField
from ..models.child import StudentNumber
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


class WaitingFilter(FilterInSight):
    """Who holds no formal number, by name, letter and school."""

    field_order = ("q", "letter", "school")
    letter = forms.ChoiceField(label="现学籍号", choices=LETTERS, required=False)

    def narrow(self):
        """Children in sight who hold no formal number and fit."""
        held = StudentNumber.objects.filter(waiting_numbers("student__"))
        if letter := self.cleaned_data.get("letter"):
            held = held.filter(letter=letter)
        return self.children().filter(pk__in=held.values("student"))
