"""Filters of the list 休学期满提醒, kept in the address."""

from datetime import timedelta

from django import forms
from django.db.models import QuerySet

from accounts.policies import school_ids_where
from law import clock, parameters
from schools.models import School
from students.filters import SchoolChoice
from students.models import Student
from students.search import matching

from .periods import due_by, with_periods

WHEN = [("", "将满和已满"), ("over", "已满未复学"), ("soon", "即将期满"), ("unknown", "没有登记期满日")]
BY_END, BY_NAME = ("until", "id"), ("name_pinyin", "id")


class DueFilter(forms.Form):
    q = forms.CharField(
        label="姓名、拼音或号码",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="不限")
    when = forms.ChoiceField(label="期满情况", choices=WHEN, required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user, self.today = user, clock.today()
        schools = school_ids_where(user, "view_school")
        if len(schools) > 1:
            self.fields["school"].queryset = School.objects.filter(pk__in=schools)
        else:
            del self.fields["school"]
        self.is_valid()

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
