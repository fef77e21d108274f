"""What the plan pages ask: classes and size per grade, the document, and the filters of the county's page."""

from dataclasses import dataclass

from django import forms

from law import clock, parameters
from law.school_time import grade_name, school_year_name, school_year_of
from schools.models import School

from ..filters import SearchWords
from ..importing.workbook_field import ListingField
from .case import latest_lines
from .judging import ENTRY_GRADES, Line


@dataclass
class GradeRow:
    """One grade of the form, with its two boxes."""

    name: str
    classes: forms.BoundField
    size: forms.BoundField


def grades_for(school: School, year: int) -> list[int]:
    """Grades that can be planned: of the running year all, of the next only those that begin."""
    ahead = year > school_year_of(clock.today())
    return [grade for grade in school.grades if not ahead or grade in ENTRY_GRADES]


def number_box(most: int, label: str) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"aria-label": label, "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False, widget=widget)


class PlanForm(forms.Form):
    """A plan as it is typed: an empty grade has no plan."""

    document = forms.CharField(
        label="依据文件", max_length=120, help_text="招生方案的名称和文号，如：建教发〔2026〕15号。"
    )

    def __init__(self, *args, school: School, year: int, lines=(), document: str = "", **kwargs):
        known = {line.grade: line for line in lines}
        initial = {"document": document}
        for grade, line in known.items():
            initial |= {f"classes_{grade}": line.classes, f"size_{grade}": line.size}
        super().__init__(*args, initial=initial, **kwargs)
        self.grades, self.cap = grades_for(school, year), parameters.on(clock.today())["class.cap"]
        for grade in self.grades:
            name = grade_name(grade)
            self.fields[f"classes_{grade}"] = number_box(60, f"{name}班数")
            self.fields[f"size_{grade}"] = number_box(100, f"{name}每班人数")

    @property
    def rows(self) -> list[GradeRow]:
        return [GradeRow(grade_name(g), self[f"classes_{g}"], self[f"size_{g}"]) for g in self.grades]

    def clean(self):
        given = super().clean()
        for grade in self.grades:
            classes, size = given.get(f"classes_{grade}"), given.get(f"size_{grade}")
            if f"size_{grade}" in self.errors or f"classes_{grade}" in self.errors:
                continue
            if classes == 0 and not size:
                given[f"size_{grade}"] = self.cap
            elif classes is not None and not size:
                self.add_error(f"size_{grade}", f"请填写{grade_name(grade)}每班人数，或者把班数也留空。")
            if size and classes is None:
                self.add_error(f"classes_{grade}", f"请填写{grade_name(grade)}班数，不招生填 0。")
        return given

    @property
    def lines(self) -> list[Line]:
        given = self.cleaned_data
        filled = [g for g in self.grades if given.get(f"classes_{g}") is not None]
        return [(g, given[f"classes_{g}"], given[f"size_{g}"]) for g in filled]


def form_for(school: School, year: int, data=None, case=None) -> PlanForm:
    """The form of a draft, or of a new plan that begins with the one in force."""
    if case:
        return PlanForm(data, school=school, year=year, lines=case.lines.all(), document=case.document)
    in_force = latest_lines([school.pk], year).values()
    return PlanForm(data, school=school, year=year, lines=in_force)


class YearFilter(forms.Form):
    """Which school year the county's plan is shown for, and schools by name."""

    year = forms.TypedChoiceField(label="学年", coerce=int, required=False)
    q = SearchWords(label="学校")

    def __init__(self, data):
        super().__init__(data)
        present = school_year_of(clock.today())
        years = (present + 1, present, present - 1)
        self.fields["year"].choices = [("", "本学年"), *((year, school_year_name(year)) for year in years)]
        self.is_valid()

    @property
    def chosen_year(self) -> int:
        return self.cleaned_data.get("year") or school_year_of(clock.today())


class PlanListForm(forms.Form):
    """The plan of many schools: which school year, by which document, the list."""

    year = forms.TypedChoiceField(label="学年", coerce=int)
    document = forms.CharField(
        label="依据文件", max_length=120, help_text="招生方案的名称和文号，如：建教发〔2026〕15号。"
    )

    def __init__(self, *args, **kwargs):
        from .sheet import PLANS

        super().__init__(*args, **kwargs)
        present = school_year_of(clock.today())
        self.fields["year"].choices = [(year, school_year_name(year)) for year in (present + 1, present)]
        help_text = "列：学校标识码或校名，年级，班数，每班人数。一校一个年级一行，不招生的班数填 0。"
        self.fields["workbook"] = ListingField(PLANS, help_text=help_text)
