"""Filters of the list 休学期满提醒, kept in the address."""

from datetime import timedelta

from django import forms
from django.db.models import QuerySet

from law import parameters
from students.filters import FilterInSight
from students.models import Student
from students.search import matching

from .periods import due_by, with_periods

WHEN = [("", "将满和已满"), ("over", "已满未复学"), ("soon", "即将期满"), ("unknown", "没有登记期满日")]
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
        """Suspended children in sight who fit; an impossible value of the address is ignored, not an error."""
        children = matching(Student.objects.visible_to(self.user), self.cleaned_data.get("q", ""))
        if school := self.cleaned_data.get("school"):
            children = children.filter(school=school)
        if self.chosen == "unknown":
            return with_periods(children).filter(until=None)
        if self.chosen == "over":
            return due_by(children, self.today - timedelta(days=1))
        ahead = timedelta(days=parameters.on(self.today)["suspension.remind_days"])
        due = due_by(children, self.today + ahead)
        return due.filter(until__gte=self.today) if self.chosen == "soon" else due
