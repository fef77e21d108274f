"""What the county already knows about the children of a workbook, fetched in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Value
from django.db.models.functions import Coalesce

from approvals.models import CaseSubject
from jianping_xueji import vault
from students.dictionary.fields import FIELDS, Field
from students.importing.workbook import ParsedRow
from students.models import FamilyMember, NumberKind, Placement, RegistrationEntry, Student, StudentNumber

_STUDENT_COLUMNS = {column.attname for column in Student._meta.concrete_fields}
_MEMBER_COLUMNS = {column.attname for column in FamilyMember._meta.concrete_fields}
# The pinyin is always our own, made from the name.
OWN_FIELDS: tuple[Field, ...] = tuple(
    each for each in FIELDS if each.attribute in _STUDENT_COLUMNS and each.attribute != "name_pinyin"
)
MEMBER_FIELDS: dict[int, tuple[Field, ...]] = {
    member: tuple(each for each in FIELDS if each.member == member and each.own_name in _MEMBER_COLUMNS)
    for member in (1, 2)
}
MEMBERS = tuple(MEMBER_FIELDS)
_NULLABLE = ("bool", "distance")


def blank_of(field: Field) -> Any:
    """How an empty field is stored."""
    return None if field.type in _NULLABLE else ""


# Per member: attribute in the sheet, column of the table, blank.
MEMBER_CELLS = {
    member: tuple((each.attribute, each.own_name, blank_of(each)) for each in fields)
    for member, fields in MEMBER_FIELDS.items()
}

Triple = tuple[str, str, date]


class AnyOf(Func):
    """`column = ANY(array)`: one parameter however many values, where IN would bind ten thousand."""

    template, arg_joiner, output_field = "%(expressions)s)", " = ANY(", BooleanField()

    def __init__(self, column: str, values: Iterable[Any]):
        super().__init__(F(column), Value(list(values)))


class AnyOfThousands(Func):
    """The same for a whole county: the array travels as one text, where the driver would look at every element.

    `kind` is the type of the column in PostgreSQL; no value holds the separator, a control character.
    """

    template, arg_joiner, output_field = (
        "%(expressions)s, chr(31))::%(kind)s[])",
        " = ANY(string_to_array(",
        BooleanField(),
    )

    def __init__(self, column: str, values: Iterable[Any], kind: str):
        words = ("\\x" + each.hex() if isinstance(each, bytes) else str(each) for each in values)
        super().__init__(F(column), Value("\x1f".join(words)), kind=kind)


@dataclass(slots=True)
class Fingerprint:
    """By what a row may be recognised: blind indexes of its numbers, and name, sex, birth date."""

    id_number: bytes | None
    registry_number: bytes | None
    triple: Triple | None

    @classmethod
    def of(cls, row: ParsedRow) -> "Fingerprint":
        values = row.values
        triple = (values.get("name"), values.get("sex"), values.get("birth_date"))
        number, registry = values.get("id_number"), values.get("registry_number")
        return cls(
            vault.index(number, NumberKind.ID) if number else None,
            vault.index(registry, NumberKind.REGISTRY) if registry else None,
            triple if all(triple) else None,
        )


@dataclass(slots=True)
class Namesake:
    """A child of the same name, sex and birth date."""

    pk: int
    school_id: int
    has_id: bool


@dataclass(slots=True)
class KnownChild:
    """A child of the county as stored, numbers as blind indexes."""

    values: dict[str, Any]
    school_name: str
    numbers: dict[str, bytes] = field(default_factory=dict)
    tails: dict[str, str] = field(default_factory=dict)
    members: dict[int, dict[str, Any]] = field(default_factory=dict)
    class_id: int | None = None
    batch: Any = None
    open_case: Any = None

    @property
    def pk(self) -> int:
        return self.values["id"]

    @property
    def school_id(self) -> int:
        return self.values["school_id"]

    @property
    def status(self) -> str:
        return self.values["status"]

    @property
    def wrapped_key(self) -> bytes:
        return bytes(self.values["wrapped_key"])


@dataclass(slots=True)
class Records:
    """Everything known that may concern one workbook."""

    prints: list[Fingerprint]
    holders: dict[bytes, int]
    namesakes: dict[Triple, list[Namesake]]
    children: dict[int, KnownChild]


def look_up(rows: Sequence[ParsedRow]) -> Records:
    """Find every child that a row may mean, wherever in the county it lives."""
    prints = [Fingerprint.of(row) for row in rows]
    holders = holders_of(index for each in prints for index in (each.id_number, each.registry_number) if index)
    strangers = [p for p in prints if p.id_number not in holders and p.registry_number not in holders]
    namesakes = namesakes_of({each.triple for each in strangers if each.triple})
    wanted = set(holders.values()) | {each.pk for group in namesakes.values() for each in group}
    return Records(prints, holders, namesakes, children_of(wanted))


# Never became a record, or is none any more: the number may be brought again.
_NO_RECORD = (Student.Status.REJECTED, Student.Status.DELETED)


def holders_of(indexes: Iterable[bytes]) -> dict[bytes, int]:
    """Blind index → child. A number once held still means its child, unless another one holds it now."""
    rows = StudentNumber.objects.filter(AnyOfThousands("index", indexes, "bytea")).exclude(
        student__status__in=_NO_RECORD
    )
    meant = Coalesce("student__merged_into__merged_into", "student__merged_into", "student")
    found: dict[bytes, int] = {}
    for index, student, until in rows.order_by("-until").values_list("index", meant, "until"):
        if until is None or bytes(index) not in found:
            found[bytes(index)] = student
    return found


def namesakes_of(triples: set[Triple]) -> dict[Triple, list[Namesake]]:
    """Children with the same name, sex and birth date."""
    with_id = StudentNumber.objects.filter(student=OuterRef("pk"), kind=NumberKind.ID, until=None)
    rows = (
        Student.objects.filter(
            AnyOfThousands("name", {t[0] for t in triples}, "text"),
            AnyOfThousands("birth_date", {t[2] for t in triples}, "date"),
        )
        .exclude(status__in=[*_NO_RECORD, Student.Status.MERGED])
        .annotate(has_id=Exists(with_id))
        .order_by("pk")
    )
    found: dict[Triple, list[Namesake]] = defaultdict(list)
    for name, sex, birth, *rest in rows.values_list("name", "sex", "birth_date", "pk", "school_id", "has_id"):
        if (name, sex, birth) in triples:
            found[name, sex, birth].append(Namesake(*rest))
    return dict(found)


def children_of(ids: set[int]) -> dict[int, KnownChild]:
    """The children with all that a difference may be found in."""
    wanted = sorted(ids)
    rows = Student.objects.filter(AnyOf("pk", wanted)).values(*_STUDENT_COLUMNS, "school__name")
    children = {row["id"]: KnownChild(row, row["school__name"]) for row in rows}
    _add_numbers(children, wanted)
    for row in FamilyMember.objects.filter(AnyOf("student_id", wanted)).values(*_MEMBER_COLUMNS):
        children[row["student_id"]].members[row["position_in_form"]] = row
    _add_places(children, wanted)
    return children


def _add_numbers(children: dict[int, KnownChild], ids: list[int]) -> None:
    rows = StudentNumber.objects.filter(AnyOf("student_id", ids), until=None)
    for student, kind, index, tail in rows.values_list("student_id", "kind", "index", "tail"):
        children[student].numbers[kind] = bytes(index)
        children[student].tails[kind] = tail


def _add_places(children: dict[int, KnownChild], ids: list[int]) -> None:
    """The class of each child, and for the pending ones the case in which they wait."""
    placed = Placement.objects.filter(AnyOf("enrolment__student_id", ids), ends=None, enrolment__voided=False)
    for student, class_id in placed.values_list("enrolment__student_id", "school_class_id"):
        children[student].class_id = class_id
    pending = [pk for pk in ids if children[pk].status == Student.Status.PENDING]
    for entry in RegistrationEntry.objects.filter(AnyOf("student_id", pending)).select_related("registration"):
        children[entry.student_id].batch = entry.registration
        children[entry.student_id].class_id = entry.school_class_id
    subjects = CaseSubject.objects.filter(AnyOf("child_id", pending), blocking=True).select_related("case")
    for subject in subjects:
        children[subject.child_id].open_case = subject.case
