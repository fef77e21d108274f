"""What a row says otherwise than the record: changes that an import may make, and those that need their own case."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jianping_xueji import vault
from law import articles
from students.dictionary import codes
from students.dictionary.fields import KEY, SYSTEM, Field, by_attribute
from students.importing.cells import CLEAR, Verdict
from students.importing.findings import ERROR, WARNING, masked
from students.importing.records import MEMBER_CELLS, MEMBER_FIELDS, MEMBERS, OWN_FIELDS, KnownChild, blank_of
from students.models import NumberKind
from students.models.child import FAMILY_ID_AAD

_ID_NUMBER = {member: by_attribute(f"member{member}.id_number") for member in MEMBERS}
_NAME = {member: f"member{member}.name" for member in MEMBERS}
_SAID = {member: tuple(name for name, _, _ in MEMBER_CELLS[member]) for member in MEMBERS}
_TO_CORRECTION = f"请走基础信息变更（{articles.CORRECTION}），本次导入不改"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a record: as stored, and as the row says (CLEAR already turned into its blank)."""

    field: Field
    old: Any
    new: Any

    def as_dict(self) -> dict[str, str]:
        """For the preview: words instead of codes, numbers masked."""
        return {"label": self.field.label, "old": shown(self.field, self.old), "new": shown(self.field, self.new)}


Remark = tuple[str, Verdict]


def shown(field: Field, value: Any) -> str:
    """A stored value as people read it."""
    if value in (None, ""):
        return ""
    if field.confidential:
        return masked(str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.code_table:
        return codes.table(field.code_table).name_of(str(value)) or str(value)
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)


def stored(field: Field, value: Any) -> Any:
    """A value of the row as the table keeps it; an empty cell and <清空> are both blank."""
    return blank_of(field) if value is None or value == CLEAR else value


def compare(values: dict[str, Any], child: KnownChild) -> tuple[list[Change], list[Remark]]:
    """Changes of the child and its family, and remarks on what is not applied. An empty cell says nothing."""
    changes: list[Change] = []
    remarks = _number_remarks(values, child)
    for field in OWN_FIELDS:
        value = values.get(field.attribute)
        if value is None:
            continue
        old, new = child.values[field.attribute], stored(field, value)
        if old == new:
            continue
        if field.route == KEY:
            remarks.append((field.attribute, _key_remark(field, shown(field, old), shown(field, new))))
        elif field.route != SYSTEM:
            changes.append(Change(field, old, new))
    for member in MEMBERS:
        changes += _member_changes(values, child, member)
    return changes, remarks


def _key_remark(field: Field, old: str, new: str) -> Verdict:
    message = f"{field.label}与学籍不一致：学籍中为“{old or '空'}”，表中为“{new or '空'}”"
    return Verdict(WARNING, "key_change", message, _TO_CORRECTION)


def key_changes(values: dict[str, Any], remarks: list[Remark]) -> dict[str, Any]:
    """attribute → new value of the key fields that were remarked upon; what a row wants emptied is no wish."""
    return {
        attribute: values[attribute]
        for attribute, verdict in remarks
        if verdict.code == "key_change" and values.get(attribute) not in (None, CLEAR)
    }


def _number_remarks(values: dict[str, Any], child: KnownChild) -> list[Remark]:
    """Numbers are compared by blind index: nothing is opened to find that they differ."""
    remarks: list[Remark] = []
    number, registry = values.get("id_number"), values.get("registry_number")
    if number and (number == CLEAR or vault.index(number, NumberKind.ID) != child.numbers.get(NumberKind.ID)):
        field = by_attribute("id_number")
        old = vault.mask(child.tails.get(NumberKind.ID, ""))
        remarks.append(("id_number", _key_remark(field, old, "" if number == CLEAR else masked(number))))
    held = child.numbers.get(NumberKind.REGISTRY)
    if registry and held and vault.index(registry, NumberKind.REGISTRY) != held:
        message = "学籍号与系统中的不一致，导入不更改学籍号"
        remarks.append(("registry_number", Verdict(WARNING, "registry_differs", message, "请核对是否填错了学生")))
    wanted = values.get("class_number")
    if wanted and child.class_id and wanted != child.class_id:
        message = "班级与系统中的不一致，导入不调整在籍学生的班级"
        remarks.append(("class_number", Verdict(WARNING, "class_differs", message, "需要调班的，请按分班办理")))
    return remarks


def _member_changes(values: dict[str, Any], child: KnownChild, member: int) -> list[Change]:
    known = child.members.get(member, {})
    if not known and not values.get(f"member{member}.name"):
        return []
    changes = []
    for field in MEMBER_FIELDS[member]:
        value = values.get(field.attribute)
        if value is None:
            continue
        old, new = known.get(field.own_name, blank_of(field)), stored(field, value)
        if old != new and not _only_coarser(field, old, new):
            changes.append(Change(field, old, new))
    return changes + _member_number(values.get(_ID_NUMBER[member].attribute), child, known, member)


def _only_coarser(field: Field, old: Any, new: Any) -> bool:
    """The template knows five relations, the record keeps the finer one: 祖父母 does not overwrite 祖父."""
    if field.own_name != "relation" or not old:
        return False
    return codes.table(field.code_table).name_of(new) == codes.template_relation(old)


def _member_number(value: str | None, child: KnownChild, known: dict, member: int) -> list[Change]:
    """A family member's number has no index: only where the last four agree is the cipher opened."""
    if value is None:
        return []
    new, tail = stored(_ID_NUMBER[member], value), known.get("id_tail", "")
    if (new and tail == vault.tail(new) and _opened(child, known) == new) or new == tail == "":
        return []
    return [Change(_ID_NUMBER[member], vault.mask(tail), new)]


def _opened(child: KnownChild, known: dict) -> str:
    return vault.open_(child.wrapped_key, known["id_cipher"], FAMILY_ID_AAD)


def incomplete(values: dict[str, Any], child: KnownChild | None) -> list[Remark]:
    """What may not be cleared, and family members without a name. These rows are not imported."""
    remarks: list[Remark] = []
    cleared = [name for name, value in values.items() if value == CLEAR] if CLEAR in values.values() else []
    for attribute in cleared:
        if _must_stay(by_attribute(attribute), child):
            verdict = Verdict(ERROR, "cannot_clear", "必填项不能清空", "请填写新的内容，或留空表示不改")
            remarks.append((attribute, verdict))
    for member in MEMBERS:
        if values.get(_NAME[member]) or (child and child.members.get(member)):
            continue
        if _says_something(values, member):
            message = f"成员{'一二'[member - 1]}填了内容而没有姓名"
            remarks.append((f"member{member}.name", Verdict(ERROR, "member_unnamed", message, "请补填成员姓名")))
    return remarks


def _must_stay(field: Field, child: KnownChild | None) -> bool:
    """Required fields; of a child on record the key fields have their own remark already."""
    if child and field.route == KEY:
        return False
    return field.required == "Y" or field.own_name == "name"


def _says_something(values: dict[str, Any], member: int) -> bool:
    """A bare 否 under 是否监护人 is how empty members look in some exports."""
    return any(value != CLEAR for value in filter(None, map(values.get, _SAID[member])))
