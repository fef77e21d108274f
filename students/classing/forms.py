"""What the pages of classes ask: which grade is placed, where each child sits, which two change, which class opens."""

from django import forms

from law.school_time import GRADE_NAMES, grade_name
from schools.models import School, SchoolClass

from ..change_forms import ChoiceOfClasses, present_classes_of
from .class_change import ClassChange
from .services import SEEDS


def seed_field() -> forms.IntegerField:
    return forms.IntegerField(
        label="随机数",
        required=False,
        min_value=0,
        max_value=SEEDS - 1,
        help_text="可由现场抽取，0 到 999999；留空由系统随机产生。同一随机数、同一名单，结果相同。",
    )


class StartForm(forms.Form):
    """Which grade, and the number drawn before witnesses, if there is one."""

    grade = forms.TypedChoiceField(label="年级", coerce=int)
    seed = seed_field()

    def __init__(self, *args, grades=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [(grade, GRADE_NAMES[grade]) for grade in grades]


class SeedForm(forms.Form):
    seed = seed_field()


class SwapForm(forms.Form):
    """Two children of the list, by name and class."""

    one = forms.TypedChoiceField(label="学生", coerce=int)
    other = forms.TypedChoiceField(label="与学生", coerce=int)

    def __init__(self, *args, rows, year: int, **kwargs):
        super().__init__(*args, **kwargs)
        listed = [(r.child_id, f"{r.child.name}（{r.school_class.name_in(year)}）") for r in rows if r.school_class_id]
        for name in ("one", "other"):
            self.fields[name].choices = [("", "请选择"), *listed]


class PlacesForm(forms.Form):
    """The class of every child of the list, one box each; an empty box means not now."""

    def __init__(self, *args, rows, classes: list[SchoolClass], year: int, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [*((each.pk, each.choice_in(year)) for each in classes), ("", "暂不编班")]
        self.rows = rows
        for row in rows:
            box = forms.Select(attrs={"aria-label": f"{row.child.name}编入"})
            self.fields[self.key(row)] = forms.TypedChoiceField(
                coerce=int, empty_value=None, choices=choices, required=False, initial=row.school_class_id, widget=box
            )

    @staticmethod
    def key(row) -> str:
        return f"child_{row.pk}"

    @property
    def lines(self) -> list[dict]:
        return [{"row": row, "child": row.child, "box": self[self.key(row)]} for row in self.rows]

    @property
    def wanted(self) -> dict[int, int | None]:
        return {row.child_id: self.cleaned_data[self.key(row)] for row in self.rows}


class ClassChangeForm(forms.Form):
    """Opening a class of a grade, or closing one that is empty."""

    act = forms.ChoiceField(label="办理事项", choices=ClassChange.Act)
    grade = forms.TypedChoiceField(
        label="开班的年级", coerce=int, empty_value=None, required=False, help_text="撤班不填。"
    )
    class_kind = forms.ChoiceField(label="班级类型", choices=SchoolClass.Kind, required=False)
    school_class = ChoiceOfClasses(
        SchoolClass.objects.none(), label="要撤的班级", required=False, empty_label="请选择", help_text="开班不填。"
    )
    reason = forms.CharField(label="事由", max_length=200)

    def __init__(self, *args, school: School, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [("", "请选择"), *((grade, grade_name(grade)) for grade in school.grades)]
        self.fields["school_class"].queryset = present_classes_of(school)

    def clean(self):
        given = super().clean()
        opening = given.get("act") == ClassChange.Act.OPEN
        missing = "grade" if opening else "school_class"
        if not given.get(missing) and missing not in self.errors:
            self.add_error(missing, "开班请选择年级。" if opening else "撤班请选择要撤的班级。")
        given["class_kind"] = given.get("class_kind") or SchoolClass.Kind.ORDINARY
        given.update({"school_class": None} if opening else {"grade": None, "class_kind": ""})
        return given


class SchoolFilter(forms.Form):
    """One school of those in sight."""

    school = forms.ModelChoiceField(School.objects.none(), label="学校", required=False, empty_label="请选择学校")

    def __init__(self, data, *, schools):
        super().__init__(data)
        self.fields["school"].queryset = School.objects.filter(pk__in=schools, closed_on=None)
        self.is_valid()
        self.only = min(schools) if len(schools) == 1 else None

    def chosen(self) -> School | None:
        return School.objects.get(pk=self.only) if self.only else self.cleaned_data.get("school")
