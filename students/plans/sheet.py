"""The plan of many schools as one list: 学校标识码 or 校名, 年级, 班数, 每班人数; a draft for each school."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from accounts.models import User
from approvals.common_rules import of_level
from approvals.errors import Refused
from approvals.rules import Level, judge
from law import clock
from law.school_time import grade_name
from schools.models import Bureau, School

from ..importing import listing
from ..importing.cells import Answer, error, folded
from ..importing.findings import Finding
from ..importing.listing import Column, Listing, ListSheet, read_list
from ..importing.sealed import seal, unseal
from .case import IntakePlan
from .judging import Standing, facts_in
from .services import start_plan

SCHOOL_CODE, SCHOOL, GRADE, CLASSES, SIZE = "school_code", "school", "grade", "classes", "size"
PURPOSE = "plan.list"
_GRADES = {grade_name(grade): grade for grade in range(1, 10)} | {"初一": 7, "初二": 8, "初三": 9}
_DIGIT = re.compile(r"([1-9])(?:年级)?")
_MOST_CLASSES, _LARGEST_CLASS = 60, 100


def grade(cell, label: str) -> Answer:
    """一年级, 1, 1年级, 初一; nothing else."""
    text, verdict = listing.text(cell, label)
    plain = folded(text) if text else ""
    digit = _DIGIT.fullmatch(plain)
    found = int(digit[1]) if digit else _GRADES.get(plain)
    return (found, None) if found and not verdict else error("no_grade", f"{label}看不懂", "请填一年级至九年级")


@dataclass(slots=True)
class Line:
    """One grade of one school; what could not be read is empty."""

    row: int
    school_code: str = ""
    school: str = ""
    grade: int | None = None
    classes: int | None = None
    size: int | None = None


PLANS = Listing(
    title="招生计划表",
    columns=(
        Column(SCHOOL_CODE, "学校标识码", ("学校标识码", "学校代码")),
        Column(SCHOOL, "校名", ("校名", "学校", "学校名称")),
        Column(GRADE, "年级", ("年级",), grade),
        Column(CLASSES, "班数", ("班数", "计划班数", "招生班数"), listing.count),
        Column(SIZE, "每班人数", ("每班人数", "班额", "每班计划人数"), listing.count),
    ),
    needs=((SCHOOL_CODE, SCHOOL), (GRADE,), (CLASSES,), (SIZE,)),
    line=Line,
)


@dataclass
class Judged:
    """Schools whose lines all hold, with (grade, classes, size), and what stands against the others."""

    plans: dict[School, list[tuple[int, int, int]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        return len({finding.row for finding in self.findings})

    @property
    def lines(self) -> int:
        return sum(map(len, self.plans.values()))


def read_plans(data: bytes) -> ListSheet:
    """Read an uploaded list. Raises WorkbookRefused when it is none or cannot be opened."""
    return read_list(data, PLANS)


def judge_plans(sheet: ListSheet, bureau: Bureau, year: int) -> Judged:
    """A list held against schools, classes and seats."""
    schools = School.objects.filter(bureau=bureau, closed_on=None)
    by_code = {school.code: school for school in schools}
    by_name = {name: school for school in schools for name in (school.name, school.short_name)}
    judged, of_school = Judged(findings=list(sheet.findings)), defaultdict(list)
    for line in sheet.lines:
        school = by_code.get(line.school_code) if line.school_code else by_name.get(line.school)
        if school is None:
            key, raw = (SCHOOL_CODE, line.school_code) if line.school_code else (SCHOOL, line.school)
            judged.findings.append(sheet.finding(line.row, key, raw, "本县没有这所学校", "请核对学校标识码或校名"))
        else:
            of_school[school].append(line)
    now = Standing.of([school.pk for school in of_school], year, clock.today())
    told = {(finding.row, finding.column) for finding in sheet.findings}
    spoilt = {row for row, _ in told}
    for school, lines in of_school.items():
        found = [each for each in _of_lines(sheet, lines, school) if (each.row, each.column) not in told]
        found += _of_plan(sheet, lines, school, now)
        judged.findings += found
        if not found and not spoilt & {line.row for line in lines}:
            judged.plans[school] = [(line.grade, line.classes, line.size) for line in lines]
    judged.findings.sort(key=lambda finding: (finding.row, finding.column))
    return judged


def _of_lines(sheet: ListSheet, lines: list[Line], school: School) -> list[Finding]:
    """Each line by itself, and a grade named twice; a cell that could not be read has been told already."""
    found, seen = [], {}
    for line in lines:
        if line.classes is None or line.classes > _MOST_CLASSES:
            found.append(sheet.finding(line.row, CLASSES, line.classes, "班数应为 0～60", "不招生的填 0"))
        if line.size is None or not 1 <= line.size <= _LARGEST_CLASS:
            found.append(sheet.finding(line.row, SIZE, line.size, "每班人数应为 1～100", "请填每班计划人数"))
        if line.grade in seen:
            what = f"{school.short_name}{grade_name(line.grade)}与第 {seen[line.grade]} 行重复"
            found.append(sheet.finding(line.row, GRADE, grade_name(line.grade), what, "一校一个年级只留一行"))
        elif line.grade:
            seen[line.grade] = line.row
    return found


def _of_plan(sheet: ListSheet, lines: list[Line], school: School, now: Standing) -> list[Finding]:
    """What the law says against the plan as a whole, told at its first row."""
    whole = [line for line in lines if line.grade and line.classes is not None and line.size]
    if len(whole) < len(lines):
        return []
    facts = facts_in(now, school.pk, [(line.grade, line.classes, line.size) for line in whole])
    broken = judge(of_level(IntakePlan.RULES, Level.HARD), facts).broken
    first, name = lines[0], school.short_name
    return [
        sheet.finding(first.row, SCHOOL, name, f"{finding.message}（{finding.rule.article}）", finding.rule.remedy)
        for finding in broken
    ]


def token_of(judged: Judged, *, year: int, document: str, by: User) -> str:
    """The good plans of a dry run, sealed for its person and day."""
    plans = {school.pk: lines for school, lines in judged.plans.items()}
    return seal({"year": year, "document": document, "plans": plans}, purpose=PURPOSE, by=by)


def confirm(token: str, *, by: User) -> tuple[list[IntakePlan], list[dict]]:
    """Begin a draft for every school of the dry run: the drafts, and why others could not begin. Raises Refused."""
    kept = unseal(token, purpose=PURPOSE, by=by)
    begun, refusals = [], []
    for school in School.objects.select_related("bureau").filter(pk__in=kept["plans"]).order_by("pk"):
        lines = [tuple(line) for line in kept["plans"][str(school.pk)]]
        try:
            begun.append(start_plan(school, by=by, year=kept["year"], lines=lines, document=kept["document"]))
        except Refused as refused:
            refusals += [{"message": f"{school.short_name}：{said}"} for said in refused.sentences]
    return begun, refusals
