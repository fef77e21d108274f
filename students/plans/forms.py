"""What the plan pages ask: classes and size per grade, the document, and the filters of the county's page."""

from dataclasses import dataclass
from functools import partial

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
    asked: str = ""


def grades_for(school: School, year: int) -> list[int]:
    """Grades that can be planned: of the running year all, of the next only those that begin."""
    ahead = year > school_year_of(clock.today())
    return [grade for grade in school.grades if not ahead or grade in ENTRY_GRADES]


def number_box(most: int, label: str) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"aria-label": label, "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False, widget=widget)


def document_box() -> forms.CharField:
    return forms.CharField(label="依据文件", max_length=120, help_text="招生方案的名称和文号，如：建教发〔2026〕15号。")


class LinesForm(forms.Form):
    """The figures of a plan as they are typed, under the words that found it: an empty grade has no plan."""

    asked: dict[str, str] = {}

    def __init__(self, *args, school: School, year: int, lines=(), words: dict | None = None, **kwargs):
        known, initial = {line.grade: line for line in lines}, words or {}
        for grade, line in known.items():
            initial |= {f"classes_{grade}": line.classes, f"size_{grade}": line.size}
        super().__init__(*args, initial=initial, **kwargs)
        self.grades, self.cap = grades_for(school, year), parameters.on(clock.today())["class.cap"]
        for grade in self.grades:
            name = grade_name(grade)
            self.fields[f"classes_{grade}"] = number_box(60, f"{name}班数")
            self.fields[f"size_{grade}"] = number_box(100, f"{name}每班人数")

    @property
    def founded_on(self) -> list[forms.BoundField]:
        """The boxes above the table."""
        return [self[name] for name in self.base_fields]

    @property
    def words(self) -> dict[str, str]:
        """What was typed there, as columns of the plan."""
        return {name: self.cleaned_data[name] for name in self.base_fields}

    @property
    def rows(self) -> list[GradeRow]:
        said = [(g, grade_name(g)) for g in self.grades]
        return [GradeRow(name, self[f"classes_{g}"], self[f"size_{g}"], self.asked.get(name, "")) for g, name in said]

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


class PlanForm(LinesForm):
    """The bureau's own plan."""

    document = document_box()


class ProposalForm(LinesForm):
    """What a school asks for."""

    reason = forms.CharField(
        label="申报理由", max_length=200, help_text="如：学区内适龄儿童138人，现有一年级教室3间、教师6名。"
    )


class SettlingForm(LinesForm):
    """The figures a school asked for, as the bureau's clerk settles them."""

    document = document_box()
    adjustment = forms.CharField(
        label="调整理由", max_length=200, required=False, help_text="改动了学校申报的班数、人数时填写，学校能看到。"
    )

    def __init__(self, *args, asked: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = asked

    def clean(self):
        given = super().clean()
        if not self.errors and not given["adjustment"]:
            settled = {grade_name(grade): f"{classes}×{size}" for grade, classes, size in self.lines}
            if settled != self.asked:
                self.add_error("adjustment", "班数或每班人数与学校申报不同，请写明调整理由；不改动的请恢复学校申报数。")
        return given


def new_form(form: type[LinesForm], school: School, year: int, data=None) -> LinesForm:
    """The form of a new plan, the bureau's or the school's, which begins with the one in force."""
    return form(data, school=school, year=year, lines=latest_lines([school.pk], year).values())


def form_of(case, data=None) -> LinesForm:
    """The form of a draft, by whoever writes it now."""
    form = PlanForm
    if case.proposed:
        form = ProposalForm if case.state == case.State.PROPOSAL else partial(SettlingForm, asked=case.asked)
    words = {"document": case.document, "reason": case.reason, "adjustment": case.adjustment}
    return form(data, school=case.lead_school, year=case.year, lines=case.lines.all(), words=words)


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
    document = document_box()

    def __init__(self, *args, **kwargs):
        from .sheet import PLANS

        super().__init__(*args, **kwargs)
        present = school_year_of(clock.today())
        self.fields["year"].choices = [(year, school_year_name(year)) for year in (present + 1, present)]
        help_text = "列：学校标识码或校名，年级，班数，每班人数。一校一个年级一行，不招生的班数填 0。"
        self.fields["workbook"] = ListingField(PLANS, help_text=help_text)
