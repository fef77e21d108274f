"""The dry run of the two lists: which lines hold, and a sentence for each that does not."""

from collections import Counter
from collections.abc import Iterable

from law.school_time import LAST_GRADE

from ..importing.child_lists import ChildList, Judged, Objection
from ..importing.listing import ListSheet
from ..models.certificate import Certificate
from ..models.child import Student
from ..models.enrolment import Placement
from .sheets import CERTIFICATE, PASSED, Line


def judge_results(sheet: ListSheet, year: int, bureau: int) -> Judged:
    """Results of the county's assessment: only of children in grade 9 of this bureau's schools."""
    listed = ChildList(sheet, bureau)
    in_last_grade = _in_last_grade(year, listed.children)

    def about(line: Line, child: Student | None) -> tuple[Student | None, list[Objection]]:
        if child is None:
            return None, []
        found = []
        if child.pk not in in_last_grade:
            found.append((line.key, "该生本学年不在九年级", "请核对名单，只列九年级学生"))
        if line.passed is None:
            found.append((PASSED, "考核结果为空", "请填“合格”或“不合格”"))
        return child, found

    return listed.judge(about)


def judge_numbers(sheet: ListSheet, year: int, bureau: int) -> Judged:
    """Numbers of 毕业证书: each child has such a paper, each number is given once."""
    listed = ChildList(sheet, bureau)
    papers = Certificate.objects.standing().filter(year=year, kind=Certificate.Kind.GRADUATION)
    papers = papers.filter(student__in=listed.children).select_related("student")
    paper_of = {paper.student_id: paper for paper in papers}
    given = Counter(line.certificate for line in sheet.lines)
    taken = Certificate.objects.standing().filter(number__in=[n for n in given if n])
    holders = dict(taken.values_list("number", "student"))

    def about(line: Line, child: Student | None) -> tuple[Certificate | None, list[Objection]]:
        if child is None:
            return None, []
        paper = paper_of.get(child.pk)
        return paper, [*_of_paper(line, paper), *_of_certificate(line, child, given, holders)]

    return listed.judge(about)


def _of_paper(line: Line, paper: Certificate | None) -> list[Objection]:
    if paper is None:
        return [(line.key, "该生本学年没有毕业证书", "请先办理毕业；修业证明由本系统编号，不必导入")]
    if paper.collected_on and paper.number != line.certificate:
        return [(CERTIFICATE, f"该生的证书已由{paper.collected_by}领取，编号不能再改", "请从表中删去")]
    return []


def _of_certificate(line: Line, child: Student, given: Counter, holders: dict[str, int]) -> list[Objection]:
    if not line.certificate:
        return [(CERTIFICATE, "证书编号为空", "请照市教育局下发的编号填写")]
    if given[line.certificate] > 1:
        return [(CERTIFICATE, "表内有几行填了同一个证书编号", "请核对每名学生各是哪个编号")]
    if holders.get(line.certificate, child.pk) != child.pk:
        return [(CERTIFICATE, "证书编号已由另一名学生持有", "请核对编号属于谁")]
    return []


def _in_last_grade(year: int, children: Iterable[int]) -> set[int]:
    rows = Placement.objects.filter(enrolment__student__in=list(children), year=year, enrolment__voided=False)
    rows = rows.select_related("school_class", "enrolment")
    return {row.enrolment.student_id for row in rows if row.school_class.grade_in(year) == LAST_GRADE}
