"""Filters of 休学期满提醒 and of the ledgers of dropout, kept in the address."""

from datetime import timedelta

from django import forms
from django.db.models import QuerySet

from law import parameters
from students.filters import FilterInSight
from students.models import Student

from .periods import due_by, with_periods

WHEN = [("", "将满和已满"), ("over", "已满未复学"), ("soon", "即将期满"), ("unknown", "没有登记期满日")]
LEDGERS = [("suspected", "疑似辍学"), ("dropped", "辍学"), ("returned", "返校销号"), ("ended", "年限届满")]
BY_END, BY_NAME = ("until", "id"), ("name_pinyin", "id")


class DueFilter(FilterInSight):
    when = forms.ChoiceField(label="期满情况", choices=WHEN, required=False)

    @property
    def chosen(self) -> str:
        return self.cleaned_data.get("when", "")

    @property
    def keys(self) -> tuple[str, ...]:
        return BY_NAME if self.chosen == "unknown" else BY_END

    def narrow(self) -> QuerySet[Student]:
        """Suspended children in sight who fit."""
        children = self.children()
        if self.chosen == "unknown":
            return with_periods(children).filter(until=None)
        if self.chosen == "over":
            return due_by(children, self.today - timedelta(days=1))
        ahead = timedelta(days=parameters.on(self.today)["suspension.remind_days"])
        due = due_by(children, self.today + ahead)
        return due.filter(until__gte=self.today) if self.chosen == "soon" else due


class LedgerFilter(FilterInSight):
    list = forms.ChoiceField(label="台账", choices=LEDGERS, required=False)

    @property
    def wanted(self) -> str:
        return self.cleaned_data.get("list") or "suspected"

    @property
    def wanted_name(self) -> str:
        return dict(LEDGERS)[self.wanted]
