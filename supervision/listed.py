"""What the lists of orders and of complaints are narrowed by alike: words, school, open or closed, how late."""

from django import forms
from django.db.models import Q, QuerySet

from students.filters import FilterInSight

SCOPES = [("open", "在办"), ("closed", "已办结"), ("all", "全部")]
LATENESS = [("", "不限"), ("overdue", "已超期"), ("today", "今天到期"), ("running", "未到期")]


class CasesInSight(FilterInSight):
    """Cases of one kind in sight, those in hand unless others are asked; an impossible value is ignored."""

    scope = forms.ChoiceField(label="范围", choices=SCOPES, required=False)
    lateness = forms.ChoiceField(label="期限", choices=LATENESS, required=False)

    def in_sight(self) -> QuerySet:
        """All cases of the kind that the user may see."""
        raise NotImplementedError

    def worded(self) -> Q:
        """What the words are looked for in."""
        raise NotImplementedError

    def narrow(self) -> QuerySet:
        rows = self.in_sight().filter(self._scope(), self._due())
        if self.school_chosen:
            rows = rows.filter(lead_school=self.school_chosen)
        return rows.filter(self.worded()) if self.words else rows

    def _scope(self) -> Q:
        scope = self.cleaned_data.get("scope") or "open"
        return Q() if scope == "all" else Q(closed_on__isnull=scope == "open")

    def _due(self) -> Q:
        late = {"overdue": Q(due_on__lt=self.today), "today": Q(due_on=self.today), "running": Q(due_on__gt=self.today)}
        return late.get(self.cleaned_data.get("lateness"), Q())
