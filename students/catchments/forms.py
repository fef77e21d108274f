"""What the pages of the map ask: the workbook, the document of a copy, one village, the filters, an address."""

from django import forms
from django.db.models import Exists, OuterRef, Q

from law import clock
from law.school_time import school_year_name, school_year_of
from schools.catchments import communities_of
from schools.models import Bureau, Catchment, Division, School, Stage

from ..filters import SearchWords
from ..importing.workbook_field import ListingField
from .judging import teaches
from .sheet import CATCHMENTS

DOCUMENT_HELP = "划定学区的文件名称和文号，如：建教发〔2026〕9号。"
MISSING = [("", "不限"), ("primary", "未划定小学"), ("junior", "未划定初中")]


def years() -> list[tuple[int, str]]:
    present = school_year_of(clock.today())
    return [(year, school_year_name(year)) for year in (present + 1, present, present - 1)]


class YearField(forms.TypedChoiceField):
    """One of the school years whose map is kept; this one first."""

    def __init__(self, **kwargs):
        super().__init__(label="学年", coerce=int, **kwargs)


class MapForm(forms.Form):
    year = YearField()
    document = forms.CharField(label="依据文件", max_length=120, help_text=DOCUMENT_HELP)
    workbook = ListingField(
        CATCHMENTS,
        help_text="列：村（社区）代码，村（社区）名称，乡镇，学校标识码或校名，学段。一村几校的，每校一行。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = years()[:2][::-1]


class CopyForm(forms.Form):
    year = YearField()
    document = forms.CharField(label="依据文件", max_length=120, help_text=DOCUMENT_HELP)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="copy", **kwargs)
        self.fields["year"].choices = years()[:2]


class VillageForm(forms.Form):
    """The schools of one village, per stage."""

    document = forms.CharField(label="依据文件", max_length=120, help_text=DOCUMENT_HELP)

    def __init__(self, *args, bureau: Bureau, village: Division, year: int, **kwargs):
        super().__init__(*args, **kwargs)
        schools = School.objects.filter(bureau=bureau, closed_on=None).exclude(kind=School.Kind.SPECIAL)
        here = list(Catchment.objects.filter(community=village, year=year))
        for stage in Stage:
            fitting = [school.pk for school in schools if teaches(school, stage)]
            self.fields[stage.value] = forms.ModelMultipleChoiceField(
                schools.filter(pk__in=fitting),
                label=f"{stage.label}学校",
                required=False,
                initial=[row.school_id for row in here if row.stage == stage],
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["document"].initial = here[0].document if here else ""


class MapFilter(forms.Form):
    """Which part of the map the list shows."""

    q = SearchWords(label="村（社区）")
    year = YearField(required=False)
    township = forms.ModelChoiceField(Division.objects.none(), label="乡镇", required=False, empty_label="不限")
    school = forms.ModelChoiceField(School.objects.none(), label="学校", required=False, empty_label="不限")
    stage = forms.ChoiceField(label="学段", choices=[("", "不限"), *Stage.choices], required=False)
    missing = forms.ChoiceField(label="未划定", choices=MISSING, required=False)

    def __init__(self, data, *, bureau: Bureau | None):
        super().__init__(data)
        self.bureau = bureau
        self.fields["year"].choices = [("", "本学年"), *years()]
        if bureau:
            villages = communities_of(bureau)
            self.fields["township"].queryset = Division.objects.filter(pk__in=villages.values("parent"))
            self.fields["school"].queryset = School.objects.filter(bureau=bureau, closed_on=None)
        self.is_valid()

    @property
    def chosen_year(self) -> int:
        return self.cleaned_data.get("year") or school_year_of(clock.today())

    def narrow(self):
        """The villages that fit, by code."""
        if not self.bureau:
            return Division.objects.none()
        chosen, found = self.cleaned_data, communities_of(self.bureau)
        if words := chosen.get("q", "").strip():
            found = found.filter(Q(name__contains=words) | Q(pk__startswith=words))
        if chosen.get("township"):
            found = found.filter(parent=chosen["township"])
        rows = Catchment.objects.filter(community=OuterRef("pk"), year=self.chosen_year)
        if chosen.get("stage"):
            rows = rows.filter(stage=chosen["stage"])
        if chosen.get("school"):
            rows = rows.filter(school=chosen["school"])
        if chosen.get("school") or chosen.get("stage"):
            found = found.filter(Exists(rows))
        if chosen.get("missing"):
            here = Catchment.objects.filter(community=OuterRef("pk"), year=self.chosen_year, stage=chosen["missing"])
            found = found.exclude(Exists(here))
        return found.select_related("parent")


class AddressForm(forms.Form):
    q = SearchWords(
        label="住址或村（社区）名称", max_length=120, help_text="如：建平县某某镇某某村三组，或者只写村名。"
    )
