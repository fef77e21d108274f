"""What the pages of 对账 ask: an upload, the filters of the list, who is right."""

from django import forms
from django.db.models import Q, QuerySet

from accounts.policies import school_ids_where
from jianping_xueji.forms import day_input
from law import clock
from schools.models import School

from ..filters import FilterInSight, SchoolChoice
from ..importing.container import BUREAU, SCHOOL
from ..importing.workbook_field import WorkbookField
from ..search import by_number, looks_like_number
from .models import Difference, Reason, Side
from .presenting import label_of
from .reading import COMPARED, NUMBERS, PLACES
from .services import NOTE_LENGTH

STATES = [("", "待核对和待改"), ("all", "不限"), *Difference.State.choices]
FIELDS = [(name, label_of(name)) for name in (*NUMBERS, *PLACES, *COMPARED)]
WHATS = [("", "不限"), *Difference.What.choices]


class FileForm(forms.Form):
    """A school's people compare their school, the bureau's clerk the county."""

    school = SchoolChoice(School.objects.none(), label="范围", required=False, empty_label="全县")
    as_of = forms.DateField(label="导出日期", widget=day_input(), help_text="从全国系统导出这份名册的那一天。")
    workbook = WorkbookField(
        BUREAU,
        apart="按学校分开上传",
        label="全国系统导出的名册（.xlsx、.xls、.csv）",
        help_text=f"须有姓名，以及身份证件号或学籍号；号码列应为文本。学校不超过{SCHOOL.rows}行，全县不超过{BUREAU.rows}行。",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        own = school_ids_where(user, "make_change")
        self.of_county = bool(school_ids_where(user, "bureau_make"))
        self.fields["as_of"].initial = clock.today()
        field = self.fields["school"]
        field.queryset = School.objects.filter(pk__in=own)
        field.required = not self.of_county
        if not own:
            del self.fields["school"]
        elif len(own) == 1 and not self.of_county:
            field.initial, field.empty_label = next(iter(own)), None


class DifferenceFilter(FilterInSight):
    WORDS = "姓名或号码"

    what = forms.ChoiceField(label="种类", choices=WHATS, required=False)
    field = forms.ChoiceField(label="栏目", choices=[("", "不限"), *FIELDS], required=False)
    reason = forms.ChoiceField(label="原因", choices=[("", "不限"), *Reason.choices], required=False)
    side = forms.ChoiceField(label="建议", choices=[("", "不限"), *Side.choices], required=False)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    field_order = ["q", "school", "what", "field", "reason", "side", "state"]

    def narrow(self) -> QuerySet[Difference]:
        """Differences in sight that fit; an impossible value of the address is ignored, not an error."""
        chosen = self.cleaned_data
        found = Difference.objects.visible_to(self.user)
        if not chosen.get("state"):
            found = found.standing()
        elif chosen["state"] != "all":
            found = found.filter(state=chosen["state"])
        wanted = {name: chosen[name] for name in ("what", "field", "reason", "side") if chosen.get(name)}
        if self.school_chosen:
            wanted["school"] = self.school_chosen
        found = found.filter(**wanted)
        return found.filter(self._named(self.words)) if self.words else found

    def _named(self, words: str) -> Q:
        """A number finds whoever holds it here, or the same four last characters of a child of CEIMS alone."""
        if looks_like_number(words):
            return Q(student__in=by_number(words).values("pk")) | Q(student=None, tail=words.strip().upper()[-4:])
        return Q(name__contains=words)


class ConfirmForm(forms.Form):
    side = forms.ChoiceField(
        label="以谁为准",
        choices=[("ours", "以本县为准，全国系统须改"), ("ceims", "以全国系统为准，本县须改")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="依据", max_length=NOTE_LENGTH, help_text="如：户口簿、出生医学证明、全国系统反馈。", strip=True
    )
