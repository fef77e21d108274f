"""The filter of the register of prints, and the reason for which a print is declared void."""

from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from jianping_xueji.forms import day_input
from students.filters import FilterInSight
from students.models import Student
from students.search import looks_like_number, matching

from ..forms import FORMS
from ..models import Print

TITLES = sorted((form.title, form.code) for form in FORMS.values())


class PrintFilter(FilterInSight):
    """Which prints, by what stands on the paper in somebody's hand; an impossible value is ignored."""

    WORDS = "流水号、校验码、业务编号或学生"

    form = forms.ChoiceField(
        label="表格", choices=[("", "不限"), *((code, title) for title, code in TITLES)], required=False
    )
    standing = forms.ChoiceField(label="状态", choices=[("", "不限"), *Print.Standing.choices], required=False)
    first = forms.DateField(label="打印日期自", required=False, widget=day_input())
    last = forms.DateField(label="至", required=False, widget=day_input())
    child = forms.SlugField(required=False, widget=forms.HiddenInput)
    field_order = ["q", "school", "form", "standing", "first", "last", "child"]

    @cached_property
    def child_chosen(self) -> Student | None:
        """The child whose page led here; None also for one that is not in sight."""
        slug = self.cleaned_data.get("child")
        return Student.objects.visible_to(self.user).filter(slug=slug).first() if slug else None

    def narrow(self) -> QuerySet[Print]:
        """Prints in sight that fit."""
        chosen = self.cleaned_data
        found = Print.objects.visible_to(self.user).filter(self._worded(), self._days())
        if self.school_chosen:
            found = found.of_school(self.school_chosen)
        if chosen.get("form"):
            found = found.filter(form=chosen["form"])
        if self.child_chosen:
            found = found.filter(child=self.child_chosen)
        return found.stand(Print.Standing(chosen["standing"])) if chosen.get("standing") else found

    def _worded(self) -> Q:
        if not self.words:
            return Q()
        named = matching(Student.objects.visible_to(self.user), self.words).order_by().values("pk")
        if looks_like_number(self.words):
            return Q(child__in=named)
        code = self.words.upper()
        papers = Q(number__contains=code) | Q(short_code=code) | Q(case__number=code) | Q(subject__contains=self.words)
        return papers | Q(child__in=named)

    def _days(self) -> Q:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        return (Q(legal_date__gte=first) if first else Q()) & (Q(legal_date__lte=last) if last else Q())


class VoidForm(forms.Form):
    """Why a print no longer counts; kept with it for ever."""

    reason = forms.CharField(max_length=200)
