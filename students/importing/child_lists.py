"""Lists about children on the roll: which child a line means by its numbers, and a sentence for each that fails."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from jianping_xueji import vault
from students.models.child import NumberKind, Student, StudentNumber
from students.models.record_change import TAKEN_BACK, RecordEntry
from students.search import NOBODY

from . import listing
from .findings import Finding
from .listing import Column, ListSheet

NAME, ID, OLD = "name", "id_number", "old_number"
ID_HEADERS = ("身份证件号", "身份证号", "身份证件号码", "身份证号码")
# What stands against a line: the column, what is wrong, what to do.
Objection = tuple[str, str, str]


def child_columns(old_label: str, *old_headers: str) -> tuple[Column, ...]:
    """姓名, 身份证件号 and the 学籍号 held now, under the name this list has for it."""
    return (
        Column(NAME, "姓名", ("姓名", "学生姓名"), listing.name),
        Column(ID, "身份证件号", ID_HEADERS, listing.number, private=True),
        Column(OLD, old_label, old_headers, listing.number, private=True),
    )


@dataclass(slots=True)
class ChildLine:
    """One child as a list names it; what could not be read is empty."""

    row: int
    name: str = ""
    id_number: str = ""
    old_number: str = ""

    @property
    def numbers(self) -> dict[str, tuple[str, str]]:
        """column → kind and number, of those that are given."""
        given = {ID: (NumberKind.ID.value, self.id_number), OLD: (NumberKind.REGISTRY.value, self.old_number)}
        return {column: pair for column, pair in given.items() if pair[1]}

    @property
    def key(self) -> str:
        """The column by which the child is known."""
        return ID if self.id_number else OLD


@dataclass
class Judged:
    """The lines that hold, each with what it is about, and what stands against the others."""

    good: list[tuple[ChildLine, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        return len({finding.row for finding in self.findings})


class Holders:
    """Who holds or held the numbers of a list, looked up at once."""

    def __init__(self, lines: Iterable[ChildLine], registry_numbers: Iterable[str] = ()):
        pairs = {pair for line in lines for pair in line.numbers.values()}
        pairs |= {(NumberKind.REGISTRY.value, number) for number in registry_numbers if number}
        wanted = {vault.index(number, kind) for kind, number in pairs}
        self.rows: dict[tuple[str, bytes], list[StudentNumber]] = defaultdict(list)
        for row in truly_held(index__in=wanted).select_related("student__school").order_by("pk"):
            self.rows[row.kind, bytes(row.index)].append(row)

    def child_of(self, kind: str, number: str) -> Student | None:
        """The one child with a living record who holds this number, else the one who held it."""
        rows = [n for n in self.rows[kind, vault.index(number, kind)] if n.student.status not in NOBODY]
        found = {n.student_id: n.student for n in rows if n.until is None} or {n.student_id: n.student for n in rows}
        return next(iter(found.values())) if len(found) == 1 else None

    def held_by_another(self, number: str, child: Student) -> bool:
        """Somebody else holds or ever held this 学籍号."""
        rows = self.rows[NumberKind.REGISTRY, vault.index(number, NumberKind.REGISTRY)]
        return any(n.student_id != child.pk for n in rows)


def truly_held(**which) -> QuerySet[StudentNumber]:
    """Numbers somebody holds or held; what an undone decision had issued was never theirs."""
    undone = RecordEntry.objects.filter(table="number", before__isnull=True, case__state__in=TAKEN_BACK)
    return StudentNumber.objects.filter(**which).exclude(pk__in=undone.values("row"))


class ChildList:
    """A list held against the register: row → the child its numbers name, or why there is none."""

    def __init__(self, sheet: ListSheet, bureau_id: int, registry_numbers: Iterable[str] = ()):
        self.sheet, self.bureau_id = sheet, bureau_id
        self.holders = Holders(sheet.lines, registry_numbers)
        self.named = {line.row: self.child_of(line) for line in sheet.lines}
        self.times = Counter(self.children)

    @property
    def children(self) -> list[int]:
        return [child.pk for child, _ in self.named.values() if child]

    def child_of(self, line: ChildLine) -> tuple[Student | None, list[Objection]]:
        """The child both numbers name, or why there is none."""
        found = {column: self.holders.child_of(*pair) for column, pair in line.numbers.items()}
        if not found:
            label = self.sheet.listing.column(OLD).label
            return None, [(ID, f"身份证件号、{label}都没有填写", "请至少填写其中一项")]
        unknown = [column for column, child in found.items() if child is None]
        if unknown:
            return None, [(c, "没有查到持有此号码的在籍学生", "请对照学生名单核对号码") for c in unknown]
        if len({child.pk for child in found.values()}) > 1:
            return None, [(OLD, "与身份证件号不是同一名学生的号码", "请核对两个号码属于谁")]
        return next(iter(found.values())), []

    def judge(self, about: Callable[[Any, Student | None], tuple[Any, list[Objection]]]) -> Judged:
        """Every line, with `about`: what the line speaks of, and more objections; asked without a child too."""
        judged = Judged(findings=list(self.sheet.findings))
        spoilt = {finding.row for finding in self.sheet.findings}
        for line in self.sheet.lines:
            child, objections = self.held_against(line)
            subject, more = about(line, child)
            objections = [*objections, *more]
            if line.row in spoilt:  # what could not be read has been said already
                objections = [each for each in objections if getattr(line, each[0])]
            elif child and not objections:
                judged.good.append((line, subject))
            for column, *said in objections:
                judged.findings.append(self.sheet.finding(line.row, column, getattr(line, column), *said))
        judged.findings.sort(key=lambda finding: (finding.row, finding.column))
        return judged

    def held_against(self, line: ChildLine) -> tuple[Student | None, list[Objection]]:
        """The child with what speaks against it; of another bureau's child nothing more is said."""
        child, found = self.named[line.row]
        if child is None:
            return None, found
        if child.school.bureau_id != self.bureau_id:
            return None, [(line.key, "该生不在本教育局所辖学校", "由学生学籍所在地的教育局办理，请从表中删去")]
        found = []
        if line.name and line.name != child.name:
            found.append((NAME, f"学籍登记的姓名是“{child.name}”", "请核对姓名和号码是否同一人"))
        if self.times[child.pk] > 1:
            found.append((line.key, "表内有几行是同一名学生", "请只保留一行"))
        return child, found
