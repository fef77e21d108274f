"""The dry run: which lines of the map are new, which stand already, which rows of the map vanish, what is wrong."""

import re
from dataclasses import dataclass, field

from schools.catchments import COMMUNITY
from schools.models import Bureau, Catchment, Division, FormerName, School, Stage

from ..importing.findings import Finding
from ..importing.listing import ListSheet
from .sheet import CODE, NAME, SCHOOL, SCHOOL_CODE, STAGE, TOWNSHIP, Line

CODE_SHAPE = re.compile(r"[0-9]{12}")
STAGES = {str(stage.label): stage.value for stage in Stage} | {"初级中学": Stage.JUNIOR.value}
Objection = tuple[str, str, str]


@dataclass
class Judged:
    """New rows with their schools, how many stand already, rows of the map that the sheet no longer has."""

    new: list[tuple[Line, School, str]] = field(default_factory=list)
    same: int = 0
    vanished: list[Catchment] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        return len({finding.row for finding in self.findings})

    @property
    def changes_nothing(self) -> bool:
        return not (self.new or self.vanished)


@dataclass
class Known:
    """Villages, townships, schools and the present map of one bureau, looked up at once."""

    area: str
    communities: dict[str, str]
    townships: dict[str, str]
    by_code: dict[str, School]
    by_name: dict[str, School]
    gone: dict[str, str]
    rows: dict[tuple[str, int, str], Catchment]


def look_up(bureau: Bureau, year: int) -> Known:
    """Five queries however long the sheet is."""
    area = bureau.division_id[:6]
    divisions = Division.objects.filter(pk__startswith=area).values_list("pk", "name", "kind")
    schools = list(School.objects.filter(bureau=bureau))
    living = [school for school in schools if not school.closed_on]
    former = FormerName.objects.filter(school__bureau=bureau, revoked=False).select_related("successor")
    gone = {key: str(row.successor) for row in former for key in (row.code, row.name)}
    rows = Catchment.objects.filter(year=year, school__bureau=bureau).select_related("community__parent", "school")
    return Known(
        area,
        {pk: name for pk, name, kind in divisions if kind == COMMUNITY},
        {pk: name for pk, name, kind in divisions if kind != COMMUNITY and len(pk) == 9},
        {school.code: school for school in living},
        {name: school for school in living for name in (school.name, school.short_name)},
        gone,
        {(row.community_id, row.school_id, row.stage): row for row in rows},
    )


def judge_map(sheet: ListSheet, bureau: Bureau, year: int) -> Judged:
    """Every line held against the register and the other lines."""
    judged, known = Judged(findings=list(sheet.findings)), look_up(bureau, year)
    spoilt = {finding.row for finding in sheet.findings}
    names: dict[str, tuple[str, int]] = {}
    seen: dict[tuple[str, int, str], int] = {}
    for line in sheet.lines:
        school, stage = school_of(line, known), STAGES.get(line.stage, "")
        objections = of_community(line, known, names) + of_school(line, school, known, stage)
        key = (line.code, school.pk if school else 0, stage)
        if not objections and key in seen:
            objections = [(CODE, f"与第 {seen[key]} 行重复", "请删去重复的一行")]
        if line.row in spoilt or objections:
            said = [each for each in objections if line.row not in spoilt or getattr(line, each[0])]
            judged.findings += [sheet.finding(line.row, c, getattr(line, c), *rest) for c, *rest in said]
            continue
        seen[key] = line.row
        if key in known.rows:
            judged.same += 1
        else:
            judged.new.append((line, school, stage))
    judged.vanished = vanished(known, seen, sheet)
    judged.findings.sort(key=lambda finding: (finding.row, finding.column))
    return judged


def vanished(known: Known, seen: dict, sheet: ListSheet) -> list[Catchment]:
    """Rows of the stages the sheet speaks of that it no longer has; of a village with a faulty line, none."""
    stages = {STAGES.get(line.stage) for line in sheet.lines}
    kept = {code for code, _, _ in seen}
    faulty = {line.code for line in sheet.lines} - kept
    rows = [row for key, row in known.rows.items() if key not in seen and row.stage in stages]
    rows = [row for row in rows if row.community_id not in faulty]
    return sorted(rows, key=lambda row: (row.community_id, row.stage, row.school_id))


def of_community(line: Line, known: Known, names: dict[str, tuple[str, int]]) -> list[Objection]:
    """What is wrong with village and township."""
    if not CODE_SHAPE.fullmatch(line.code):
        return [(CODE, "村（社区）代码应为 12 位数字", "请按统计用区划代码填写，并把该列设为文本")]
    if not line.code.startswith(known.area):
        return [(CODE, "不是本县的村（社区）", f"本县代码以 {known.area} 开头，请核对")]
    township = known.townships.get(line.code[:9])
    if township is None:
        return [(CODE, f"代码前 9 位 {line.code[:9]} 不是已登记的乡镇、街道", "请核对代码；新设乡镇先在管理后台登记")]
    found = []
    if line.township and line.township != township:
        found.append((TOWNSHIP, f"与代码所属的“{township}”不一致", "请核对代码和乡镇"))
    registered = known.communities.get(line.code)
    first, row = names.setdefault(line.code, (line.name, line.row))
    if not line.name:
        found.append((NAME, "村（社区）名称为空", "请填写名称"))
    elif registered and registered != line.name:
        found.append((NAME, f"该代码登记的名称是“{registered}”", "请核对代码；改名请先在管理后台更正行政区划"))
    elif first != line.name:
        found.append((NAME, f"同一代码在第 {row} 行写作“{first}”", "请统一名称"))
    return found


def school_of(line: Line, known: Known) -> School | None:
    return known.by_code.get(line.school_code) or (None if line.school_code else known.by_name.get(line.school))


def of_school(line: Line, school: School | None, known: Known, stage: str) -> list[Objection]:
    """What is wrong with the school, and with what it teaches."""
    column = SCHOOL_CODE if line.school_code else SCHOOL
    if not (line.school_code or line.school):
        return [(SCHOOL, "学校标识码、校名都没有填写", "请至少填写其中一项")]
    if school is None:
        given = line.school_code or line.school
        if given in known.gone:
            return [(column, "学校已经撤并", f"现由{known.gone[given]}承接，请改为该校")]
        return [(column, "本县没有这所学校", "请对照学校名册核对标识码和校名")]
    found = []
    if line.school_code and line.school and line.school not in (school.name, school.short_name):
        found.append((SCHOOL, f"与学校标识码对应的“{school.name}”不一致", "请核对标识码和校名"))
    if not stage:
        found.append((STAGE, "学段只能填“小学”或“初中”", "九年一贯制学校两个学段各填一行"))
    elif not teaches(school, stage):
        found.append((STAGE, f"{school}不设{line.stage}", "请核对学校和学段"))
    elif school.kind == School.Kind.SPECIAL:
        found.append((column, "特殊教育学校面向全县，不划学区", "请删去这一行"))
    return found


def teaches(school: School, stage: str) -> bool:
    return (1 if stage == Stage.PRIMARY else 9) in school.grades
