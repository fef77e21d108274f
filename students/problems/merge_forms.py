"""The draft of a merge: which other record, and which of the two stays."""

from django import forms

from schools.models import School

from ..change_forms import ChangeForm
from ..models.child import Student
from .detection import children_like
from .merging import found_under


class MergeForm(ChangeForm):
    """The other record is one that may be the same child, or is named by a number; which of the two stays is said."""

    partner = forms.ModelChoiceField(
        Student.objects.none(), label="另一份学籍", required=False, to_field_name="slug", empty_label="不在其中"
    )
    partner_number = forms.CharField(
        label="或另一份学籍的学籍号、身份证件号", required=False, max_length=30, help_text="上面没有列出时填写。"
    )
    stays = forms.ChoiceField(
        label="保留哪一份", choices=[("this", "这一份"), ("other", "另一份")], initial="this", widget=forms.RadioSelect
    )
    field_order = ["partner", "partner_number", "stays", "shown_by", "attends", "explanation"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["attends"].queryset = School.objects.filter(bureau=self.school.bureau_id)
        if self.instance.pk:
            for name in ("partner", "partner_number", "stays"):
                del self.fields[name]
            return
        field = self.fields["partner"]
        field.queryset = self.in_county(children_like(self.child)).select_related("school")
        field.label_from_instance = lambda c: f"{c.name}（{c.school.short_name}，{c.get_status_display()}）"
        here = f"{self.child.name}（{self.child.school.short_name}，{self.child.get_status_display()}）"
        self.fields["stays"].choices = [("this", f"保留这一份：{here}"), ("other", "保留另一份")]

    def in_county(self, children):
        return children.filter(school__bureau=self.school.bureau_id)

    def clean(self):
        given = super().clean()
        if self.instance.pk:
            return given
        partner, number = given.pop("partner", None), given.pop("partner_number", "")
        if not partner and number:
            partner = self.in_county(found_under(number)).exclude(pk=self.child.pk).first()
        if not partner:
            self.add_error("partner", "没有找到另一份学籍，请选择，或填写它的学籍号、身份证件号。")
            return given
        stays = given.pop("stays", "this")
        kept, gone = (self.child, partner) if stays == "this" else (partner, self.child)
        return given | {"kept": kept, "gone": gone}
