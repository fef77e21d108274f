"""Forms of the transfer pages and the particulars its moves ask for."""

from django import forms

from jianping_xueji.forms import day_input
from law import clock
from law.school_time import grade_name
from schools.models import School, SchoolClass
from students.change_forms import FAR
from students.dictionary import codes
from students.division_field import DivisionField
from students.models import Student

from .grounds import Ground, RefusalGround

GRADES = [(grade, grade_name(grade)) for grade in range(1, 10)]


# Built anew for every sheet, so that a form may change its own field.
PARTICULARS = {
    "outside_unit": lambda: forms.CharField(label="县外办理单位", max_length=60, required=False),
    "outside_person": lambda: forms.CharField(label="县外办理人", max_length=30, required=False),
    "outside_day": lambda: forms.DateField(label="县外办理日期", widget=day_input(), required=False),
    "outside_evidence": lambda: forms.CharField(
        label="凭据", max_length=120, required=False, help_text="如：系统截图、来函文号、盖章联系表。"
    ),
    "refusal_ground": lambda: forms.ChoiceField(
        label="不予放行事由",
        choices=[("", "（不予放行时必选）"), *RefusalGround.choices],
        required=False,
        help_text="只限所列事由，不得以其他借口不放行（第十九条第二款）。",
    ),
    "file_came_on": lambda: forms.DateField(
        label="电子档案到达日期", widget=day_input(), initial=clock.today, help_text="学籍系统中调档完成的日期。"
    ),
    "arrived_at_school_on": lambda: forms.DateField(label="学生到校日期", widget=day_input(), initial=clock.today),
}


class ChoiceOfSchools(forms.ModelChoiceField):
    def label_from_instance(self, school):
        return school.name


class ChoiceOfClasses(forms.ModelChoiceField):
    """Classes by the name people use, with free seats where the ledger knows them."""

    def __init__(self, *args, year: int = 0, free: dict | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.year, self.free = year, free or {}

    def label_from_instance(self, school_class):
        name = school_class.name_in(self.year)
        return f"{name}（空余{self.free[school_class.pk]}）" if school_class.pk in self.free else name


class CheckForm(forms.Form):
    """能否办理: the facts of an intended move, by hand or taken from a child."""

    from_school = ChoiceOfSchools(
        School.objects.none(), label="转出学校（本县）", required=False, empty_label="县外学校"
    )
    from_division = DivisionField(label="县外学校所在区划", required=False)
    to_school = ChoiceOfSchools(School.objects.none(), label="转入学校（本县）", required=False, empty_label="县外学校")
    to_division = DivisionField(label="转往区划", required=False)
    grade = forms.TypedChoiceField(label="年级", choices=GRADES, coerce=int, initial=3)
    ground = forms.ChoiceField(label="转学理由", choices=Ground, initial=Ground.CATCHMENT)
    on = forms.DateField(label="申请日期", widget=day_input())
    child = forms.ModelChoiceField(
        Student.objects.none(), to_field_name="slug", required=False, widget=forms.HiddenInput
    )
    return_home = forms.BooleanField(label="回原籍参加中考", required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        schools = School.objects.filter(closed_on=None).select_related("bureau")
        self.fields["from_school"].queryset = self.fields["to_school"].queryset = schools
        self.fields["child"].queryset = Student.objects.visible_to(user)

    def clean_on(self):
        """A day the calendar and the terms can speak about."""
        on, today = self.cleaned_data["on"], clock.today()
        if abs((on - today).days) > FAR:
            raise forms.ValidationError("申请日期离今天太远，请填写前后五年内的日期。")
        return on

    def clean(self):
        given = super().clean()
        for side, label in (("from", "转出"), ("to", "转入")):
            said = given.get(f"{side}_school") or given.get(f"{side}_division") or f"{side}_division" in self.errors
            if not said:
                self.add_error(f"{side}_division", f"请选择本县{label}学校，或填写县外{label}学校所在的县。")
        return given


class FindChildForm(forms.Form):
    """A child of another school of the county, by exact name and number: nothing more is shown."""

    name = forms.CharField(label="学生姓名", max_length=60)
    number = forms.CharField(
        label="身份证件号或学籍号", max_length=20, help_text="须完整填写；每次查询都有记录（第三十七条）。"
    )


class OutsideChildForm(forms.Form):
    """A child who comes from a school outside the county."""

    name = forms.CharField(label="学生姓名", max_length=60)
    sex = forms.ChoiceField(label="性别", choices=[("1", "男"), ("2", "女")])
    birth_date = forms.DateField(label="出生日期", widget=day_input())
    id_type = forms.ChoiceField(label="身份证件类型", choices=codes.choices("sfzjlx"), initial="1")
    id_number = forms.CharField(label="身份证件号", max_length=20)
    registry_number = forms.CharField(label="学籍号", max_length=19, required=False, help_text="原学校的全国学籍号。")
    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    home_address = forms.CharField(label="现住址", max_length=180, required=False)
    from_division = DivisionField(label="转出学校所在区划")
    from_school_name = forms.CharField(label="转出学校全称", max_length=60)
    from_school_code = forms.CharField(label="转出学校标识码", max_length=10, required=False)
    from_class = forms.CharField(label="现就读班级", max_length=30, required=False)


class DraftForm(forms.Form):
    """去向 and 理由 of a transfer, kept until it is handed in."""

    grade = forms.TypedChoiceField(label="年级", choices=GRADES, coerce=int, help_text="转学不得变更年级。")
    to_class = ChoiceOfClasses(SchoolClass.objects.none(), label="拟转入班级", required=False, empty_label="待定")
    ground = forms.ChoiceField(label="转学理由", choices=Ground, widget=forms.RadioSelect)
    ground_note = forms.CharField(label="理由说明", max_length=200, required=False)
    household_moved = forms.BooleanField(label="户籍已随迁", required=False)
    has_property = forms.BooleanField(label="监护人在转入地有房产", required=False)
    is_talent = forms.BooleanField(label="高级专业技术管理人才子女", required=False)
    return_home = forms.BooleanField(label="回原籍参加中考", required=False)
    exception_reason = forms.CharField(
        label="特批理由",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不在受理月份、县直之间转学等情形，写明特殊情况，由主管局长签批。",
    )

    def __init__(self, *args, school, grade: int | None, year: int, free: dict, fixed_grade: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        classes = [c.pk for c in school.classes.filter(closed_on=None) if grade is None or c.grade_in(year) == grade]
        field = ChoiceOfClasses(
            SchoolClass.objects.filter(pk__in=classes),
            label="拟转入班级",
            required=False,
            empty_label="待定",
            year=year,
            free=free,
        )
        self.fields["to_class"] = field
        self.order_fields(["grade", "to_class"])
        if fixed_grade:
            del self.fields["grade"]
