"""Filters of the list of findings, kept in the address."""

from django import forms
from django.db.models import Q, QuerySet

from accounts.policies import school_ids_where

from ..filters import FilterInSight
from ..models.problem import Problem
from ..search import by_number, looks_like_number

STATES = [("", "待处理"), ("all", "不限"), ("ended", "已消除"), ("proved", "已佐证")]


class ProblemFilter(FilterInSight):
    WORDS = "姓名或号码"

    what = forms.ChoiceField(label="种类", choices=[("", "不限"), *Problem.What.choices], required=False)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    field_order = ["q", "what", "state", "school"]

    def narrow(self) -> QuerySet[Problem]:
        """Findings in the user's sight that fit; an impossible value of the address is ignored, not an error."""
        chosen = self.cleaned_data
        found = Problem.objects.visible_to(self.user)
        if chosen.get("state") != "all":
            found = found.filter(state=chosen.get("state") or Problem.State.OPEN)
        if chosen.get("what"):
            found = found.filter(what=chosen["what"])
        if school := self.school_chosen:
            found = found.filter(Q(child__school=school) | Q(other__school=school))
        if self.words:
            found = found.filter(self._named(self.words))
        return found

    def _named(self, words: str) -> Q:
        """A number finds whoever holds it; a name is looked for only among the children in sight."""
        if looks_like_number(words):
            ids = by_number(words).values("pk")
            return Q(child__in=ids) | Q(other__in=ids)
        seen = school_ids_where(self.user, "view_school")
        return Q(child__name__contains=words, child__school__among=seen) | Q(
            other__name__contains=words, other__school__among=seen
        )
