"""What a difference asks a correction for: the national system's value, to be checked against the 户口簿 by people."""

from django.utils.html import format_html

from ..dictionary.fields import by_attribute
from .models import Difference
from .presenting import words_of

NOTE = "与全国系统对账发现不一致，已核对户口簿"


def wishes_of(pk: object, child) -> tuple[dict[str, str], str]:
    """field → value as the form of a correction shows it, and both sides in words; nothing unless the difference is
    this child's and of a field.

    A number is never filled in: only its fingerprint is known here.
    """
    if not (isinstance(pk, str) and pk.isascii() and pk.isdecimal() and len(pk) < 18):
        return {}, ""
    found = Difference.objects.filter(pk=int(pk), student=child, what=Difference.What.DIFFERS).first()
    if found is None or found.field in ("id_number", "registry_number", "school_code", "class_number"):
        return ({"reason_note": NOTE} if found else {}), ""
    value = found.theirs
    if by_attribute(found.field).type == "bool":
        value = {"true": "是", "false": "否"}.get(value, "")
    return {found.field: value, "reason_note": NOTE, "ground": "mistyped"}, said_by_both(found)


def said_by_both(found: Difference) -> str:
    """What the field was filled with and what stands on record, escaped: half of it comes from an upload."""
    ours, theirs = (words_of(found, value) or "空" for value in (found.ours, found.theirs))
    return format_html("对账带来：本县为“{}”，已按全国系统填作“{}”，请对照户口簿。", ours, theirs)
