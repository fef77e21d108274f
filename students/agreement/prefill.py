"""What a difference asks a correction for: the national system's value, to be checked against the 户口簿 by people."""

from ..dictionary.fields import by_attribute
from .models import Difference

NOTE = "与全国系统对账发现不一致，已核对户口簿"


def wishes_of(pk: object, child) -> dict[str, str]:
    """field → value as the form of a correction shows it; {} unless the difference is this child's and of a field.

    A number is never filled in: only its fingerprint is known here.
    """
    if not (isinstance(pk, str) and pk.isascii() and pk.isdecimal() and len(pk) < 18):
        return {}
    found = Difference.objects.filter(pk=int(pk), student=child, what=Difference.What.DIFFERS).first()
    if found is None or found.field in ("id_number", "registry_number", "school_code", "class_number"):
        return {"reason_note": NOTE} if found else {}
    value = found.theirs
    if by_attribute(found.field).type == "bool":
        value = {"true": "是", "false": "否"}.get(value, "")
    return {found.field: value, "reason_note": NOTE, "ground": "mistyped"}
