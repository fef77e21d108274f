from django import forms
from django.db.models import Q

from accounts.policies import school_ids_where
from law import clock
from law.school_time import GRADE_NAMES, school_year_of
from schools.models import School, cohort_of
from students.filters import ON_ROLL, SchoolChoice, SearchWords
from students.models import Student

from .columns import choices

GRADES = [("", "全部年级"), *((str(grade), GRADE_NAMES[grade]) for grade in range(1, 10))]


class AskForm(forms.Form):
    """申请: every line of it is what the leader approves."""

    recipient = forms.CharField(label="接收单位", max_length=100)
    purpose = forms.CharField(label="用途", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    document = forms.CharField(label="批文号", max_length=60, help_text="同意提供的书面批文或来函的文号。")
    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="全县")
    grade = forms.ChoiceField(label="年级", choices=GRADES, required=False)
    fields_asked = forms.MultipleChoiceField(
        label="栏目",
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="只选用途所必需的；标“敏感”的须在用途里说明为什么要。",
    )
    expires_on = forms.DateField(label="批准有效期至", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.mine = school_ids_where(user, "bureau_make")
        self.fields["school"].queryset = School.objects.filter(pk__in=self.mine)

    def children(self):
        """The children on the roll who fit."""
        found = Student.objects.filter(school__in=self.mine, status__in=ON_ROLL)
        if school := self.cleaned_data["school"]:
            found = found.filter(school=school)
        if grade := self.cleaned_data["grade"]:
            stage, cohort = cohort_of(int(grade), school_year_of(clock.today()))
            sitting = {"enrolments__voided": False, "enrolments__placements__ends": None}
            of_grade = {
                f"enrolments__placements__school_class__{k}": v for k, v in (("stage", stage), ("cohort", cohort))
            }
            found = found.filter(pk__in=Student.objects.filter(**sitting, **of_grade).values("pk"))
        return found

    def scope(self) -> str:
        """The range in words."""
        school, grade = self.cleaned_data["school"], self.cleaned_data["grade"]
        return f"{school or '全县'}{dict(GRADES)[grade]}在籍学生"


class ExportFilter(forms.Form):
    """Narrows the list; kept in the address."""

    q = SearchWords("接收单位、用途或批文号")

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()

    def narrow(self, requests):
        words = self.cleaned_data.get("q", "").strip()
        if not words:
            return requests
        return requests.filter(Q(recipient__contains=words) | Q(purpose__contains=words) | Q(document__contains=words))


class DecisionForm(forms.Form):
    opinion = forms.CharField(label="意见", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class TraceForm(forms.Form):
    text = forms.CharField(
        label="粘贴泄露的内容",
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="一行一名学生，保持原来的先后；有核验码最好。",
    )
    file = forms.FileField(label="或上传表格", required=False)
