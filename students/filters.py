"""Filters of the list of children, kept in the address so that a list can be bookmarked and returned to."""

from django import forms
from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.policies import powers_of, school_ids_where
from law import clock
from law.school_time import GRADE_NAMES
from schools.models import School, SchoolClass, cohort_of

from .models import Placement, Student
from .search import looks_like_number, matching

ON_ROLL = ("enrolled", "suspended", "dropped_out", "abroad", "in_custody")
STATUSES = [("", "在籍"), ("all", "不限（不含死亡）"), *Student.Status.choices]
GRADES = [("", "不限"), *((grade, GRADE_NAMES[grade]) for grade in range(1, 10))]

BY_NAME = ("name_pinyin", "id")
LAST = 9999  # the place in the order of children without a class
BY_CLASS = ("class_order", "name_pinyin", "id")


class InOneGo(forms.models.ModelChoiceIterator):
    """Choices fetched like any list: Django's server-side cursor costs three round trips for a handful of names."""

    def __iter__(self):
        yield "", self.field.empty_label
        yield from map(self.choice, self.queryset)


class SearchWords(forms.CharField):
    """The words a list is searched by."""

    def __init__(self, label: str = "姓名、拼音或号码", max_length: int = 60, **kwargs):
        box = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
        super().__init__(label=label, max_length=max_length, required=False, widget=box, **kwargs)


class SchoolChoice(forms.ModelChoiceField):
    """Schools by their short names."""

    iterator = InOneGo


class ClassChoice(forms.ModelChoiceField):
    """Classes by the name people use this year."""

    iterator = InOneGo
    year = 0

    def label_from_instance(self, school_class):
        return school_class.name_in(self.year)


class FilterInSight(forms.Form):
    """What every list of children is narrowed by: words, and a school where the user sees several."""

    # What the words are looked for in.
    WORDS = "姓名、拼音或号码"

    q = SearchWords()
    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="不限")

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user, self.today = user, clock.today()
        self.fields["q"].label = self.WORDS
        self.schools = school_ids_where(user, "view_school")
        if len(self.schools) > 1:
            self.fields["school"].queryset = School.objects.filter(pk__in=self.schools)
        else:
            del self.fields["school"]
        self.is_valid()

    @property
    def words(self) -> str:
        return self.cleaned_data.get("q", "").strip()

    @property
    def school_chosen(self) -> School | None:
        return self.cleaned_data.get("school")

    def children(self) -> QuerySet[Student]:
        """Children in sight who fit; an impossible value of the address is ignored, not an error."""
        found = matching(Student.objects.visible_to(self.user), self.words)
        return found.filter(school=self.school_chosen) if self.school_chosen else found


class OneSchool(forms.Form):
    """The school on whose papers a person works, by one of `RIGHTS`; asked only of who works for several."""

    RIGHTS: tuple[str, ...] = ()
    WHICH: dict = {}

    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="请选择学校")

    def __init__(self, data, *, user):
        super().__init__(data)
        ids = set().union(*(school_ids_where(user, right) for right in self.RIGHTS))
        self.schools, self.count = School.objects.filter(pk__in=ids, **self.WHICH), len(ids)
        self.fields["school"].queryset = self.schools
        if self.count == 1:
            del self.fields["school"]
        self.is_valid()

    @property
    def chosen(self) -> School | None:
        return self.schools.first() if self.count == 1 else self.cleaned_data.get("school")


class StudentFilter(forms.Form):
    q = forms.CharField(
        label="姓名、拼音或号码",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名、拼音、学籍号", "autocomplete": "off"}),
    )
    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="不限")
    grade = forms.TypedChoiceField(label="年级", choices=GRADES, coerce=int, required=False)
    school_class = ClassChoice(SchoolClass.objects.none(), label="班级", required=False, empty_label="不限")
    status = forms.ChoiceField(label="学籍状态", choices=STATUSES, required=False)

    def __init__(self, data, *, user, year: int):
        super().__init__(data)
        self.user, self.year = user, year
        schools = sorted(powers_of(user).schools("view_school"))
        self.one_school = schools[0] if len(schools) == 1 else None
        if len(schools) > 1:
            self.fields["school"].queryset = School.objects.filter(pk__in=schools)
        else:
            del self.fields["school"]
        self._offer_classes(schools)
        self.is_valid()

    def _offer_classes(self, schools: list[int]) -> None:
        """Classes can be chosen once one school is."""
        school = self.one_school or whole_number(self.data.get("school"))
        if school not in schools:
            del self.fields["school_class"]
            return
        field = self.fields["school_class"]
        field.year = self.year
        field.queryset = present_classes(self.year).filter(school=school).order_by("-stage", "-cohort", "number")
        if grade := whole_number(self.data.get("grade")):
            stage, cohort = cohort_of(grade, self.year)
            field.queryset = field.queryset.filter(stage=stage, cohort=cohort)

    @property
    def chosen_school(self) -> int | None:
        """The school all rows belong to, if there is only one: then rows can be put in the order of classes."""
        chosen = self.cleaned_data.get("school")
        return chosen.pk if chosen else self.one_school

    @property
    def words(self) -> str:
        return self.cleaned_data.get("q", "").strip()

    def narrow(self) -> QuerySet[Student]:
        """Children in the user's sight that fit; an impossible value of the address is ignored, not an error."""
        chosen = self.cleaned_data
        children = matching(Student.objects.visible_to(self.user), self.words)
        if chosen.get("school"):
            children = children.filter(school=chosen["school"])
        if chosen.get("school_class"):
            children = children.filter(pk__in=placed(school_class=chosen["school_class"]))
        elif chosen.get("grade"):
            stage, cohort = cohort_of(chosen["grade"], self.year)
            children = children.filter(pk__in=placed(school_class__stage=stage, school_class__cohort=cohort))
        return self._of_status(children, chosen.get("status"))

    def _of_status(self, children, status):
        """A deceased child is found by its number or when asked for, and in no list besides (第二十八条)."""
        if looks_like_number(self.words):
            return children
        if status == "all":
            return children.exclude(status=Student.Status.DECEASED)
        return children.filter(status=status) if status else children.filter(status__in=ON_ROLL)

    def ordered(self, children: QuerySet[Student], wanted: str) -> tuple[QuerySet[Student], tuple[str, ...], bool]:
        """The rows, the keys they are sorted by, and whether downwards, for `?sort=`."""
        descending, key = wanted.startswith("-"), wanted.lstrip("-")
        if key == "class" and self.chosen_school:
            return children.annotate(class_order=Coalesce(Subquery(class_order(self.year)), LAST)), BY_CLASS, descending
        return children, BY_NAME, descending and key == "name"


def whole_number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 9 else None


def present_classes(year: int) -> QuerySet[SchoolClass]:
    """Classes that have not been closed and not yet left school."""
    primary, junior = (
        Q(stage="primary", cohort__range=(year - 5, year)),
        Q(stage="junior", cohort__range=(year - 2, year)),
    )
    return SchoolClass.objects.filter(primary | junior, closed_on=None)


def placed(**where) -> QuerySet:
    """Ids of the children who sit now in the classes described."""
    return Placement.objects.filter(ends=None, enrolment__voided=False, **where).values("enrolment__student")


def class_order(year: int) -> QuerySet:
    """A number that grows with grade and class: 三年级2班 → 302; children without a class come last."""
    grade = Value(year + 1) - F("school_class__cohort") + Value(6) * _is_junior()
    return (
        Placement.objects.filter(enrolment__student=OuterRef("pk"), ends=None, enrolment__voided=False)
        .annotate(rank=grade * 100 + F("school_class__number"))
        .values("rank")[:1]
    )


def _is_junior():
    return Case(When(school_class__stage="junior", then=1), default=0, output_field=IntegerField())
