"""What the pages of the roster ask: the upload, the filters of the list, and each act about one child."""

from django import forms

from accounts.policies import powers_of, school_ids_where
from jianping_xueji.forms import day_input
from law import clock
from law.school_time import school_year_name, school_year_of
from schools.models import Division, School

from ..change_forms import DraftForm
from ..filters import InOneGo, SchoolChoice, SearchWords
from ..importing.workbook_field import ListingField
from ..search import LATIN, looks_like_number
from .deferral import Deferral
from .matching import OPEN, Result, term_start, with_results
from .models import RosterChild, RosterEntry, Settled, bureaus_of
from .sheet import ROSTER

YEARS_BACK = 10
OPEN_ONES = "open"
RESULTS = [(OPEN_ONES, "应入未入和待认定"), ("all", "不限"), *Result.choices, ("reported", "去向待核实")]


def years() -> list[tuple[int, str]]:
    """This school year and the next: rosters come before the autumn they are for."""
    present = school_year_of(clock.today())
    return [(year, school_year_name(year)) for year in (present, present + 1)]


class RosterForm(forms.Form):
    year = forms.TypedChoiceField(label="入学学年", coerce=int)
    workbook = ListingField(
        ROSTER,
        help_text="列：姓名，性别，出生日期（必有）；身份证件号，户籍地址，现住址，村（社区）代码，监护人，联系电话，备注。"
        "证件号、代码各列请设为文本。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = years()


class TownshipChoice(forms.ModelChoiceField):
    iterator = InOneGo


class RosterFilter(forms.Form):
    """Year, words, result, owner and township, kept in the address; anything impossible is ignored."""

    q = SearchWords(label="姓名、拼音或证件号")
    result = forms.ChoiceField(label="情况", choices=RESULTS, required=False)
    year = forms.TypedChoiceField(label="入学学年", coerce=int, required=False)
    school = SchoolChoice(School.objects.none(), label="责任学校", required=False, empty_label="不限")
    township = TownshipChoice(Division.objects.none(), label="乡镇街道", required=False, empty_label="不限")

    def __init__(self, data, *, user):
        present = school_year_of(clock.today())
        super().__init__({"year": present} | data.dict())
        self.user = user
        self.fields["year"].choices = [(y, school_year_name(y)) for y in range(present + 1, present - YEARS_BACK, -1)]
        self._offer_places(user)
        self.is_valid()
        self.starts = term_start(self.chosen_year)

    def _offer_places(self, user) -> None:
        """A school sees its own children only: there is nothing to choose."""
        if not bureaus_of(user):
            del self.fields["school"], self.fields["township"]
            return
        schools = powers_of(user).schools("view_school")
        self.fields["school"].queryset = School.objects.filter(pk__in=schools)
        counties = School.objects.filter(pk__in=schools).values("bureau__division")
        self.fields["township"].queryset = Division.objects.filter(parent__in=counties)

    @property
    def chosen_year(self) -> int:
        return self.cleaned_data.get("year") or school_year_of(clock.today())

    @property
    def chosen_result(self) -> str:
        return self.cleaned_data.get("result") or OPEN_ONES

    def placed(self):
        """Children of the year in sight, of the chosen owner and township, with results."""
        found = with_results(RosterChild.objects.visible_to(self.user), self.chosen_year, self.starts)
        if school := self.cleaned_data.get("school"):
            found = found.filter(owner_id=school.pk)
        if township := self.cleaned_data.get("township"):
            found = found.filter(community__parent=township)
        return found

    def narrow(self, found):
        """The same, by result and words."""
        if self.chosen_result == OPEN_ONES:
            found = found.filter(result__in=OPEN)
        elif self.chosen_result == "reported":
            found = found.exclude(settled="").filter(accepted_on=None)
        elif self.chosen_result != "all":
            found = found.filter(result=self.chosen_result)
        return _matching(found, self.cleaned_data.get("q", "").strip())


def _matching(found, words: str):
    from jianping_xueji import vault

    if not words:
        return found
    if looks_like_number(words):
        return found.filter(index=vault.index(words, "id"))
    if LATIN.match(words):
        word = words.lower()
        return found.filter(name_pinyin__startswith=word) | found.filter(name_initials__startswith=word)
    return found.filter(name__contains=words)


class ContactForm(forms.Form):
    """A visit or a call."""

    on = forms.DateField(label="日期", widget=day_input())
    kind = forms.ChoiceField(
        label="方式", choices=[(kind.value, kind.label) for kind in RosterEntry.CONTACTS], required=True
    )
    who = forms.CharField(label="走访（联系）人员", max_length=60)
    result = forms.CharField(label="结果", max_length=200, help_text="见到何人，儿童现在何处，何时能入学。")


class SettledForm(forms.Form):
    settled = forms.ChoiceField(label="去向", choices=[("", "请选择"), *Settled.choices])
    note = forms.CharField(
        label="说明及凭据",
        max_length=190,
        help_text="如：在宁城县实验小学就读，在读证明2026-17号，原件已核对。由教育局核实后才算数。",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="退回原因", max_length=200)


class OwnerForm(forms.Form):
    school = SchoolChoice(School.objects.none(), label="责任学校", empty_label="请选择")

    def __init__(self, *args, user, bureau_id, **kwargs):
        super().__init__(*args, **kwargs)
        mine = school_ids_where(user, "bureau_make")
        primary = School.objects.filter(pk__in=mine, bureau=bureau_id, closed_on=None)
        self.fields["school"].queryset = primary.exclude(kind=School.Kind.JUNIOR)


class DeferralForm(DraftForm):
    class Meta:
        model = Deferral
        fields = Deferral.DRAFT
        widgets = {"certified_on": day_input()}

    def clean_certified_on(self):
        day = self.cleaned_data["certified_on"]
        if day > clock.today():
            raise forms.ValidationError("证明日期不能晚于今日，请核对诊断证明。")
        return day
