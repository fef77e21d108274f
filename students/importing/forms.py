"""What the import pages ask: a file for a school, and two choices before it is written."""

from django import forms

from accounts.policies import school_ids_where
from schools.models import School
from students.importing.container import SCHOOL
from students.importing.opening import FORMATS
from students.importing.workbook_field import WorkbookField

CHILDREN, PARTIAL = "children", "partial"
KINDS = [(CHILDREN, "学生名册（全国系统模板，可含新生）"), (PARTIAL, "在籍学生更新名单（电话、住址等部分栏目）")]


class UploadForm(forms.Form):
    school = forms.ModelChoiceField(School.objects.none(), label="学校", empty_label="请选择")
    workbook = WorkbookField(
        SCHOOL,
        apart="按年级或班级分开上传",
        label="名册",
        help_text=f"{FORMATS}，表头在前 10 行内，不超过 {SCHOOL.megabytes} MB、{SCHOOL.rows} 行。",
    )
    kind = forms.ChoiceField(
        label="名单种类",
        choices=KINDS,
        initial=CHILDREN,
        required=False,
        widget=forms.RadioSelect,
        help_text="电话、住址、寄宿等只有部分栏目的名单选第二种：按身份证件号、学籍号，或班级和姓名认人，不会新建学籍。",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        schools = School.objects.filter(pk__in=school_ids_where(user, "make_change"))
        self.fields["school"].queryset = schools
        if len(schools) == 1:
            self.fields["school"].initial = schools[0]
            self.fields["school"].widget = forms.HiddenInput()

    @property
    def partial(self) -> bool:
        """The list only brings children on record up to date."""
        return self.cleaned_data.get("kind") == PARTIAL


class CommitForm(forms.Form):
    """The boxes of the confirmation; each only where there is something to decide."""

    only_good = forms.BooleanField(label="只提交无误的行，有误的行不导入", required=False)
    accept_warnings = forms.BooleanField(label="提示已逐条核对", required=False)

    def __init__(self, *args, counts: dict, **kwargs):
        super().__init__(*args, **kwargs)
        if not counts.get("errors"):
            del self.fields["only_good"]
        if not counts.get("warnings"):
            del self.fields["accept_warnings"]

    @property
    def choices(self) -> dict[str, bool]:
        return {name: bool(self.cleaned_data.get(name)) for name in ("only_good", "accept_warnings")}
