"""What the board asks: one inquiry about one leaver."""

from django import forms

from jianping_xueji.forms import day_input
from students.division_field import DivisionField

from ..models import LeaverInquiry, Visit
from .inquiry import Outcome

VISIT = ("on", "form", "who", "whom", "result")
FOUND = ("outcome", "place", "division", "proof")


class InquiryForm(forms.ModelForm):
    """The visit, and what it found."""

    outcome = forms.ChoiceField(label="调查结果", choices=[("", "请选择"), *Outcome.choices])
    place = LeaverInquiry._meta.get_field("place").formfield(help_text="在县外就读或暂缓入学的必填，写全称。")
    division = DivisionField(label="县外学校所在区划", required=False)
    proof = LeaverInquiry._meta.get_field("proof").formfield(
        help_text="在县外就读：全国系统学籍截图、在读证明；暂缓入学：批准文号。"
    )

    class Meta:
        model = Visit
        fields = VISIT
        labels = {"on": "走访日期", "who": "走访人员", "result": "情况"}
        widgets = {"on": day_input()}

    field_order = [*VISIT, *FOUND]

    def _post_clean(self):
        """The service writes the rows, not the form."""

    def given(self) -> dict:
        """Arguments of `record_inquiry`."""
        typed = self.cleaned_data
        return {"visit": {name: typed[name] for name in VISIT}, **{name: typed[name] for name in FOUND}}
