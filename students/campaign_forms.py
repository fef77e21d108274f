"""Forms of 动态信息维护: the day, the five fields of a child, the filters of the pages."""

from django import forms

from jianping_xueji.forms import day_input

from .campaigns import ATTRIBUTES, FIELDS, stored
from .dictionary import codes
from .importing.normalise import read_division, read_phone
from .models import CampaignEntry
from .record import in_words

NO_ANSWER = ("", "未填")
YES_NO = {"1": True, "0": False}
PROGRESS = [("", "不限"), ("open", "未完成"), ("done", "已完成")]


class OpeningForm(forms.Form):
    due_on = forms.DateField(label="完成期限", widget=day_input())


class ReasonForm(forms.Form):
    reason = forms.CharField(label="退回原因", max_length=200)


class AnswerForm(forms.Form):
    """What holds for one child this term; unchanged means no change. Opens with the record and what was proposed."""

    left_behind = forms.ChoiceField(choices=[NO_ANSWER, *codes.choices("lset")], required=False)
    migrant_child = forms.ChoiceField(choices=[NO_ANSWER, ("1", "是"), ("0", "否")], required=False)
    home_address = forms.CharField(max_length=180, required=False)
    phone = forms.CharField(max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    household_division = forms.CharField(
        max_length=60, required=False, help_text="填到县（市、区）或乡镇，或 12 位行政区划代码"
    )

    def __init__(self, *args, entry: CampaignEntry, **kwargs):
        self.now = stored(entry.child) | {name: after for name, (_, after) in entry.changes.items()}
        super().__init__(*args, initial={name: shown(name, value) for name, value in self.now.items()}, **kwargs)
        for name in ATTRIBUTES:
            self.fields[name].label = FIELDS[name].label

    def clean(self):
        """Texts as the record keeps them; an untouched field keeps its value whatever its form."""
        given = super().clean()
        for name in set(ATTRIBUTES) & set(given):
            given[name] = self.read(name, given[name]) if name in self.changed_data else self.now[name]
        return given

    def read(self, name: str, text: str):
        if text == "" and self.now[name] not in ("", None):
            self.add_error(name, f"学籍中已有{FIELDS[name].label}，不能清空；请填现在的情况。")
        if name == "migrant_child":
            return YES_NO.get(text)
        reader = {"phone": read_phone, "household_division": read_division}.get(name)
        if not reader or text == "":
            return text
        value, verdict = reader(text)
        if value is None or (verdict and verdict.code == "phone_format"):
            self.add_error(name, f"{verdict.message}；{verdict.remedy}")
        return value


def shown(name: str, value) -> str:
    """A stored value as the form shows it: codes in choices stay codes, a division is words where we know them."""
    if name == "migrant_child":
        return {True: "1", False: "0"}.get(value, "")
    return in_words(FIELDS[name], value) if name == "household_division" else value


class Words(forms.Form):
    """A search box and a narrowing, kept in the address; anything impossible is ignored."""

    CHOICES, LABEL = PROGRESS, "进度"

    q = forms.CharField(required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(required=False)

    def __init__(self, data, *, label: str):
        super().__init__(data)
        self.fields["q"].label = label
        self.fields["state"].choices, self.fields["state"].label = self.CHOICES, self.LABEL
        self.is_valid()

    @property
    def words(self) -> str:
        return self.cleaned_data.get("q", "").strip()

    @property
    def chosen(self) -> str:
        return self.cleaned_data.get("state", "")

    def narrow(self, rows: list[dict]) -> list[dict]:
        """Rows of progress whose name has the words, finished or not as asked."""
        fitting = [row for row in rows if self.words in row["name"]]
        return [row for row in fitting if not self.chosen or (self.chosen == "done") == (row["left"] == 0)]


class SheetWords(Words):
    CHOICES = [("", "不限"), *CampaignEntry.State.choices, ("changed", "有改动"), ("returned", "已退回")]
    LABEL = "状态"
