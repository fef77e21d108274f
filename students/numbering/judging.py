"""The dry run: which lines of the answer sheet may be carried out, and a sentence for each that may not."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from approvals.models import CaseSubject
from approvals.services import busy_sentence
from jianping_xueji import vault
from students import registry_number
from students.importing.findings import Finding
from students.search import NOBODY

from ..importing.listing import ListSheet
from ..models.child import NumberKind, Student, StudentNumber
from ..models.record_change import RecordEntry
from .sheet import ID, NAME, NEW, OLD, Line

# From which letter to which: a temporary number becomes formal, one without an ID number gets its final form.
STEPS = {"": "GJ", "L": "GJ", "J": "G", "G": ""}


@dataclass
class Judged:
    """The lines that may be carried out with their children, and what stands against the others."""

    good: list[tuple[Line, Student]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        return len({finding.row for finding in self.findings})


@dataclass
class Known:
    """What the register says about every number of the sheet, looked up at once."""

    holders: dict[tuple[str, bytes], list[StudentNumber]]
    letters: dict[int, str]
    busy: dict[int, str]

    def child_of(self, kind: str, number: str) -> Student | None:
        """The one child with a living record who holds this number, else the one who held it."""
        rows = [n for n in self.holders[kind, vault.index(number, kind)] if n.student.status not in NOBODY]
        found = {n.student_id: n.student for n in rows if n.until is None} or {n.student_id: n.student for n in rows}
        return next(iter(found.values())) if len(found) == 1 else None

    def held_by_another(self, number: str, child: Student) -> bool:
        """Somebody else holds or ever held this 学籍号."""
        rows = self.holders[NumberKind.REGISTRY, vault.index(number, NumberKind.REGISTRY)]
        return any(n.student_id != child.pk for n in rows)


def judge_sheet(sheet: ListSheet, bureau_id: int) -> Judged:
    """Every line held against the register and the other lines; three questions however long the sheet is."""
    judged, known = Judged(findings=list(sheet.findings)), look_up(sheet.lines)
    spoilt = {finding.row for finding in sheet.findings}
    named = {line.row: child_of_line(line, known) for line in sheet.lines}
    times = Counter(child.pk for child, _ in named.values() if child)
    numbers = Counter(line.new_number for line in sheet.lines)
    for line in sheet.lines:
        child, objections = named[line.row]
        objections = objections + _of_number(line, numbers)
        if child:
            objections += _of_child(line, child, bureau_id, known, times)
        if line.row in spoilt:  # what could not be read has been said already
            objections = [each for each in objections if _value(line, each[0])]
        elif child and not objections:
            judged.good.append((line, child))
        for column, *said in objections:
            judged.findings.append(sheet.finding(line.row, column, _value(line, column), *said))
    judged.findings.sort(key=lambda finding: (finding.row, finding.column))
    return judged


def look_up(lines: Iterable[Line]) -> Known:
    """Holders of all numbers, the present letters of these children, and their open cases."""
    wanted = {vault.index(number, kind) for line in lines for kind, number in _numbers_of(line)}
    holders: dict[tuple[str, bytes], list[StudentNumber]] = defaultdict(list)
    for row in truly_held(index__in=wanted).select_related("student__school").order_by("pk"):
        holders[row.kind, bytes(row.index)].append(row)
    ids = {row.student_id for rows in holders.values() for row in rows}
    subjects = CaseSubject.objects.filter(child__in=ids, blocking=True)
    subjects = subjects.select_related("case__lead_school", "case__desk_school__bureau")
    return Known(
        holders,
        letters_of(ids),
        {subject.child_id: busy_sentence(subject.case) for subject in subjects},
    )


def letters_of(children: Iterable[int]) -> dict[int, str]:
    """child → letter of the 学籍号 it holds now."""
    held = StudentNumber.objects.filter(student__in=list(children), kind=NumberKind.REGISTRY, until=None)
    return dict(held.values_list("student_id", "letter"))


def truly_held(**which) -> QuerySet[StudentNumber]:
    """Numbers somebody holds or held; what an undone decision had issued was never theirs."""
    undone = RecordEntry.objects.filter(table="number", before__isnull=True, case__state="undone")
    return StudentNumber.objects.filter(**which).exclude(pk__in=undone.values("row"))


def _numbers_of(line: Line) -> list[tuple[str, str]]:
    pairs = [
        (NumberKind.ID, line.id_number),
        (NumberKind.REGISTRY, line.old_number),
        (NumberKind.REGISTRY, line.new_number),
    ]
    return [(kind.value, number) for kind, number in pairs if number]


def _value(line: Line, column: str) -> str:
    return getattr(line, column)


def child_of_line(line: Line, known: Known) -> tuple[Student | None, list[tuple]]:
    """The child both numbers name, or why there is none."""
    given = {ID: (NumberKind.ID, line.id_number), OLD: (NumberKind.REGISTRY, line.old_number)}
    found = {column: known.child_of(kind, n) for column, (kind, n) in given.items() if n}
    if not found:
        return None, [(ID, "身份证件号、现学籍号都没有填写", "请至少填写其中一项")]
    unknown = [column for column, child in found.items() if child is None]
    if unknown:
        return None, [(c, "没有查到持有此号码的在籍学生", "请对照学生名单核对号码") for c in unknown]
    if len({child.pk for child in found.values()}) > 1:
        return None, [(OLD, "与身份证件号不是同一名学生的号码", "请核对两个号码属于谁")]
    return next(iter(found.values())), []


def _of_number(line: Line, numbers: Counter) -> list[tuple]:
    """What is wrong with the new number itself."""
    if not line.new_number:
        return [(NEW, "新学籍号为空", "请照全国系统填写")]
    found = []
    if numbers[line.new_number] > 1:
        found.append((NEW, "表内有几行填了同一个新学籍号", "请核对每名学生各是哪个号"))
    if not registry_number.is_well_formed(line.new_number):
        reason = (
            "校验码不对" if registry_number.is_but_for_check(line.new_number) else "格式不对，应为 G、J 或 L 加 18 位"
        )
        found.append((NEW, f"新学籍号{reason}", "请照全国系统核对，逐位重新录入"))
    return found


def _of_child(line: Line, child: Student, bureau_id: int, known: Known, times: Counter) -> list[tuple]:
    """What stands between this child and the new number."""
    key = ID if line.id_number else OLD
    if child.school.bureau_id != bureau_id:
        return [(key, "该生不在本教育局所辖学校", "由学生学籍所在地的教育局编发，请从表中删去")]
    found = []
    if line.name and line.name != child.name:
        found.append((NAME, f"学籍登记的姓名是“{child.name}”", "请核对姓名和号码是否同一人"))
    if times[child.pk] > 1:
        found.append((key, "表内有几行是同一名学生", "请只保留一行"))
    found += _of_step(line, child, known)
    if line.new_number and known.held_by_another(line.new_number, child):
        found.append((NEW, "新学籍号现由或曾由另一名学生持有", "请在全国系统查明号码属于谁"))
    if child.pk in known.busy:
        found.append((key, known.busy[child.pk].rstrip("。"), "办结或撤回后再编发"))
    return found


def _of_step(line: Line, child: Student, known: Known) -> list[tuple]:
    held = known.letters.get(child.pk, "")
    if not registry_number.is_well_formed(line.new_number) or line.new_number[0] in STEPS[held]:
        return []
    letter = line.new_number[0]
    said = f"该生现学籍号为 {held} 开头，不能改为 {letter} 开头的号码" if held else "不能编发 L 开头的临时号"
    return [(NEW, f"{said}（只能由 L 变为 G 或 J、由 J 变为 G）", "请在全国系统核对编发结果")]
