"""Rules that need more than one cell: the row, the column, the file."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from students import idnumber
from students.dictionary.fields import FIELDS
from students.importing.cells import CLEAR
from students.importing.classes import ClassBook, ClassRef
from students.importing.findings import ERROR, WARNING, Finding, shown
from students.importing.sheet import SheetData

_SEX_NAMES = {"1": "男", "2": "女"}
_SHIFT_SHARE, _SHIFT_ROWS = 0.3, 10
_SHIFT_CODES = frozenset(
    (
        "name_invalid",
        "date_unreadable",
        "month_unreadable",
        "code_unknown",
        "division_unknown",
        "phone_format",
        "digits_format",
        "distance_unreadable",
        "id_format",
        "id_length",
        "registry_number_format",
        "too_long",
    )
)
_DATE_HINTED = ("date_two_digit_year", "date_incomplete")
_JUNIOR_AGE = 11
_ENTRY_MONTHS = ("09", "03")
_SCHOOL_AGE = 6
_INCLUSIVE_PAIRS = {"1": {"61"}, "2": {"62"}, "3": {"65"}, "9": {"63", "64", "66", "67", "69"}}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the rules are judged against."""

    school_code: str
    classes: ClassBook
    today: date


def validate(sheet: SheetData, frame: Frame) -> None:
    """Run every rule; findings are collected in `sheet`. Rules may fill or resolve values (birth date, class)."""
    for rule in _RULES:
        rule(sheet, frame)


def shifted_columns(sheet: SheetData) -> list[Finding]:
    """One stop per column in which three rows of ten fail: after a paste the whole column stands wrong."""
    if len(sheet.row_numbers) < _SHIFT_ROWS:
        return []
    failures: dict[str, set[int]] = defaultdict(set)
    for position, attribute, verdict in sheet.verdicts():
        if verdict.code in _SHIFT_CODES:
            failures[attribute].add(position)
    return [
        _shift(sheet, attribute, positions)
        for attribute, positions in failures.items()
        if len(positions) >= _SHIFT_SHARE * len(sheet.row_numbers)
    ]


def _shift(sheet: SheetData, attribute: str, positions: set[int]) -> Finding:
    data = sheet.columns[attribute]
    field = data.column.field
    samples = [shown(data.cells[position], field.confidential) for position in sorted(positions)[:3]]
    return Finding(
        ERROR, sheet.name, sheet.row_numbers[min(positions)], data.column.letter, field.label, "column_shifted",
        "、".join(samples), f"该列似乎错位：{len(sheet.row_numbers)} 行中有 {len(positions)} 行不像“{field.label}”",
        "请检查粘贴时是否错开了一列，改正后重新上传",
    )  # fmt: skip


def birth_against_number(sheet: SheetData, frame: Frame) -> None:
    """The birth date is the one inside an 18-character number; a missing one is offered from there."""
    if "birth_date" not in sheet.columns:  # a list of children on record need not have it
        return
    births = sheet.values("birth_date")
    verdicts = sheet.columns["birth_date"].verdicts
    for position, number in enumerate(sheet.cards()):
        inside = idnumber.date_of(number[6:14]) if number else None
        if inside is None:
            continue
        birth, verdict = births[position], verdicts.get(position)
        if verdict and verdict.code in _DATE_HINTED:
            verdicts[position] = replace(verdict, remedy=f"身份证件号中的出生日期是 {inside:%Y%m%d}")
        elif birth is None and not verdict:
            births[position] = inside
            message = f"出生日期为空，拟按身份证件号填为 {inside.isoformat()}"
            sheet.say(position, "birth_date", WARNING, "birth_filled", message, "请核对后确认")
        elif birth is not None and birth != inside:
            message = f"出生日期 {birth:%Y%m%d} 与身份证件号第 7～14 位 {inside:%Y%m%d} 不一致"
            sheet.say(position, "birth_date", ERROR, "birth_mismatch", message, "请对照户口簿改正其中一个")


def sex_against_number(sheet: SheetData, frame: Frame) -> None:
    """The 17th digit tells the sex; a mismatch needs a recorded waiver, not an import."""
    sexes = sheet.values("sex")
    for position, number in enumerate(sheet.cards()):
        inside = idnumber.sex_of(number) if number else None
        if inside and sexes[position] and sexes[position] != inside:
            message = f"性别填“{_SEX_NAMES[sexes[position]]}”，身份证件号第 17 位为“{_SEX_NAMES[inside]}”"
            sheet.say(position, "sex", ERROR, "sex_mismatch", message, "请对照户口簿改正")


def required_cells(sheet: SheetData, frame: Frame) -> None:
    """Starred fields may not be empty; an empty 是/否 is not 否. On an update the caller reads empty as no change."""
    for field in FIELDS:
        data = sheet.columns.get(field.attribute)
        if field.required != "Y" or not data or None not in data.values:
            continue
        for position, value in enumerate(data.values):
            if value is None and position not in data.verdicts:
                sheet.say(position, field.attribute, ERROR, "required", "必填项为空", f"请补填{field.label}")


def number_present(sheet: SheetData, frame: Frame) -> None:
    """身份证件号 may be empty only with type 其他(Z), and then a guardian's number must be there."""
    types = sheet.values("id_type")
    guardians = [sheet.values(f"member{member}.id_number") for member in (1, 2)]
    for position in sheet.positions:
        if not sheet.is_blank("id_number", position):
            continue
        if types[position] != idnumber.OTHER:
            remedy = "确无证件的，证件类型填“其他”，并备在校就读证明"
            sheet.say(position, "id_number", ERROR, "id_empty", "身份证件号为空", remedy)
        elif not any(numbers[position] for numbers in guardians):
            message = "学生无身份证件号时，至少一名监护人的身份证件号必填"
            sheet.say(position, "member1.id_number", ERROR, "guardian_id_required", message, "请补填监护人证件号")


def numbers_well_formed(sheet: SheetData, frame: Frame) -> None:
    """Check character, region, birth date of every ID number, the child's and the family's."""
    for owner, pupil in (("", True), ("member1.", False), ("member2.", False)):
        types, attribute = sheet.values(f"{owner}id_type"), f"{owner}id_number"
        for position, number in enumerate(sheet.values(attribute)):
            if not number or number == CLEAR:
                continue
            id_type = types[position] or idnumber.RESIDENT
            for problem in idnumber.check(number, id_type, today=frame.today, pupil=pupil):
                sheet.say(position, attribute, problem.level, problem.code, problem.message, "请对照证件原件核对")


def plausible_age(sheet: SheetData, frame: Frame) -> None:
    """Children whose number does not tell their birth date are judged by the date given."""
    numbers = sheet.values("id_number")
    for position, birth in enumerate(sheet.values("birth_date")):
        if birth is None or (numbers[position] and idnumber.birth_of(numbers[position])):
            continue
        for problem in idnumber.check_age(birth, frame.today):
            sheet.say(position, "birth_date", problem.level, problem.code, problem.message, "请核对出生日期")


def own_school(sheet: SheetData, frame: Frame) -> None:
    """学校标识码 in the sheet must be the school for which the file is uploaded."""
    for position, code in enumerate(sheet.values("school_code")):
        if code and code != frame.school_code:
            message = f"学校标识码不是本校的 {frame.school_code}"
            remedy = "请删去外校学生（转来的请发起转学），或改正学校标识码"
            sheet.say(position, "school_code", ERROR, "other_school", message, remedy)


def known_class(sheet: SheetData, frame: Frame) -> None:
    """班号 becomes one living class of the school; never created, never guessed."""
    data = sheet.columns.get("class_number")
    if not data:
        return
    months, births = sheet.values("entered_month"), sheet.values("birth_date")
    for position, text in enumerate(data.values):
        if not text:
            continue
        month = months[position] or ""
        found = _by_age(frame.classes.find(text, month), births[position])
        data.values[position] = found[0].key if len(found) == 1 else None
        if not found:
            remedy = f"请改正班号（{frame.classes.offered(month)}），或先在“班级与学位”里开班"
            sheet.say(position, "class_number", ERROR, "class_unknown", "本校没有这个班", remedy)
        elif len(found) > 1:
            names = "、".join(f"{each.cohort}级{each.number}班" for each in found)
            sheet.say(position, "class_number", ERROR, "class_ambiguous", f"可能是 {names}", "请写全，如 2024级1班")
        elif month and str(found[0].cohort) != month[:4]:
            message = f"入学年月 {month} 与 {found[0].cohort} 级不一致"
            sheet.say(position, "class_number", WARNING, "class_other_cohort", message, "留级、插班除外，请核对")


def _by_age(found: list[ClassRef], birth: date | None) -> list[ClassRef]:
    """In a nine-year school one year has two intakes; the age tells six from twelve."""
    if len(found) < 2 or birth is None:
        return found
    return [each for each in found if (each.cohort - birth.year >= _JUNIOR_AGE) == (each.stage == "junior")]


def entry_month(sheet: SheetData, frame: Frame) -> None:
    """Entry is in September (or March), and not before the sixth birthday."""
    births = sheet.values("birth_date")
    for position, month in enumerate(sheet.values("entered_month")):
        if not month or month == CLEAR:
            continue
        if month[4:] not in _ENTRY_MONTHS:
            sheet.say(position, "entered_month", WARNING, "entry_month_unusual", "入学月份不是 9 月或 3 月", "请核对")
        birth = births[position]
        if birth and int(month) < int(f"{birth.year + _SCHOOL_AGE}{birth.month:02d}"):
            sheet.say(
                position, "entered_month", WARNING, "entry_too_young", "入学时不满 6 周岁", "请核对入学年月和出生日期"
            )


def guardian_named(sheet: SheetData, frame: Frame) -> None:
    """At least one member is a guardian; a second member is complete or absent; 其他 needs words."""
    first, second = sheet.values("member1.is_guardian"), sheet.values("member2.is_guardian")
    for position in sheet.positions:
        if first[position] is False and not second[position]:
            message = "两名成员都不是监护人，至少一名应为“是”"
            sheet.say(position, "member1.is_guardian", ERROR, "no_guardian", message, "请改正是否监护人")
    for member in (1, 2):
        relations, notes = sheet.values(f"member{member}.relation"), sheet.values(f"member{member}.relation_note")
        for position, relation in enumerate(relations):
            if relation == "80" and not notes[position]:
                attribute = f"member{member}.relation"
                sheet.say(position, attribute, WARNING, "relation_note", "关系为“其他”时应填关系说明", "请补填")


def inclusive_schooling(sheet: SheetData, frame: Frame) -> None:
    """随班就读 names the same disability as 残疾类型; special schools break it lawfully, so it only warns."""
    disabilities = sheet.values("disability")
    for position, kind in enumerate(sheet.values("inclusive_education")):
        disability = disabilities[position]
        if kind in _INCLUSIVE_PAIRS and disability not in _INCLUSIVE_PAIRS[kind]:
            sheet.say(
                position, "inclusive_education", WARNING, "inclusive_mismatch", "随班就读与残疾类型不一致", "请核对"
            )
        elif kind == "0" and disability not in (None, "00", CLEAR):
            message = "有残疾而非随班就读（特教学校、送教上门除外）"
            sheet.say(position, "inclusive_education", WARNING, "inclusive_mismatch", message, "请核对")


def once_in_the_file(sheet: SheetData, frame: Frame) -> None:
    """The same number twice is an error on both rows; the same child by name, sex, birth a warning or an error."""
    numbers = sheet.values("id_number")
    for positions in _groups(numbers):
        _each(
            sheet, positions, "id_number", ERROR, "duplicate_id", "身份证件号与{rows}相同", "请删去重复的行或改正号码"
        )
    triples = [
        triple if all(triple) else None
        for triple in zip(sheet.values("name"), sheet.values("sex"), sheet.values("birth_date"), strict=True)
    ]
    for positions in _groups(triples):
        known = [numbers[position] for position in positions if numbers[position]]
        if len(known) < len(positions):
            message = "疑似重复学籍：姓名、性别、出生日期与{rows}相同，且没有身份证件号"
            _each(sheet, positions, "name", ERROR, "duplicate_child", message, "请核实是否同一人")
        elif len(set(known)) == len(known):
            message = "姓名、性别、出生日期与{rows}相同，证件号不同"
            _each(sheet, positions, "name", WARNING, "namesake", message, "请核实是否同名（双胞胎除外）")


def once_in_the_class(sheet: SheetData, frame: Frame) -> None:
    """班内学号 is unique in a class."""
    pairs = [
        pair if all(pair) and pair[1] != CLEAR else None
        for pair in zip(sheet.values("class_number"), sheet.values("class_seat_number"), strict=True)
    ]
    for positions in _groups(pairs):
        message = "班内学号与{rows}相同"
        _each(sheet, positions, "class_seat_number", WARNING, "duplicate_seat_number", message, "请核对")


def _groups(keys: list) -> list[list[int]]:
    """Positions that share a key, None left out."""
    repeated = {key for key, times in Counter(keys).items() if times > 1 and key is not None and key != CLEAR}
    if not repeated:
        return []
    groups: dict[object, list[int]] = defaultdict(list)
    for position, key in enumerate(keys):
        if key in repeated:
            groups[key].append(position)
    return list(groups.values())


def _each(sheet: SheetData, positions: list[int], attribute: str, level: str, code: str, message: str, remedy: str):
    """Say it on every row of a group, naming the other rows."""
    for position in positions:
        others = [str(sheet.row_numbers[other]) for other in positions if other != position]
        rows = f"第 {'、'.join(others[:5])} 行" + ("等" if len(others) > 5 else "")
        sheet.say(position, attribute, level, code, message.format(rows=rows), remedy)


_RULES: tuple[Callable[[SheetData, Frame], None], ...] = (
    birth_against_number,
    sex_against_number,
    required_cells,
    number_present,
    numbers_well_formed,
    plausible_age,
    own_school,
    known_class,
    entry_month,
    guardian_named,
    inclusive_schooling,
    once_in_the_file,
    once_in_the_class,
)
