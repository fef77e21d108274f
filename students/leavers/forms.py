"""What the pages of 招生入学 ask: which leavers into which class, and the newcomer from outside the county."""

from django import forms

from jianping_xueji.forms import day_input
from law import clock
from law.school_time import first_day, school_year_of

from ..dictionary import codes
from ..division_field import DivisionField
from ..models.child import Student
from ..pending import Origin
from .intake import classes_of, free_seats


def class_choice(school, empty: str, *, required: bool) -> forms.TypedChoiceField:
    """The school's classes of grade seven, each with its free seats; answers with the class itself."""
    classes = classes_of(school)
    free, year = free_seats(school, classes), school_year_of(clock.today())
    known = {str(each.pk): each for each in classes}
    named = [(pk, f"{each.choice_in(year)}（空余{free.get(each.pk, 0)}）") for pk, each in known.items()]
    found = forms.TypedChoiceField(
        label="编入班级", choices=[("", empty), *named], coerce=known.get, empty_value=None, required=required
    )
    found.classes, found.free = classes, free
    return found


class TakeOverForm(forms.Form):
    """The ticked leavers into one class, or dealt over all classes."""

    begins_on = forms.DateField(label="入学日期", widget=day_input())
    children = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "名单刚刚有变动，请刷新后重新勾选。"}
    )

    def __init__(self, *args, school, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_class"] = class_choice(school, "均衡编入各班", required=False)
        self.fields["begins_on"].initial = first_day(school_year_of(clock.today()))
        students = {place.enrolment.student.slug: place.enrolment.student for place in places if not place.busy}
        self.students = students
        self.fields["children"].choices = [(slug, child.name) for slug, child in students.items()]

    @property
    def chosen(self) -> list:
        return [self.students[slug] for slug in self.cleaned_data["children"]]

    @property
    def ticked(self) -> set[str]:
        """Which boxes are ticked: those sent; at first everybody who waits, and nobody who dropped out."""
        if self.is_bound:
            return set(self.data.getlist("children"))
        return {slug for slug, child in self.students.items() if child.status == Student.Status.LEAVER}


class OutsiderForm(forms.Form):
    """A grade-seven newcomer who finished primary school outside the county, with its record there."""

    name = forms.CharField(label="学生姓名", max_length=60)
    sex = forms.ChoiceField(label="性别", choices=[("1", "男"), ("2", "女")])
    birth_date = forms.DateField(label="出生日期", widget=day_input())
    id_type = forms.ChoiceField(label="身份证件类型", choices=codes.choices("sfzjlx"), initial="1")
    id_number = forms.CharField(label="身份证件号", max_length=20)
    registry_number = forms.CharField(
        label="学籍号", max_length=19, help_text="原小学的全国学籍号，必填：接续原学籍，不新建。"
    )
    from_division = DivisionField(label="毕业小学所在区划")
    from_school_name = forms.CharField(label="毕业小学全称", max_length=60)
    from_school_code = forms.CharField(label="毕业小学标识码", max_length=10, required=False)
    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    home_address = forms.CharField(label="现住址", max_length=180, required=False)
    begins_on = forms.DateField(label="入学日期", widget=day_input())

    def __init__(self, *args, school, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_class"] = class_choice(school, "请选择班级", required=True)
        self.fields["begins_on"].initial = first_day(school_year_of(clock.today()))

    def given(self) -> dict:
        """Arguments of `take_in_outsider`."""
        basics = dict(self.cleaned_data)
        names = ("from_division", "from_school_name", "from_school_code")
        origin = Origin(*[basics.pop(name) for name in names])
        return {
            "to_class": basics.pop("to_class"),
            "begins_on": basics.pop("begins_on"),
            "basics": basics,
            "origin": origin,
        }
