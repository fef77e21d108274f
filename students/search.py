"""Finding a child by what people have in hand: name, part of a name, pinyin or initials, or any number ever held."""

import re
from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.lookups import Exact

from jianping_xueji import vault

from .importing.names import clean_name
from .models.child import NumberKind, Student, StudentNumber

LATIN = re.compile(r"^[a-z]+$", re.IGNORECASE)
NUMBER = re.compile(r"^[GJL]?\d{14,18}[\dX]?$", re.IGNORECASE)


def looks_like_number(text: str) -> bool:
    """True when the words typed can only be an ID number or a 学籍号."""
    return bool(NUMBER.match(text.replace(" ", "")))


def by_number(number: str) -> QuerySet[Student]:
    """Children who hold or ever held exactly this number, of either kind; a merged record stands for its survivor."""
    indexes = [vault.index(number, kind) for kind in NumberKind.values]
    holders = StudentNumber.objects.filter(index__in=indexes).values_list("student", flat=True)
    return Student.objects.filter(pk__in=survivors(holders))


def survivors(ids: Iterable[int]) -> list[int]:
    """The same children, each merged record replaced by the one it was merged into, however often."""
    found = list(ids)
    while found:
        moved = dict(Student.objects.filter(pk__in=found).exclude(merged_into=None).values_list("pk", "merged_into"))
        if not moved:
            break
        found = [moved.get(pk, pk) for pk in found]
    return found


def matching(children: QuerySet[Student], text: str) -> QuerySet[Student]:
    """Narrow a list by the words typed; an unfit word finds nothing rather than everything."""
    text = text.strip()
    if not text:
        return children
    if looks_like_number(text):
        return children.filter(pk__in=by_number(text).values("pk"))
    if LATIN.match(text):
        word = text.lower()
        return children.filter(Q(name_initials__startswith=word) | Q(name_pinyin__startswith=word))
    return containing(children, text)


def containing(children: QuerySet[Student], text: str) -> QuerySet[Student]:
    """Names that contain `text`: the character index narrows, LIKE decides (trigrams cannot see two characters)."""
    return children.filter(Contains(characters_of("name"), characters_of(Value(text))), name__contains=text)


def characters_of(text) -> Func:
    """The characters of a text as an array, written as the index of Student has it."""
    nothing = Value(None, output_field=TextField())
    return Func(text, nothing, function="string_to_array", output_field=ArrayField(TextField()))


class Contains(Exact):
    """`a @> b` on text arrays."""

    lookup_name = "contains_all"

    def as_sql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = compiler.compile(self.rhs)
        return f"{left} @> {right}", [*left_params, *right_params]


# The record was never begun, or is over for good: there is nobody to be transferred from a school.
NOBODY = (
    Student.Status.PENDING,
    Student.Status.REJECTED,
    Student.Status.DECEASED,
    Student.Status.MERGED,
    Student.Status.DELETED,
)


def exact(name: str, number: str) -> Student | None:
    """The child of exactly this name and number, wherever in the county: what a receiving school may look up."""
    found = by_number(number).filter(name=clean_name(name)).exclude(status__in=NOBODY)
    return found.select_related("school").first()
