"""What is asked for a 学习经历证明: of a graduate of the register little, of an older one what the roll book says."""

from django import forms
from django.core.validators import RegexValidator

from jianping_xueji.forms import day_input

from ..change_forms import ChangeForm
from ..filters import SearchWords
from ..models.certificate import Certificate

MONTH = RegexValidator(r"^(19|20)\d{2}(0[1-9]|1[0-2])$", "应为六位数字的年月，如 200807。")


class ProofForm(ChangeForm):
    """Of a graduate of the register: what the record and the certificate say is filled in."""

    def __init__(self, *args, child, **kwargs):
        if child is not None and not kwargs.get("instance"):
            kwargs["initial"] = known_of(child) | (kwargs.get("initial") or {})
        super().__init__(*args, child=child, **kwargs)
        for name in ("entered_month", "left_month"):
            self.fields[name].validators.append(MONTH)


def known_of(child) -> dict:
    """Months and number as far as the register knows them."""
    paper = Certificate.objects.standing().filter(student=child, kind=Certificate.Kind.GRADUATION).first()
    found = {"entered_month": child.entered_month} if child.entered_month else {}
    if paper:
        found |= {"certificate_number": paper.number, "left_month": f"{paper.year + 1}07"}
    return found


class RollBookForm(ProofForm):
    """Of somebody who graduated before there was a register: the line of the roll book is typed as it stands."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, child=None, **kwargs)
        self.fields["birth_date"].widget = day_input()
        self.fields["roll_book"].required = True

    def clean_id_tail(self):
        tail = self.cleaned_data["id_tail"].strip().upper()
        if tail and not (len(tail) == 4 and tail[:3].isdecimal() and (tail[3].isdecimal() or tail[3] == "X")):
            raise forms.ValidationError("应为身份证件号的末四位，如 0012 或 001X；没有证件的留空。")
        return tail


class FormerFilter(forms.Form):
    """Words under which a graduate is looked for."""

    q = SearchWords()


class ElsewhereForm(forms.Form):
    """Which school issued it: exactly this name and number, anywhere in the county; the look is kept."""

    name = forms.CharField(label="姓名", max_length=60)
    number = forms.CharField(label="身份证件号或学籍号", max_length=20)
