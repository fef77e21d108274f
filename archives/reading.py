"""Archive workbooks: a list of children with the columns of one kind, found by 学生代码, judged line by line."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from jianping_xueji import vault
from schools.models import School
from students.exporting.workbook import written
from students.importing import listing
from students.importing.container import MEGABYTE, Limits
from students.importing.findings import ERROR, Finding
from students.importing.listing import Column, Listing, ListSheet, read_list
from students.models import Placement, Student

from .entries import Plan, plan_of, standing_of, values_of
from .kinds import KINDS, Kind, Objection, Sitting, Values
from .models import Entry
from .periods import Period

LIMITS = Limits(5 * MEGABYTE, 200 * MEGABYTE, rows=5_000, columns=60, cells=300_000)
CODE, PLACE, NAME = "code", "place", "name"
HEADS = {CODE: "学生代码", PLACE: "班级", NAME: "姓名"}


class Line:
    """One row of a workbook: whom it names, and the values of its kind that could be read."""

    def __init__(self, row: int, code: str = "", place: str = "", name: str = "", **values: Any):
        self.row, self.code, self.place, self.name, self.values = row, code, place, name, values


@cache
def listing_of(code: str) -> Listing:
    """The list a workbook of this kind is."""
    kind = KINDS[code]
    whose = (
        Column(CODE, "学生代码", ("学生代码",)),
        Column(PLACE, "班级", ("班级", "班级名称")),
        Column(NAME, "姓名", ("姓名", "学生姓名"), listing.name),
    )
    own = tuple(Column(column.key, column.label, headers_of(column), column.read) for column in kind.columns)
    return Listing(
        title=f"{kind.label}工作簿",
        columns=whose + own,
        needs=((NAME,), (CODE, PLACE), tuple(column.key for column in own)),
        line=Line,
        limits=LIMITS,
    )


def headers_of(column) -> tuple[str, ...]:
    """The label, with and without its unit."""
    return tuple(dict.fromkeys((column.label, column.label.partition("（")[0])))


@dataclass(frozen=True)
class Pupil:
    """A child of the scope, with the class it sits in and the grade that class had in the period."""

    child: Student
    place: str
    grade: int | None


def pupils_of(school: School, class_ids: set[int] | None, period: Period, year: int) -> list[Pupil]:
    """Children of the school who sit in a class, or in these classes only, class by class."""
    rows = Placement.objects.filter(ends=None, enrolment__voided=False, enrolment__school=school)
    if class_ids is not None:
        rows = rows.filter(school_class__in=class_ids)
    rows = rows.select_related("enrolment__student", "school_class").order_by(
        "-school_class__stage", "-school_class__cohort", "school_class__number", "enrolment__student__name_pinyin", "pk"
    )
    return [
        Pupil(row.enrolment.student, row.school_class.name_in(year), row.school_class.grade_in(period.year))
        for row in rows
    ]


def template(kind: Kind, period: Period, pupils: list[Pupil], mark: str) -> bytes:
    """The workbook to fill in: every child with what stands already; drop-downs where the words are few."""
    columns = asked_of(kind, pupils)
    standing = {} if kind.many else standing_of([pupil.child.pk for pupil in pupils], kind, period)
    heads = [*HEADS.values(), *(column.label for column in columns)]

    def finish(book, page, count):
        for position, column in enumerate(columns, len(HEADS)):
            if column.choices:
                rule = {"validate": "list", "source": column.choices, "error_type": "warning"}
                page.data_validation(1, position, max(count, 1) + 200, position, rule)

    widths = [16, 12, 12, *(40 if getattr(column, "long", False) else 14 for column in columns)]
    rows = (line_of(pupil, columns, standing.get(pupil.child.pk, [])) for pupil in pupils)
    return written(kind.label, heads, rows, mark=mark, finish=finish, widths=widths)


def asked_of(kind: Kind, pupils: list[Pupil]) -> list:
    """The columns that some grade of these asks for, in the order of the kind."""
    asked = {column.key for grade in {pupil.grade for pupil in pupils} for column in kind.columns_for(grade)}
    return [column for column in kind.columns if column.key in asked] or list(kind.columns)


def line_of(pupil: Pupil, columns, standing) -> list[str]:
    values = values_of(standing[-1]) if standing else {}
    cells = [column.typed(values.get(column.key)) for column in columns]
    return [pupil.child.slug, pupil.place, pupil.child.name, *cells]


@dataclass
class Judged:
    """What a workbook would do, and every sentence about what it cannot."""

    plan: Plan
    findings: list[Finding] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        bad = len({finding.row for finding in self.findings if finding.level == ERROR})
        return {"fresh": len(self.plan.fresh), "changed": len(self.plan.changed), "same": self.plan.same, "bad": bad}

    @property
    def digest(self) -> str:
        """Equal for equal plans; keyed, because it speaks of children."""
        said = [[child.slug, values] for child, values in self.plan.fresh]
        said += [[child.slug, values, entry.pk] for child, values, entry in self.plan.changed]
        return vault.index(json.dumps(said, ensure_ascii=False, cls=DjangoJSONEncoder), "archive.plan").hex()

    @property
    def changes(self) -> list[str]:
        """Of every correction who it is about, what stands and what the workbook says instead."""
        return [change_of(child, entry, values) for child, values, entry in self.plan.changed]

    @property
    def lines(self) -> list[tuple[Student, Values]]:
        return [*self.plan.fresh, *((child, values) for child, values, _ in self.plan.changed)]


def change_of(child: Student, entry: Entry, values: Values) -> str:
    """包兰语：语文 91 → 99（雷强革2026-09-15登记）."""
    stood, columns = values_of(entry), KINDS[entry.kind].columns
    told = [
        f"{column.label} {column.typed(stood.get(column.key)) or '空'} → {column.typed(values.get(column.key)) or '空'}"
        for column in columns
        if stood.get(column.key) != values.get(column.key)
    ]
    return f"{child.name}：{'、'.join(told)}（现有的由{entry.by.name}{entry.entered_on:%Y-%m-%d}登记）"


# A line that can be taken: its row, whom it means, what it says.
Good = tuple[int, Pupil, Values]


def judge(data: bytes, kind: Kind, period: Period, pupils: list[Pupil]) -> Judged:
    """Read a workbook and hold it against the archive. Raises WorkbookRefused when it is none."""
    sheet = read_list(data, listing_of(kind.code))
    found = Reader(sheet, kind, period, pupils)
    good = found.good()
    judged = Judged(plan_of(kind, period, [(pupil.child, values) for _, pupil, values in good], found.standing))
    faults = [*sheet.findings, *found.findings]
    told = [*faults, *unseen_in(sheet, good, faults, judged)]
    judged.findings = sorted(told, key=lambda each: (each.row, each.column))
    return judged


def unseen_in(sheet: ListSheet, good: list[Good], faults: list[Finding], judged: Judged) -> list[Finding]:
    """What is hidden and yet does something: rows that would be entered or are at fault, columns with something in."""
    written = defaultdict(list)
    for child, values in judged.lines:
        written[child.pk].append(values)
    rows = [row for row, pupil, values in good if values in written[pupil.child.pk]]
    filled = {key for line in sheet.lines for key in line.values}
    keys = [column.key for column in sheet.listing.columns if column.key in filled]
    return sheet.unseen([*rows, *(fault.row for fault in faults)], keys, "核对、登记")


class Reader:
    """The lines of one sheet held against the children they may speak of."""

    def __init__(self, sheet: ListSheet, kind: Kind, period: Period, pupils: list[Pupil]):
        self.sheet, self.kind, self.findings = sheet, kind, []
        self.by_code = {pupil.child.slug: pupil for pupil in pupils}
        self.by_name: dict[tuple[str, str], list[Pupil]] = {}
        for pupil in pupils:
            self.by_name.setdefault((pupil.place, pupil.child.name), []).append(pupil)
        self.spoilt = {finding.row for finding in sheet.findings}
        self.standing = standing_of([pupil.child.pk for pupil in pupils], kind, period)

    def good(self) -> list[Good]:
        """The lines that hold; whatever stands against the others goes to `findings`."""
        lines = [line for line in self.sheet.lines if line.values or line.row in self.spoilt]
        named = [(line, *self.pupil_of(line)) for line in lines]
        times = Counter(pupil.child.pk for _, pupil, _ in named if pupil)
        taken = []
        for line, pupil, objections in named:
            if pupil and times[pupil.child.pk] > 1 and not self.kind.many:
                objections.append((NAME, "表内有几行是同一名学生", "请只保留一行"))
            values = self.values_of(line, pupil) if pupil else {}
            if pupil and not objections and line.row not in self.spoilt:
                objections += self.kind.objections_to(values, Sitting(pupil.grade, pupil.child.sex))
                if not objections:
                    taken.append((line.row, pupil, values))
            self.findings += [self.said(line, *objection) for objection in objections]
        return taken

    def values_of(self, line: Line, pupil: Pupil) -> Values:
        """What the line says; an empty cell leaves what stands."""
        there = self.standing.get(pupil.child.pk, [])
        before = values_of(there[-1]) if there and not self.kind.many else {}
        return {column.key: line.values.get(column.key, before.get(column.key)) for column in self.kind.columns}

    def pupil_of(self, line: Line) -> tuple[Pupil | None, list[Objection]]:
        """The child a line means: by its code, else by class and name."""
        if line.code:
            pupil = self.by_code.get(line.code)
            if pupil is None:
                return None, [(CODE, "本次登记的范围里没有这个学生代码", "请用本页下载的模板，不要改代码")]
            if line.name and line.name != pupil.child.name:
                return None, [(NAME, f"这个学生代码是{pupil.child.name}", "请核对姓名和代码是否同一人")]
            return pupil, []
        alike = self.by_name.get((line.place, line.name), [])
        if len(alike) == 1:
            return alike[0], []
        said = "班里有几名同名学生" if alike else f"“{line.place or '（班级未填）'}”没有这名学生"
        return None, [(NAME, said, "请填学生代码，或用本页下载的模板")]

    def said(self, line: Line, key: str, message: str, remedy: str) -> Finding:
        raw = getattr(line, key, None) if key in HEADS else line.values.get(key)
        return self.sheet.finding(line.row, key, raw, message, remedy)
