"""The fields of the child's record: what CEIMS calls them, what we call them, how a change may travel."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from students.dictionary.tables import rows_of

# How an imported difference may reach an existing record.
KEY, VOLATILE, ORDINARY, SYSTEM = "key", "volatile", "ordinary", "system"

_DECORATION = re.compile(r"[\s*★☆·:：()\[\]【】“”\"']+")
_BRACKETED = re.compile(r"\([^)]*\)|【[^】]*】")
_MEMBER_DIGITS = str.maketrans("一二", "12")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the 学生基本信息表.

    `attribute` is our English name ("birth_date", "member1.phone"); `type` chooses the normaliser;
    `required` is Y, C (depends on another field) or N; `route` says whether an import may change
    it (volatile, ordinary), must open a correction case (key) or only reads it (system).
    """

    field_id: str
    attribute: str
    label: str
    group: str
    paper_no: str
    required: str
    type: str
    code_table: str
    max_length: int | None
    route: str

    @property
    def member(self) -> int:
        """1 or 2 for a family member's field, 0 for the child's own."""
        return int(self.attribute[6]) if self.attribute.startswith("member") else 0

    @property
    def own_name(self) -> str:
        """The attribute without its owner: "phone" for "member1.phone"."""
        return self.attribute.rpartition(".")[2]

    @property
    def confidential(self) -> bool:
        """True for numbers that are never shown in full."""
        return self.type in ("id_number", "registry_number")


def _load() -> tuple[Field, ...]:
    fields = []
    for row in rows_of("fields"):
        row["max_length"] = int(row["max_length"]) if row["max_length"] else None
        fields.append(Field(**row))
    return tuple(fields)


FIELDS: tuple[Field, ...] = _load()
_BY_ATTRIBUTE = {field.attribute: field for field in FIELDS}
_BY_ID = {field.field_id: field for field in FIELDS}


def by_attribute(attribute: str) -> Field:
    """The field called `attribute`; KeyError when there is none."""
    return _BY_ATTRIBUTE[attribute]


def by_id(field_id: str) -> Field:
    """The field with the pinyin id of the national dictionary; KeyError when there is none."""
    return _BY_ID[field_id]


def plain_header(text: str) -> str:
    """A header as compared: full-width folded, white space, stars and brackets removed."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", text)).upper()


def _spellings(text: str) -> Iterator[str]:
    """The comparable forms of one header, the literal one first, then without bracketed remarks."""
    folded = unicodedata.normalize("NFKC", text)
    yield plain_header(folded)
    yield plain_header(_BRACKETED.sub("", folded))


@cache
def _headers() -> dict[str, Field]:
    """Every known spelling → field; a canonical label is never displaced by an alias."""
    known = {plain_header(field.label): field for field in FIELDS}
    for row in rows_of("orders"):
        if row["field_id"] in _BY_ID:
            known.setdefault(plain_header(row["header"]), _BY_ID[row["field_id"]])
    for row in rows_of("aliases"):
        known.setdefault(plain_header(row["alias"]), _BY_ID[row["field_id"]])
    return known


@cache
def by_header(text: str) -> Field | None:
    """The field that a column header means, by its text (never by its position), or None."""
    known = _headers()
    for spelling in _spellings(text):
        if spelling in known:
            return known[spelling]
    return None


@cache
def by_member_header(member: int, text: str) -> Field | None:
    """The field of family member 1 or 2 that a sub-header ("姓名" under "成员一") means, or None."""
    literal = by_header(f"成员{member}{text}") or by_header(text.translate(_MEMBER_DIGITS))
    if literal and literal.member == member:
        return literal
    own = by_header(text)
    return _BY_ATTRIBUTE.get(f"member{member}.{own.own_name}") if own else None


@cache
def layout(name: str) -> tuple[tuple[str, str], ...]:
    """(header, attribute) in the order of layout "v1", "v2" or "export"; attribute "" for 隐藏."""
    return tuple(
        (row["header"], _BY_ID[row["field_id"]].attribute if row["field_id"] in _BY_ID else "")
        for row in rows_of("orders")
        if row["layout"] == name
    )
