"""基本信息变更 (第十二条): which fields can be asked for, how a wish is cleaned and kept, what the decision writes."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from approvals.errors import Refused
from jianping_xueji import vault
from jianping_xueji.vault import columns
from law import clock

from . import freeze, idnumber
from .dictionary.fields import FIELDS, KEY, ORDINARY, Field, by_attribute
from .enrolments import sealed_number
from .importing.names import clean_name
from .models.child import NumberKind, Student, StudentNumber, number_aad
from .record import in_words
from .spelling import initials_of, pinyin_of

NUMBER = "id_number"
_COLUMNS = {column.name for column in Student._meta.concrete_fields}
# The child's own fields that are neither kept up to date each term (第十三条) nor the system's.
CORRECTED: tuple[Field, ...] = tuple(
    sorted(
        (
            field
            for field in FIELDS
            if not field.member
            and field.route in (KEY, ORDINARY)
            and (field.attribute in _COLUMNS or field.attribute == NUMBER)
        ),
        key=lambda field: (freeze.KEY_FIELDS + (field.attribute,)).index(field.attribute),
    )
)


def asked_of(child: Student, changes: dict[str, Any]) -> dict[str, Any]:
    """The wishes cleaned, without those that say what the record says already."""
    cleaned = {name: cleaned_of(name, value) for name, value in changes.items()}
    return {name: value for name, value in cleaned.items() if differs(child, name, value)}


def cleaned_of(name: str, value: Any) -> Any:
    """Dots and rare characters of a name, letters and spaces of a number, as records hold them."""
    if name in ("name", "former_name"):
        return clean_name(value)
    return idnumber.normalise(value) if name == NUMBER else value


def differs(child: Student, name: str, value: Any) -> bool:
    """A number is compared by its blind index: nothing is opened to find that it differs."""
    if name != NUMBER:
        return getattr(child, name) != value
    held = child.id_number
    return bool(value) and (held is None or bytes(held.index) != vault.index(value, NumberKind.ID))


def faults_of_number(child: Student, changes: dict[str, Any], on: date) -> list[str]:
    """What is wrong with the number as it would stand, by the rules of its type, and what it contradicts."""
    if not {NUMBER, "id_type", "sex", "birth_date"} & changes.keys():
        return []
    kind = changes.get("id_type", child.id_type)
    number = changes.get(NUMBER) or (child.id_number.plain() if child.id_number else "")
    faults = []
    if {NUMBER, "id_type"} & changes.keys():
        faults = [p.message for p in idnumber.check(number, kind, today=on) if p.level == idnumber.ERROR]
    return faults or (contradictions(child, changes, number) if kind == idnumber.RESIDENT else [])


def contradictions(child: Student, changes: dict[str, Any], number: str) -> list[str]:
    """Birth date and sex inside a resident number against those of the record as it would stand."""
    birth, sex = idnumber.birth_of(number), idnumber.sex_of(number)
    found = []
    if birth and birth != changes.get("birth_date", child.birth_date):
        found.append("身份证号码中的出生日期与所填出生日期不一致")
    if sex and sex != changes.get("sex", child.sex):
        found.append("身份证号码中的性别与所填性别不一致")
    return found


def holder_elsewhere(child: Student, number: str) -> str:
    """The school at which another child uses this number now; "" when it is free."""
    held = StudentNumber.objects.filter(kind=NumberKind.ID, index=vault.index(number, NumberKind.ID), until=None)
    row = held.exclude(student=child).select_related("student__school").first()
    return str(row.student.school) if row else ""


def keep_items(case, child: Student, changes: dict[str, Any]) -> None:
    """Replace the items of a draft."""
    case.items.all().delete()
    case.items.bulk_create([item_of(case, child, name, value) for name, value in changes.items()])


def item_of(case, child: Student, name: str, value: Any):
    """One field before and after; of a number the last four digits, and the new one sealed under the child's key."""
    model = case.items.model
    if name != NUMBER:
        before, after = (columns.sealed_as(name, each) for each in (getattr(child, name), value))
        return model(case=case, field=name, before=before, after=after)
    held = child.id_number
    return model(
        case=case,
        field=name,
        before=held.tail if held else "",
        after=vault.tail(value),
        cipher=vault.seal(bytes(child.wrapped_key), value, number_aad(NumberKind.ID)),
    )


def changes_of(case) -> dict[str, Any]:
    """The items as values of the record; a number is opened."""
    child = case.child
    return {item.field: wanted(item, child) for item in case.items.all()}


def wanted(item, child: Student) -> Any:
    if item.field == NUMBER:
        return vault.open_(bytes(child.wrapped_key), bytes(item.cipher), number_aad(NumberKind.ID))
    return typed(by_attribute(item.field), columns.opened_as(item.field, item.after))


def typed(field: Field, value: Any) -> Any:
    """A value as JSON keeps it → as the column holds it."""
    if value in (None, ""):
        return value
    if field.type == "date":
        return date.fromisoformat(value)
    return Decimal(value) if field.type == "distance" else value


def words_of_item(item) -> tuple[str, str, str]:
    """Label, before and after as people read them; numbers masked."""
    field = by_attribute(item.field)
    if item.field == NUMBER:
        return field.label, *(vault.mask(tail) if tail else "" for tail in (item.before, item.after))
    sides = (columns.opened_as(item.field, value) for value in (item.before, item.after))
    return field.label, *(in_words(field, typed(field, value)) for value in sides)


def carry_out(case) -> None:
    """Write the items into the record. The 学籍号 stays whatever the ID number becomes; the old number still finds."""
    child, changes = case.child, changes_of(case)
    number = changes.pop(NUMBER, "")
    with freeze.declared(exempt=case.pk if case.exception_rules else None):
        if changes:
            Student.objects.filter(pk=child.pk).update(**changes, **follows(case, child, changes))
        if number:
            replace_number(child, number)


def follows(case, child: Student, changes: dict[str, Any]) -> dict[str, str]:
    """What a new name brings with it: its spelling, and the old one as 曾用名 unless it was only mistyped."""
    if "name" not in changes:
        return {}
    spelled = {"name_pinyin": pinyin_of(changes["name"]), "name_initials": initials_of(changes["name"])}
    was_borne = case.ground == case.Ground.CHANGED and "former_name" not in changes
    return spelled | ({"former_name": child.name} if was_borne else {})


def replace_number(child: Student, number: str) -> None:
    """The old number is ended and kept, the new one begins. Raises Refused when another child took it just now."""
    today = clock.today()
    try:
        with transaction.atomic():
            StudentNumber.objects.filter(student=child, kind=NumberKind.ID, until=None).update(until=today)
            sealed_number(child, NumberKind.ID, number, today).save()
    except IntegrityError as error:
        if "number_held_by_one_child" not in str(error):
            raise
        raise Refused("该证件号刚刚由另一名学生启用，请刷新后核对（第八条）。") from error
