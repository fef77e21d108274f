"""The sheet under a case: an opinion and whatever particulars the possible moves ask for."""

from django import forms

from law import clock

from .models import Case
from .moves import Move

OPINION_LIMIT = 500


class ActForm(forms.Form):
    """Opinion and particulars of one move; built for a case and, when posted, for the move that was clicked."""

    opinion = forms.CharField(
        label="办理意见",
        required=False,
        max_length=OPINION_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回、不通过、撤回和特批必须写明理由，对方和家长能看到。",
    )

    def __init__(self, case: Case, moves: list[Move], *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in dict.fromkeys(name for described in moves for name in case.fields_for(described)):
            self.fields[name] = case.PARTICULARS[name]()

    def require_opinion(self, described: Move) -> None:
        """Called for the clicked move: some words must be written down."""
        if described.opinion_required and not self.cleaned_data.get("opinion", "").strip():
            self.add_error("opinion", f"“{described.label}”须写明理由（{described.article}）。")


class FilingForm(forms.Form):
    """What was done in the national system for one decided step."""

    filed_on = forms.DateField(label="系统办理日", widget=forms.DateInput(attrs={"type": "date"}))
    confirmed_on = forms.DateField(
        label="系统核办日",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="系统尚未核办的留空。",
    )
    result = forms.CharField(label="系统结果", required=False, max_length=200)

    def clean(self):
        given = super().clean()
        for name in ("filed_on", "confirmed_on"):
            if given.get(name) and given[name] > clock.today():
                self.add_error(name, "不能晚于今日，请按系统中显示的日期填写。")
        if given.get("confirmed_on") and given.get("filed_on") and given["confirmed_on"] < given["filed_on"]:
            self.add_error("confirmed_on", "系统核办日不能早于系统办理日。")
        if given.get("confirmed_on") and not given.get("result"):
            self.add_error("result", "系统已核办的，请填写结果（如：核办通过）。")
        return given
