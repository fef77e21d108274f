"""What the page of 批量核查 asks: a list, pasted or uploaded, and what for."""

from django import forms

from ..importing.workbook_field import ListingField
from .models import PURPOSE_LENGTH
from .sheet import ASKED, MOST

LONGEST_PASTE = 200_000


class CheckForm(forms.Form):
    listed = forms.CharField(
        label="名单",
        required=False,
        max_length=LONGEST_PASTE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=f"每行一名学生：身份证件号、学籍号或姓名；姓名和号码都写，核对更准。最多{MOST}行。",
    )
    workbook = ListingField(ASKED, required=False, help_text="或上传工作簿：列为姓名、号码（文本格式）。")
    purpose = forms.CharField(
        label="用途", max_length=PURPOSE_LENGTH, help_text="如：核对控辍保学名单。每次核查和查到的每名学生都留痕。"
    )

    def clean(self):
        given = super().clean()
        if not self.errors and bool((given.get("listed") or "").strip()) == bool(given.get("workbook")):
            raise forms.ValidationError("请粘贴名单，或者上传工作簿，两样选一样。")
        return given
