"""Carrying out a plan: pending children by COPY, changes by one UPDATE per table. Called by the case's fill."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pghistory
from django.db import IntegrityError, transaction

from approvals.errors import Refused
from approvals.models import CaseSubject
from approvals.services import lock_children
from jianping_xueji import vault
from law import articles, clock
from students.importing import journalling
from students.importing.bulk import blank_line, change_rows, copy_in, no_trigger_is_ignored, take_ids
from students.importing.cells import CLEAR
from students.importing.collector import collector_paused
from students.importing.records import MEMBER_CELLS, MEMBERS, OWN_FIELDS, Fingerprint
from students.importing.workbook import ParsedRow
from students.models import FamilyMember, NumberKind, RegistrationEntry, Student, StudentNumber
from students.models.child import FAMILY_ID_AAD, new_slugs, number_aad
from students.spelling import spellings_of

TOLD_EVERY = 500
_NUMBER_COLUMNS = ("student_id", "kind", "cipher", "index", "tail", "letter", "since")


_BLANK_MEMBER = blank_line(FamilyMember)
# Attribute and blank; then what every new child gets besides.
_OWN = tuple((field.attribute, blank_line(Student)[field.attribute]) for field in OWN_FIELDS)
_FILLED = (*(attribute for attribute, _ in _OWN), "name_pinyin", "name_initials", "id", "slug", "wrapped_key")


def write(plan, case) -> dict[str, int]:
    """New children, their numbers, families and places in the case; then the changes of children on record.

    Raises Refused when somebody registered one of the numbers in the meantime; nothing has happened then.
    """
    try:
        with transaction.atomic(), pghistory.context(user=case.acting.pk, case=case.number):
            no_trigger_is_ignored()
            create(plan.creates, plan.marks, case, plan.tell)
            update(plan.updates, case)
    except IntegrityError as error:
        raise Refused(
            f"名册中有号码刚刚由他人登记，本次没有写入。请重新预览后再提交（{articles.NO_FALSE_RECORD}）。"
        ) from error
    return {name: plan.counts[name] for name in ("rows", "create", "update", "unchanged", "error")}


# --- new children ----------------------------------------------------------------------------------------------------


@collector_paused()
def create(
    rows: Sequence[ParsedRow], marks: Mapping[int, Fingerprint], case, tell=lambda phase, done, total: None
) -> None:
    """Pending children of a batch, in the order of the sheet, their numbers with the indexes by which they were looked
    for; `tell` hears how many are written."""
    if not rows:
        return
    ids, today = take_ids(Student, len(rows)), clock.today()
    keys = [vault.new_child_key() for _ in rows]
    newcomers = list(zip(ids, keys, rows, strict=True))
    _copy_students(newcomers, case.lead_school_id, tell)
    numbers = (line for pk, key, row in newcomers for line in _number_lines(pk, key, row, marks[row.row_no], today))
    copy_in(StudentNumber, _NUMBER_COLUMNS, numbers)
    _copy_members(
        member_values(pk, key, row, member)
        for pk, key, row in newcomers
        for member in MEMBERS
        if row.values.get(f"member{member}.name")
    )
    copy_in(CaseSubject, ("case_id", "child_id", "blocking"), [(case.pk, pk, True) for pk in ids])
    copy_in(
        RegistrationEntry,
        ("registration_id", "student_id", "school_class_id", "sheet_row"),
        [(case.pk, pk, row.values["class_number"], row.row_no) for pk, _, row in newcomers],
    )


def counted(phase: str, items: Sequence, tell) -> Iterator:
    """The same, counted aloud on the way."""
    for done, each in enumerate(items):
        if done % TOLD_EVERY == 0:
            tell(phase, done, len(items))
        yield each


def _copy_students(newcomers: Sequence[tuple[int, bytes, ParsedRow]], school_id: int, tell) -> None:
    blank = {"id": None} | blank_line(Student) | {"school_id": school_id, "status": Student.Status.PENDING.value}
    lines = (
        [*_own_values(row), pk, slug, key]
        for (pk, key, row), slug in zip(counted("写入", newcomers, tell), new_slugs(len(newcomers)), strict=True)
    )
    rest = {name: value for name, value in blank.items() if name not in _FILLED and value is not None}
    copy_in(Student, [*_FILLED, *rest], ([*line, *rest.values()] for line in lines))


def _own_values(row: ParsedRow) -> list[Any]:
    """The child's own columns that the sheet fills, in the order of _FILLED, and the spellings of the name."""
    get, name = row.values.get, row.values["name"]
    told = [blank if (value := get(each)) is None or value == CLEAR else value for each, blank in _OWN]
    return [*told, *spellings_of(name)]


def _number_lines(pk: int, key: bytes, row: ParsedRow, mark: Fingerprint, today: date):
    """Sealed number rows: ciphertext under the child's key, blind index, last four."""
    get = row.values.get
    for kind, number, index in (
        (NumberKind.ID, get("id_number"), mark.id_number),
        (NumberKind.REGISTRY, get("registry_number"), mark.registry_number),
    ):
        if number and number != CLEAR:
            cipher = vault.seal(key, number, number_aad(kind))
            letter = number[0] if kind == NumberKind.REGISTRY else ""
            yield (pk, kind.value, cipher, index, vault.tail(number), letter, today)


def member_values(pk: int, key: bytes, row: ParsedRow, member: int) -> dict[str, Any]:
    """All columns of a family member."""
    values = _BLANK_MEMBER | {"student_id": pk, "position_in_form": member}
    for attribute, column, blank in MEMBER_CELLS[member]:
        value = row.values.get(attribute)
        values[column] = blank if value is None or value == CLEAR else value
    return values | sealed_id(key, row.values.get(f"member{member}.id_number"))


def sealed_id(key: bytes, number: str | None) -> dict[str, Any]:
    """The columns of a family member's ID number."""
    if number in (None, "", CLEAR):
        return {"id_cipher": None, "id_tail": ""}
    return {"id_cipher": vault.seal(key, number, FAMILY_ID_AAD), "id_tail": vault.tail(number)}


def _copy_members(members: Iterable[dict[str, Any]]) -> None:
    copy_in(FamilyMember, list(_BLANK_MEMBER), (list(each.values()) for each in members))


# --- children on record ----------------------------------------------------------------------------------------------


def update(updates: Sequence, case) -> None:
    """Non-key fields of children on record, under their locks; a family member may be new. Each row is journalled."""
    if not updates:
        return
    lock_children([each.child.pk for each in updates])
    own: dict[int, dict[str, Any]] = {}
    members: dict[int, dict[str, Any]] = {}
    newcomers = []
    for each in updates:
        if mine := {c.field.attribute: c.new for c in each.changes if not c.field.member}:
            own[each.child.pk] = mine
        for member in {c.field.member for c in each.changes if c.field.member}:
            known = each.child.members.get(member)
            if known:
                members[known["id"]] = _member_changes(each, member)
            else:
                newcomers.append(member_values(each.child.pk, each.child.wrapped_key, each.row, member))
    change_rows(Student, own)
    change_rows(FamilyMember, members)
    _copy_members(newcomers)
    journalling.keep(case, updates)


def _member_changes(each, member: int) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for change in each.changes:
        if change.field.member != member:
            continue
        if change.field.own_name == "id_number":
            changed |= sealed_id(each.child.wrapped_key, change.new)
        else:
            changed[change.field.own_name] = change.new
    return changed
