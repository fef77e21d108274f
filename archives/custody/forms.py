"""What the pages of custody ask: filters kept in the address, and the forms of the two hands."""

from django import forms
from django.db.models import QuerySet

from jianping_xueji.forms import day_input
from law import clock
from students.filters import FilterInSight
from students.models import Enrolment, FrozenRecord, Student
from students.search import matching

from ..models import Handover, HandoverEntry, SchoolCopy, Volume
from . import owed
from .copies import graduates_of

WHAT = [
    ("", "待移交"),
    ("overdue", "逾期未移交"),
    ("on_way", "已移交、在途"),
    ("coming", "应收未到（移交给本校的）"),
    ("graduates", "毕业生（按需移交）"),
]
SLIPS = [("", "不限"), ("waiting", "在途，待签收"), ("received", "已签收"), ("cancelled", "已作废")]
PAGES_ASKED = 60  # above this a slip is printed with empty cells, to be written by hand


class OwedFilter(FilterInSight):
    """Which departures, of which school."""

    what = forms.ChoiceField(label="范围", choices=WHAT, required=False)

    @property
    def wanted(self) -> str:
        return self.cleaned_data.get("what") or ""

    @property
    def wanted_name(self) -> str:
        return dict(WHAT)[self.wanted]

    def narrow(self) -> QuerySet[Enrolment]:
        """Departures in sight that fit: from the giving side, or, when asked for, from the receiving one."""
        kinds = owed.LEAVES_SCHOOL if self.wanted == "graduates" else owed.GOES_ON
        found = owed.departures(kinds).filter(settled=False)
        side = "to__in" if self.wanted == "coming" else "giver__in"
        found = found.filter(**{side: [self.school_chosen.pk] if self.school_chosen else list(self.schools)})
        if self.wanted != "coming":
            found = found.filter(running=self.wanted == "on_way")
        if self.wanted == "overdue":
            found = owed.overdue(found)
        if self.words:
            found = found.filter(student__in=matching(Student.objects.all(), self.words).order_by().values("pk"))
        return found.select_related("student", "school", "left_by")


class SlipFilter(FilterInSight):
    """Which slips, by number or by the name of a child on them."""

    WORDS = "移交单号或学生姓名"

    state = forms.ChoiceField(label="状态", choices=SLIPS, required=False)

    def narrow(self) -> QuerySet[Handover]:
        found = Handover.objects.visible_to(self.user)
        state = self.cleaned_data.get("state")
        if state:
            found = found.filter(receipt=None) if state == "waiting" else found.filter(receipt__outcome=state)
        if self.school_chosen:
            school = self.school_chosen
            found = found.filter(from_school=school) | found.filter(to_school=school)
        if self.words:
            named = matching(Student.objects.all(), self.words).order_by().values("pk")
            on_slips = HandoverEntry.objects.filter(child__in=named).values("handover")
            found = found.filter(number=self.words) | found.filter(pk__in=on_slips)
        return found.select_related("from_school", "given_for", "receipt", "given_by")


class CopyFilter(FilterInSight):
    """Whose frozen copies."""

    WORDS = "姓名或拼音"

    def narrow(self) -> QuerySet[SchoolCopy]:
        found = SchoolCopy.objects.visible_to(self.user)
        if self.school_chosen:
            found = found.filter(school=self.school_chosen)
        if self.words:
            found = found.filter(name__contains=self.words) | found.filter(name_pinyin__startswith=self.words.lower())
        return found.select_related("school", "case").defer("content")


class GraduateFilter(FilterInSight):
    """Whose copies of a graduation."""

    def narrow(self) -> QuerySet[FrozenRecord]:
        found = graduates_of([self.school_chosen.pk] if self.school_chosen else self.schools)
        if self.words:
            found = found.filter(student__in=matching(Student.objects.all(), self.words).order_by().values("pk"))
        return found.select_related("student", "graduation__lead_school").defer("content")


class GiveForm(forms.Form):
    """移出的一手: how, by whom, on which day; pages of each file where they are few enough to ask."""

    way = forms.ChoiceField(label="移交方式", choices=Handover.Way.choices)
    carrier = forms.CharField(
        label="送件人或邮件号", max_length=60, help_text="送件人、携带人姓名，或机要、挂号的邮件号。"
    )
    given_on = forms.DateField(label="移交日期", widget=day_input())
    to_name = forms.CharField(label="接收单位（人）", max_length=100, help_text="县外学校、高中或监护人的名称。")
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args, rows: list[Enrolment], **kwargs):
        first = rows[0]
        kwargs.setdefault("initial", {"given_on": clock.today(), "to_name": first.went_to})
        super().__init__(*args, **kwargs)
        if first.to:
            del self.fields["to_name"]
        for row in rows if len(rows) <= PAGES_ASKED else ():
            self.fields[f"p{row.pk}"] = forms.IntegerField(
                label=f"{row.student.name} 页数", min_value=0, max_value=9999, required=False
            )

    @property
    def given(self) -> dict:
        """What `services.give` is told."""
        data = dict(self.cleaned_data)
        pages = {int(name[1:]): data.pop(name) or 0 for name in list(data) if name[0] == "p" and name[1:].isdecimal()}
        return data | {"pages": pages}


class ReceiveForm(forms.Form):
    """接收的一手: on which day, by whom, what was missing; the signed slip as a photo."""

    received_on = forms.DateField(label="签收日期", widget=day_input())
    receiver = forms.CharField(label="签收人", max_length=60, help_text="在移交单上签字的人。")
    missing = forms.TypedMultipleChoiceField(
        label="没有收到的", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    discrepancy = forms.CharField(
        label="不符情况", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="页数不符、缺件、破损等；有没有收到的必填。",
    )  # fmt: skip
    files = forms.FileField(
        label="双方签字的移交单照片",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf", "data-shrink": ""}),
    )

    def __init__(self, *args, entries: list[HandoverEntry], receiver: str, **kwargs):
        kwargs.setdefault("initial", {"received_on": clock.today(), "receiver": receiver})
        super().__init__(*args, **kwargs)
        self.fields["missing"].choices = [(entry.pk, str(entry.child or entry.volume)) for entry in entries]

    @property
    def given(self) -> dict:
        data = dict(self.cleaned_data)
        file = data.pop("files")
        return data | {"files": [(file.read(), file.name)] if file else []}


class PlaceForm(forms.Form):
    """Where a file lies."""

    box = forms.CharField(label="盒号", max_length=20)
    shelf = forms.CharField(label="柜架", max_length=40, required=False, help_text="如：2柜3层。")


class VolumeForm(PlaceForm):
    """A bound volume of a school's books."""

    kind = forms.ChoiceField(label="簿册", choices=Volume.Kind.choices)
    label = forms.CharField(label="年度或届别", max_length=40, help_text="如：2024级、2025—2026学年第二学期。")

    field_order = ["kind", "label", "box", "shelf"]


class ChaseForm(forms.Form):
    words = forms.CharField(label="催办要求", max_length=200)
