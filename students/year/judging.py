"""The dry run of the two lists: which lines hold, and a sentence for each that does not."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from law.school_time import LAST_GRADE

from ..importing.findings import Finding
from ..importing.listing import ListSheet
from ..models.certificate import Certificate
from ..models.child import Student
from ..models.enrolment import Placement
from ..numbering.judging import Known, child_of_line, look_up
from .sheets import CERTIFICATE, ID, NAME, OLD, PASSED, Line

# A sentence about one line: the column, what is wrong, what to do.
Objection = tuple[str, str, str]


@dataclass
class Judged:
    """The lines that hold, with what they are about, and what stands against the others."""

    good: list[tuple[Line, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        return len({finding.row for finding in self.findings})


def judge_results(sheet: ListSheet, year: int, bureau: int) -> Judged:
    """Results of the county's assessment: only of children in grade 9 of this bureau's schools."""
    known = look_up(sheet.lines)
    named = {line.row: child_of_line(line, known) for line in sheet.lines}
    in_last_grade = _in_last_grade(year, [child.pk for child, _ in named.values() if child])

    def about(line: Line, child: Student) -> tuple[Any, list[Objection]]:
        found = _of_child(line, child, bureau)
        if child.pk not in in_last_grade:
            found.append((_key(line), "该生本学年不在九年级", "请核对名单，只列九年级学生"))
        if line.passed is None:
            found.append((PASSED, "考核结果为空", "请填“合格”或“不合格”"))
        return child, found

    return _judge(sheet, named, about)


def judge_numbers(sheet: ListSheet, year: int, bureau: int) -> Judged:
    """Numbers of 毕业证书: each child has such a paper, each number is given once."""
    known: Known = look_up(sheet.lines)
    named = {line.row: child_of_line(line, known) for line in sheet.lines}
    children = [child.pk for child, _ in named.values() if child]
    papers = Certificate.objects.standing().filter(year=year, kind=Certificate.Kind.GRADUATION, student__in=children)
    paper_of = {paper.student_id: paper for paper in papers.select_related("student")}
    given = Counter(line.certificate for line in sheet.lines)
    taken = Certificate.objects.standing().filter(number__in=[n for n in given if n])
    holders = dict(taken.values_list("number", "student"))

    def about(line: Line, child: Student) -> tuple[Any, list[Objection]]:
        found, paper = _of_child(line, child, bureau), paper_of.get(child.pk)
        if paper is None:
            found.append((_key(line), "该生本学年没有毕业证书", "请先办理毕业；修业证明由本系统编号，不必导入"))
        elif paper.collected_on and paper.number != line.certificate:
            found.append((CERTIFICATE, f"该生的证书已由{paper.collected_by}领取，编号不能再改", "请从表中删去"))
        if not line.certificate:
            found.append((CERTIFICATE, "证书编号为空", "请照市教育局下发的编号填写"))
        elif given[line.certificate] > 1:
            found.append((CERTIFICATE, "表内有几行填了同一个证书编号", "请核对每名学生各是哪个编号"))
        elif holders.get(line.certificate, child.pk) != child.pk:
            found.append((CERTIFICATE, "证书编号已由另一名学生持有", "请核对编号属于谁"))
        return paper, found

    return _judge(sheet, named, about)


def _judge(sheet: ListSheet, named: dict, about: Callable) -> Judged:
    judged = Judged(findings=list(sheet.findings))
    spoilt = {finding.row for finding in sheet.findings}
    times = Counter(child.pk for child, _ in named.values() if child)
    for line in sheet.lines:
        child, objections = named[line.row]
        subject, more = about(line, child) if child else (None, [])
        objections = [*objections, *more]
        if child and times[child.pk] > 1:
            objections.append((_key(line), "表内有几行是同一名学生", "请只保留一行"))
        if line.row in spoilt:
            continue  # what could not be read has been said already
        if not objections:
            judged.good.append((line, subject))
        for column, *said in objections:
            judged.findings.append(sheet.finding(line.row, column, getattr(line, column), *said))
    judged.findings.sort(key=lambda finding: (finding.row, finding.column))
    return judged


def _of_child(line: Line, child: Student, bureau: int) -> list[Objection]:
    found: list[Objection] = []
    if child.school.bureau_id != bureau:
        found.append((_key(line), "该生不在本教育局所辖学校", "请从表中删去"))
    if line.name and line.name != child.name:
        found.append((NAME, f"学籍登记的姓名是“{child.name}”", "请核对姓名和号码是否同一人"))
    return found


def _key(line: Line) -> str:
    return ID if line.id_number else OLD


def _in_last_grade(year: int, children: Iterable[int]) -> set[int]:
    rows = Placement.objects.filter(enrolment__student__in=list(children), year=year, enrolment__voided=False)
    rows = rows.select_related("school_class", "enrolment")
    return {row.enrolment.student_id for row in rows if row.school_class.grade_in(year) == LAST_GRADE}
