"""A county elsewhere as people say it: its name, or the six digits that stand on the papers."""

from django import forms

from students.dictionary import divisions
from students.importing.cells import folded

COUNTY = 6
HELP = "写县（市、区）名或六位区划代码，如 宁城县、150429。"


class DivisionField(forms.CharField):
    """Gives the six digits of a county. Names are those of our neighbours; of all others the digits are asked."""

    def __init__(self, **options):
        super().__init__(**{"help_text": HELP, "max_length": 40} | options)

    def clean(self, value) -> str:
        text = folded(super().clean(value))
        if not text or text.isascii():
            return self._digits(text)
        found = sorted({code[:COUNTY] for code in divisions.resolve_words(text)})
        if len(found) > 1:
            named = "、".join(f"{code} {divisions.words_of(code)}" for code in found)
            raise forms.ValidationError(f"“{text}”可能是 {named}，请填其中一个代码。")
        if not found or found[0].endswith("00"):
            raise forms.ValidationError(f"没有“{text}”的代码，请填六位区划代码（可问县外学校）。")
        return found[0]

    def _digits(self, text: str) -> str:
        if text and not (len(text) == COUNTY and divisions.is_division_code(text)):
            raise forms.ValidationError(f"“{text}”不是区划代码，请填县（市、区）的六位代码，如 150429。")
        return text
