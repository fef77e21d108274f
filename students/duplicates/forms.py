"""The filters of the list of pairs, and the decision."""

from django import forms
from django.db.models import Q, QuerySet

from accounts.policies import school_ids_where

from ..filters import FilterInSight
from ..search import by_number, looks_like_number
from .models import Likeness
from .services import GROUND_LENGTH

STATES = [("", "待认定"), ("all", "不限"), *[choice for choice in Likeness.State.choices if choice[0] != "open"]]
STRONG = 90
SCORES = [("", "不限"), ("strong", f"{STRONG}分以上"), ("weak", f"不到{STRONG}分")]


class LikenessFilter(FilterInSight):
    WORDS = "姓名或号码"

    score = forms.ChoiceField(label="相像程度", choices=SCORES, required=False)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    field_order = ["q", "score", "state", "school"]

    def narrow(self) -> QuerySet[Likeness]:
        """Pairs in sight that fit; an impossible value of the address is ignored, not an error."""
        chosen, found = self.cleaned_data, Likeness.objects.visible_to(self.user)
        if chosen.get("state") != "all":
            found = found.filter(state=chosen.get("state") or Likeness.State.OPEN)
        if chosen.get("score"):
            strong = chosen["score"] == "strong"
            found = found.filter(score__gte=STRONG) if strong else found.filter(score__lt=STRONG)
        if school := self.school_chosen:
            found = found.filter(Q(child__school=school) | Q(other__school=school))
        return found.filter(self._named(self.words)) if self.words else found

    def _named(self, words: str) -> Q:
        """A number finds whoever holds it; a name is looked for only among the children in sight."""
        if looks_like_number(words):
            ids = by_number(words).values("pk")
            return Q(child__in=ids) | Q(other__in=ids)
        seen = school_ids_where(self.user, "view_school")
        return Q(child__name__contains=words, child__school__among=seen) | Q(
            other__name__contains=words, other__school__among=seen
        )


class DecisionForm(forms.Form):
    same = forms.ChoiceField(
        label="认定", choices=[("no", "不是同一人"), ("yes", "是同一人，须合并学籍")], widget=forms.RadioSelect
    )
    ground = forms.CharField(
        label="依据", max_length=GROUND_LENGTH, help_text="如：两本户口簿、出生医学证明、与监护人电话核实。"
    )
