"""The dry run: which lines of the answer sheet may be carried out, and a sentence for each that may not."""

from collections import Counter
from collections.abc import Iterable

from approvals.models import CaseSubject
from approvals.services import busy_sentence
from students import registry_number

from ..importing.child_lists import ChildList, Judged, Objection
from ..importing.listing import ListSheet
from ..models.child import NumberKind, Student, StudentNumber
from .sheet import NEW, Line

# From which letter to which: a temporary number becomes formal, one without an ID number gets its final form.
STEPS = {"": "GJ", "L": "GJ", "J": "G", "G": ""}


def judge_sheet(sheet: ListSheet, bureau_id: int) -> Judged:
    """Every line held against the register and the other lines; three questions however long the sheet is."""
    listed = ChildList(sheet, bureau_id, [line.new_number for line in sheet.lines])
    letters, busy = letters_of(listed.children), sentences_of_busy(listed.children)
    numbers = Counter(line.new_number for line in sheet.lines)

    def about(line: Line, child: Student | None) -> tuple[Student | None, list[Objection]]:
        found = _of_number(line, numbers)
        if child is None:
            return None, found
        found += _of_step(line, letters.get(child.pk, ""))
        if line.new_number and listed.holders.held_by_another(line.new_number, child):
            found.append((NEW, "新学籍号现由或曾由另一名学生持有", "请在全国系统查明号码属于谁"))
        if child.pk in busy:
            found.append((line.key, busy[child.pk].rstrip("。"), "办结或撤回后再编发"))
        return child, found

    return listed.judge(about)


def letters_of(children: Iterable[int]) -> dict[int, str]:
    """child → letter of the 学籍号 it holds now."""
    held = StudentNumber.objects.filter(student__in=list(children), kind=NumberKind.REGISTRY, until=None)
    return dict(held.values_list("student_id", "letter"))


def sentences_of_busy(children: Iterable[int]) -> dict[int, str]:
    """child → the sentence about its open case."""
    subjects = CaseSubject.objects.filter(child__in=list(children), blocking=True)
    subjects = subjects.select_related("case__lead_school", "case__desk_school__bureau")
    return {subject.child_id: busy_sentence(subject.case) for subject in subjects}


def _of_number(line: Line, numbers: Counter) -> list[Objection]:
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


def _of_step(line: Line, held: str) -> list[Objection]:
    if not registry_number.is_well_formed(line.new_number) or line.new_number[0] in STEPS[held]:
        return []
    letter = line.new_number[0]
    said = f"该生现学籍号为 {held} 开头，不能改为 {letter} 开头的号码" if held else "不能编发 L 开头的临时号"
    return [(NEW, f"{said}（只能由 L 变为 G 或 J、由 J 变为 G）", "请在全国系统核对编发结果")]
