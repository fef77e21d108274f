"""The draft of 基本信息变更: every field that may be corrected as it stands now; only what differs is asked for."""

from decimal import Decimal

from django import forms

from jianping_xueji.forms import day_input
from law import clock

from . import corrections
from .change_forms import ChangeForm
from .dictionary import codes
from .dictionary.fields import Field
from .importing.cells import Verdict
from .importing.normalise import Setting, normalise_column

YES_NO = [("", "未填"), ("是", "是"), ("否", "否")]
OWN = ("ground", "reason_note", "exception_reason")


class CorrectionForm(ChangeForm):
    """`cleaned_data` holds the kind's own columns and `changes`: attribute → new value of the record."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        now = self.present_values()
        for field in corrections.CORRECTED:
            self.fields[field.attribute] = drawn(field, now.get(field.attribute))
        wishes, said = self.wishes()
        self.initial |= wishes
        pointed_at = [name for name in wishes if said and name not in OWN]
        for name in pointed_at:
            self.fields[name].help_text = said
        self.order_fields([*pointed_at, *(f.attribute for f in corrections.CORRECTED[:6]), *OWN])

    def wishes(self) -> tuple[dict, str]:
        """What the difference with the national system that led here asks for, and both sides in words; nothing for a
        draft already kept."""
        from .agreement.prefill import wishes_of

        return ({}, "") if self.instance.pk else wishes_of(self.initial.get("difference"), self.child)

    def present_values(self) -> dict:
        """The record as it stands, with what the draft asks for already; a number is never filled in."""
        asked = {}
        if self.instance.pk:
            rows = self.instance.items.all()
            asked = {item.field: corrections.wanted(item, self.child) for item in rows}
        self.held_number = asked.pop(corrections.NUMBER, "")
        stored = {f.attribute: getattr(self.child, f.attribute) for f in corrections.CORRECTED}
        return stored | asked | {corrections.NUMBER: ""}

    def clean(self):
        typed = super().clean() or self.cleaned_data
        changes = {}
        for field in corrections.CORRECTED:
            if field.attribute in typed and field.attribute != corrections.NUMBER:
                changes[field.attribute] = self.read(field, typed[field.attribute])
        number = typed.get(corrections.NUMBER) or self.held_number
        if number:
            changes[corrections.NUMBER] = number
        own = {name: typed[name] for name in OWN if name in typed}
        return own | {"changes": corrections.asked_of(self.child, changes)}

    def read(self, field: Field, raw):
        """What was typed, read as the import reads a cell; what cannot be read is an error of its field."""
        present = getattr(self.child, field.attribute)
        if raw == words_typed(present):
            return present
        blank = None if field.type in ("bool", "date", "distance") else ""
        if raw in (None, ""):
            if field.own_name in ("name", "sex", "birth_date", "id_type"):
                self.add_error(field.attribute, f"{field.label}不能为空。")
            return blank
        if field.type == "date":
            return raw
        values, verdicts = normalise_column(field, [raw], Setting(False, clock.today()))
        said: Verdict | None = verdicts.get(0)
        if said and said.level == "error":
            self.add_error(field.attribute, f"{said.message}。{said.remedy}")
        return blank if values[0] is None else values[0]


def words_typed(value) -> str:
    """A stored value as the form shows it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def drawn(field: Field, value) -> forms.Field:
    """A field of the record as a form field that shows `value`."""
    common = {"label": field.label, "required": False}
    if field.type == "date":
        return forms.DateField(widget=day_input(), initial=value, **common)
    if field.attribute == corrections.NUMBER:
        return forms.CharField(max_length=40, help_text="不变更则留空；变更时填新号码全文。", **common)
    if field.type == "bool":
        return forms.ChoiceField(choices=YES_NO, initial=words_typed(value), **common)
    if field.type == "code":
        offered = codes.choices(field.code_table)
        if value and value not in dict(offered):
            offered = [*offered, (value, codes.table(field.code_table).name_of(value) or value)]
        return forms.ChoiceField(choices=[("", "未填"), *offered], initial=value or "", **common)
    return forms.CharField(max_length=field.max_length or 60, initial=words_typed(value), **common)
