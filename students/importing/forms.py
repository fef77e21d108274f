"""What the import pages ask: a file for a school, and two choices before it is written."""

from django import forms

from accounts.policies import school_ids_where
from schools.models import School
from students.importing.container import SCHOOL
from students.importing.workbook_field import WorkbookField


class UploadForm(forms.Form):
    school = forms.ModelChoiceField(School.objects.none(), label="学校", empty_label="请选择")
    workbook = WorkbookField(
        SCHOOL,
        apart="按年级或班级分开上传",
        label="名册（.xlsx）",
        help_text=f"全国学籍系统导入模板，不超过 {SCHOOL.megabytes} MB、{SCHOOL.rows} 行。",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        schools = School.objects.filter(pk__in=school_ids_where(user, "make_change"))
        self.fields["school"].queryset = schools
        if len(schools) == 1:
            self.fields["school"].initial = schools[0]
            self.fields["school"].widget = forms.HiddenInput()


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
