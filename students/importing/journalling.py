"""What an import changed in the records, written into the journal, so that it can be put back as a whole."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from jianping_xueji import vault
from jianping_xueji.vault import columns
from students.importing.bulk import copy_in
from students.importing.records import AnyOf
from students.models import FamilyMember, RecordEntry, Student

_COLUMNS = ("case_id", "child_id", "table", "row", "before", "after")
_NOT_KEPT = ("id", "id_cipher")


def keep(case, updates: Sequence) -> None:
    """One entry for every row of the record that these updates changed or made, in the manner of `students.journal`."""
    copy_in(RecordEntry, _COLUMNS, [(case.pk, *line) for line in _lines(updates)])


def _lines(updates: Sequence) -> Iterator[tuple[int, str, int, str | None, str]]:
    made = _made_members(updates)
    for each in updates:
        own = {c.field.attribute: (c.old, c.new) for c in each.changes if not c.field.member}
        if own:
            yield each.child.pk, "student", each.child.pk, *_pair(own)
        for member in sorted({c.field.member for c in each.changes if c.field.member}):
            known = each.child.members.get(member)
            if known:
                yield each.child.pk, "family", known["id"], *_pair(_of_member(each.changes, member, known), known)
            elif row := made.get((each.child.pk, member)):
                yield each.child.pk, "family", row["id"], None, _plain({k: row[k] for k in row if k not in _NOT_KEPT})


def _of_member(changes: Sequence, member: int, known: dict) -> dict[str, tuple[Any, Any]]:
    """Column → before and after; of a number the last four, its cipher goes along under the child's own key."""
    found = {}
    for change in changes:
        if change.field.member != member:
            continue
        if change.field.own_name == "id_number":
            found["id_tail"] = (known["id_tail"], vault.tail(change.new) if change.new else "")
        else:
            found[change.field.own_name] = (change.old, change.new)
    return found


def _pair(values: dict[str, tuple[Any, Any]], known: dict | None = None) -> tuple[str, str]:
    before = {name: old for name, (old, _) in values.items()}
    if known and "id_tail" in values:
        before["id_cipher"] = known["id_cipher"] and bytes(known["id_cipher"]).hex()
    return _plain(before), _plain({name: _as_kept(name, new) for name, (_, new) in values.items()})


def _as_kept(name: str, value: Any) -> Any:
    """A number with the decimals its column keeps, so that what is read back compares equal."""
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1).scaleb(-Student._meta.get_field(name).decimal_places))


def _made_members(updates: Sequence) -> dict[tuple[int, int], dict]:
    """The members that were copied in for children on record."""
    wanted = {each.child.pk for each in updates if _brings_member(each)}
    rows = FamilyMember.objects.filter(AnyOf("student_id", wanted)).values() if wanted else []
    return {(row["student_id"], row["position_in_form"]): row for row in rows}


def _brings_member(each) -> bool:
    return any(c.field.member and c.field.member not in each.child.members for c in each.changes)


def _plain(values: dict) -> str:
    return json.dumps(columns.sealed(values), ensure_ascii=False, cls=DjangoJSONEncoder)
