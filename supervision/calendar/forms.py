"""What the clerk pastes, and what the second person says to it."""

from django import forms

from law import clock
from law.holiday_notice import Unreadable, year_said

from .holidays import Reading, reading_of

LONGEST_TEXT = 6000


class NoticeForm(forms.Form):
    """The pasted notice; a form that is valid has been read (`reading`)."""

    year = forms.TypedChoiceField(label="年份", coerce=int)
    document = forms.CharField(label="文号", max_length=80, help_text="如：国办发明电〔2025〕7号。")
    text = forms.CharField(
        label="通知正文",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="从国务院办公厅的通知里整段复制，从“一、元旦”到“七、国庆节”，七个节日须齐全。",
    )
    reason = forms.CharField(label="登记理由", max_length=200, help_text="如：国务院办公厅已公布2027年放假安排。")

    reading: Reading | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        this = clock.today().year
        self.fields["year"].choices = [(year, f"{year}年") for year in (this + 1, this, this - 1)]

    def clean(self):
        """Read the text for the chosen year; every reason against it stands at the text."""
        given = super().clean()
        if "text" in given and "year" in given:
            try:
                self.reading = reading_of(given["text"], given["year"], given.get("document", ""))
            except Unreadable as refused:
                field = "year" if year_said(given["text"]) not in (None, given["year"]) else "text"
                for reason in refused.reasons:
                    self.add_error(field, reason)
        return given


class DecisionForm(forms.Form):
    opinion = forms.CharField(label="意见", max_length=200, required=False)
