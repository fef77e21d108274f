"""Filters of the case list, kept in the address so that a list can be bookmarked and returned to."""

from django import forms
from django.db.models import Q

from accounts.policies import school_ids_where
from law import clock
from schools.models import School

from .kinds import by_kind, labels
from .models import Case
from .starting import has_desk

SCOPES = [("mine", "轮到我办"), ("open", "在办"), ("closed", "已办结"), ("all", "全部")]
LATENESS = [("", "不限"), ("overdue", "已超期"), ("today", "今天到期"), ("running", "未到期")]


def first_scope(user) -> str:
    """What the list shows before anything is chosen: one's own desk, and to those without a desk what is open."""
    return "mine" if has_desk(user) else "open"


class QueueFilter(forms.Form):
    scope = forms.ChoiceField(label="范围", choices=SCOPES, required=False)
    q = forms.CharField(label="编号或学生姓名", required=False, max_length=60)
    kind = forms.ChoiceField(label="种类", required=False)
    stage = forms.ChoiceField(label="环节", required=False)
    school = forms.ModelChoiceField(School.objects.none(), label="学校", required=False, empty_label="不限")
    lateness = forms.ChoiceField(label="期限", choices=LATENESS, required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["kind"].choices = [("", "不限"), *labels()]
        stages = dict.fromkeys(desk.stage for kind in by_kind().values() for desk in kind.DESKS.values())
        self.fields["stage"].choices = [("", "不限"), *((s, s) for s in stages)]
        self.fields["school"].queryset = School.objects.filter(pk__in=school_ids_where(user, "view_school"))

    @property
    def is_mine(self) -> bool:
        return self.data.get("scope") == "mine"

    def narrow(self, user):
        """Cases in the user's sight that fit; an impossible value of the address is ignored, not an error."""
        self.is_valid()
        chosen = self.cleaned_data
        cases = Case.objects.on_desk_of(user) if self.is_mine else Case.objects.visible_to(user)
        if chosen.get("scope") in ("mine", "open"):
            cases = cases.open()
        elif chosen.get("scope") == "closed":
            cases = cases.exclude(closed_on=None)
        return cases.filter(self._wanted(chosen))

    def _wanted(self, chosen) -> Q:
        wanted = Q()
        if chosen.get("kind"):
            wanted &= Q(kind=chosen["kind"])
        if chosen.get("stage"):
            wanted &= Q(desk_stage=chosen["stage"])
        if chosen.get("school"):
            wanted &= Q(lead_school=chosen["school"]) | Q(peer_school=chosen["school"])
        if words := chosen.get("q", "").strip():
            wanted &= Q(number__contains=words) | Q(
                pk__in=Case.objects.filter(subjects__child__name__contains=words).values("pk")
            )
        return wanted & self._due(chosen.get("lateness"))

    def _due(self, lateness) -> Q:
        today = clock.today()
        return {
            "overdue": Q(due_on__lt=today),
            "today": Q(due_on=today),
            "running": Q(due_on__gt=today),
        }.get(lateness, Q())
