"""What is printed at once: a form, and the class, grade, school, business or year whose papers it shall be."""

from django import forms
from django.apps import apps
from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from accounts.policies import powers_of
from approvals.models import Case
from law import clock
from law.school_time import LAST_GRADE, grade_name, school_year_name, school_year_of
from schools.models import School, SchoolClass, cohort_of
from students.filters import (
    GRADES,
    LAST,
    ON_ROLL,
    ClassChoice,
    SchoolChoice,
    class_order,
    placed,
    present_classes,
    whole_number,
)
from students.models import Certificate, Student

from ..forms import FORMS, Form
from ..overprint.models import Printer
from .papers import Item, schools_open_to

OVERPRINT = "certificate_overprint"
FORM_CHOICES = [(form.code, form.title) for form in FORMS.values() if form.in_batches]
STAGES = [("", "不限"), ("open", "在办"), ("done", "已办结")]


class PrinterChoice(forms.ModelChoiceField):
    """Printers by their school and name."""


class BatchChoice(forms.Form):
    """The form first; then the fields that this form can be narrowed by."""

    form = forms.ChoiceField(label="表格", choices=[("", "请选择表格"), *FORM_CHOICES], required=False)
    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="全部学校")
    grade = forms.TypedChoiceField(label="年级", choices=GRADES, coerce=int, required=False)
    school_class = ClassChoice(SchoolClass.objects.none(), label="班级", required=False, empty_label="不限")
    stage = forms.ChoiceField(label="办理情况", choices=STAGES, required=False)
    year = forms.TypedChoiceField(label="学年", coerce=int, required=False, empty_value=None)
    printer = PrinterChoice(Printer.objects.none(), label="打印机", required=False, empty_label="不设偏移")

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user, self.this_year = user, school_year_of(clock.today())
        self.chosen: Form | None = FORMS.get(str(data.get("form", "")))
        ids = schools_open_to(self.chosen, powers_of(user)) if self.chosen else set()
        self.schools = School.objects.filter(pk__in=ids)
        self.offer_schools(ids)
        self.offer_rest()
        self.is_valid()

    def offer_schools(self, ids: set[int]) -> None:
        if len(ids) > 1:
            self.fields["school"].queryset = self.schools
        else:
            del self.fields["school"]
        self.one_school = next(iter(ids)) if len(ids) == 1 else None

    def offer_rest(self) -> None:
        """Children are narrowed by grade and class, certificates by year and printer, cases by stage."""
        form = self.chosen
        wanted = {"form", "school"}
        if form and form.of_paper:
            wanted |= {"year"} | ({"printer"} if form.code == OVERPRINT else set())
        elif form and form.of_child:
            wanted |= {"school_class"} | (set() if form.only_grade else {"grade"})
        elif form:
            wanted.add("stage")
        for name in set(self.fields) - wanted:
            del self.fields[name]
        if "year" in self.fields:
            years = range(self.this_year, self.this_year - 6, -1)
            self.fields["year"].choices = [("", "不限"), *((year, school_year_name(year)) for year in years)]
        if "printer" in self.fields:
            self.fields["printer"].queryset = Printer.objects.filter(school__in=self.schools)
        if "school_class" in self.fields:
            self.offer_classes()

    def offer_classes(self) -> None:
        """Classes can be chosen once one school is."""
        school = self.one_school or whole_number(self.data.get("school"))
        grade = self.chosen.only_grade or whole_number(self.data.get("grade"))
        field = self.fields["school_class"]
        field.year = self.this_year
        if not school:
            del self.fields["school_class"]
            return
        found = present_classes(self.this_year).filter(school=school, school__in=self.schools)
        if grade in range(1, LAST_GRADE + 1):
            stage, cohort = cohort_of(grade, self.this_year)
            found = found.filter(stage=stage, cohort=cohort)
        field.queryset = found.order_by("-stage", "-cohort", "number")

    def picked(self, name: str):
        return getattr(self, "cleaned_data", {}).get(name) or None

    @property
    def in_schools(self):
        return [self.picked("school")] if self.picked("school") else self.schools

    @cached_property
    def items(self) -> list[Item]:
        """What would be printed, in the order of schools, classes and names."""
        form = self.chosen
        if form is None or self.errors:
            return []
        if form.of_paper:
            return self.certificates()
        if form.of_child:
            return [{"child": pk} for pk in self.children().values_list("pk", flat=True)]
        return [{"case": pk} for pk in self.cases().values_list("pk", flat=True)]

    def children(self):
        """On the roll of the schools; whoever sits in no class is among them unless class or grade is named."""
        found = Student.objects.filter(school__in=self.in_schools, status__in=ON_ROLL)
        grade = self.picked("grade") or self.chosen.only_grade
        if self.picked("school_class"):
            found = found.filter(pk__in=placed(school_class=self.picked("school_class")))
        elif grade:
            stage, cohort = cohort_of(grade, self.this_year)
            found = found.filter(pk__in=placed(school_class__stage=stage, school_class__cohort=cohort))
        found = found.annotate(class_order=Coalesce(Subquery(class_order(self.this_year)), LAST))
        return found.order_by("school__code", "class_order", "name_pinyin", "pk")

    def named(self):
        """The children one by one, once a class is chosen: some of them may be left out."""
        if self.chosen and self.chosen.of_child and not self.errors and self.picked("school_class"):
            return self.children().only("pk", "slug", "name")
        return []

    def cases(self):
        kinds = set(self.chosen.kinds) - {"*"}
        if "*" in self.chosen.kinds:
            kinds |= {model.kind_code for model in apps.get_models() if getattr(model, "NOTICES", False)}
        found = Case.objects.visible_to(self.user).filter(kind__in=kinds, lead_school__in=self.in_schools)
        if stage := self.picked("stage"):
            found = found.filter(closed_on__isnull=stage == "open")
        return found.order_by("lead_school__code", "pk")

    def certificates(self) -> list[Item]:
        overprint = self.chosen.code == OVERPRINT
        kind = Certificate.Kind.GRADUATION if overprint else Certificate.Kind.COMPLETION
        found = Certificate.objects.standing().filter(kind=kind, school__in=self.in_schools).exclude(number="")
        if self.picked("year") is not None:
            found = found.filter(year=self.picked("year"))
        printer = {"printer": self.picked("printer").pk} if self.picked("printer") else {}
        ids = found.order_by("school__code", "number", "pk").values_list("pk", flat=True)
        return [{"paper": pk} | printer for pk in ids]

    @property
    def subject(self) -> str:
        """What was chosen, in words for the list of batches."""
        chosen = self.picked("school") or self.schools.first()
        words = [str(chosen) if self.picked("school") or self.one_school else "全部学校"]
        if school_class := self.picked("school_class"):
            words.append(school_class.name_in(self.this_year))
        elif grade := self.picked("grade"):
            words.append(grade_name(grade))
        if self.picked("year") is not None:
            words.append(school_year_name(self.picked("year")))
        if stage := self.picked("stage"):
            words.append(dict(STAGES)[stage])
        return "".join(words)
