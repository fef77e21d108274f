"""Archives of the demo county: some classes complete, some half kept, some not begun, all of it made up."""

from datetime import date
from decimal import Decimal
from random import Random

from accounts.models import Appointment
from accounts.roles import Role
from archives.entries import Maker
from archives.kinds import KINDS, NOTHING, items_of, subjects_of
from archives.periods import Period
from law import clock
from schools.models import School
from students.models import Placement, Student

from . import SEED, SEED_YEAR

LAST_TERM = Period(SEED_YEAR - 1, 2)
GRADES = ("A", "A", "B", "B", "B", "C")
COMMENTS = (
    "遵守纪律，团结同学，听讲专心，作业工整，望多锻炼口头表达。",
    "待人有礼，热爱劳动，数学思维活跃，望加强阅读积累。",
    "性格开朗，乐于助人，体育活动积极，望书写再认真一些。",
    "踏实勤奋，尊敬师长，集体荣誉感强，望大胆发言。",
)
SPORTS = ("跳绳", "短跑", "篮球", "乒乓球", "足球", "广播体操")
ARTS = ("合唱", "剪纸", "书法", "素描", "竖笛", "")
SERVICES = ("社区清洁", "图书整理", "敬老院慰问", "植树护绿")
AWARDS = (("三好学生", "60"), ("校运动会前三名", "60"), ("文明小标兵", "53"), ("优秀学生干部", "43"))
MEASURES = {
    "vital_capacity": (1200, 3200),
    "rope": (60, 150),
    "sit_ups": (18, 48),
    "jump": (140, 210),
    "pull_ups": (0, 8),
    "shuttle": (95, 140),
    "long_run": (230, 330),
}
# What a class keeps, by its turn: everything, all but the evaluation of some, results only, nothing yet.
EVERYTHING, MOST, RESULTS, NOTHING_YET = range(4)


def keep_archives(schools: dict[str, School]) -> int:
    """Entries of the last term for the first class of every grade, in a few statements a kind. Returns how many."""
    rng = Random(SEED + 9)
    makers = {
        school.pk: {code: Maker(kind, LAST_TERM, school.pk, by) for code, kind in KINDS.items()}
        for school, by in keepers(schools)
    }
    made: dict[str, list] = {code: [] for code in KINDS}
    for child, school_id, grade, turn in pupils(schools):
        for code, values in kept_of(child, grade, turn, rng):
            made[code].append(makers[school_id][code].fresh(child, values, []))
    for code, rows in made.items():
        if rows:
            Maker(KINDS[code], LAST_TERM, 0, None).write(rows)
    return sum(map(len, made.values()))


def keepers(schools: dict[str, School]) -> list[tuple[School, object]]:
    """Each school with its registrar."""
    live = Appointment.objects.live(clock.today()).filter(role=Role.REGISTRAR, school__in=schools.values())
    registrars = {row.school_id: row.user for row in live.select_related("user")}
    return [(school, registrars[school.pk]) for school in schools.values()]


def pupils(schools: dict[str, School]) -> list[tuple[Student, int, int, int]]:
    """(child, school, grade of last year, what its class keeps) of first classes that existed last year."""
    rows = Placement.objects.filter(
        ends=None, enrolment__voided=False, enrolment__school__in=schools.values(), school_class__number=1
    )
    rows = rows.filter(starts__lt=date(SEED_YEAR, 9, 2), enrolment__during__startswith__lt=date(SEED_YEAR, 9, 1))
    rows = rows.select_related("school_class", "enrolment__student").order_by("school_class__school", "pk")
    found = []
    for row in rows:
        grade = row.school_class.grade_in(LAST_TERM.year)
        if grade:
            turn = (row.school_class.school_id + row.school_class.cohort) % 4
            found.append((row.enrolment.student, row.enrolment.school_id, grade, turn))
    return found


def kept_of(child: Student, grade: int, turn: int, rng: Random):
    """(kind, values) of everything a child's class keeps."""
    if turn == NOTHING_YET:
        return
    yield "marks", marks_of(grade, rng)
    if turn == MOST and rng.random() < 0.15:
        return
    yield "evaluation", evaluation_of(rng)
    if turn == RESULTS:
        return
    yield "growth", growth_of(rng)
    yield "fitness", fitness_of(child, grade, rng)
    yield "checkup", checkup_of(rng)
    yield "vaccination", {"seen_on": date(SEED_YEAR - 1, 9, 5), "complete": True}
    yield "proof", {"title": "居民户口簿学生本人页复印件（纸质）", "note": "原件已核，纸质存档案袋"}
    yield from (award_of(rng), aid_of(rng))


def marks_of(grade: int, rng: Random) -> dict:
    """Grades in words in the lower classes, points in the upper ones."""
    words = ("优秀", "优秀", "良好", "合格")
    return {
        column.key: rng.choice(words) if grade < 3 or column.key in ("pe", "music", "art", "labour", "it")
        else str(rng.randrange(62, 100))
        for column in subjects_of(grade)
    }  # fmt: skip


def evaluation_of(rng: Random) -> dict:
    rated = {key: rng.choice(GRADES) for key in ("morals", "learning", "health", "arts", "society")}
    return rated | {"academic": "完成本学期学业", "physical": "达到锻炼标准", "comment": rng.choice(COMMENTS)}


def growth_of(rng: Random) -> dict:
    return {
        "sport": rng.choice(SPORTS),
        "art_skill": rng.choice(ARTS) or None,
        "service": rng.choice(SERVICES),
        "service_hours": Decimal(rng.randrange(2, 12)),
        "practice": "春季研学",
        "practice_days": Decimal(1),
    }


def fitness_of(child: Student, grade: int, rng: Random) -> dict:
    """Measures of the grade within believable bounds, with a total of 55 to 98."""
    untested = "pull_ups" if child.sex == "2" else "sit_ups" if grade > 6 else ""
    values = {key: rng.randrange(*MEASURES[key]) for key in items_of(grade) if key in MEASURES and key != untested}
    values |= {
        "tested_on": date(SEED_YEAR - 1, 10, 20),
        "height": Decimal(110 + 6 * grade + rng.randrange(-5, 6)),
        "weight": Decimal(18 + 4 * grade + rng.randrange(-3, 5)),
        "run_50": Decimal(rng.randrange(85, 115)) / 10,
        "sit_reach": Decimal(rng.randrange(-20, 150)) / 10,
        "total": Decimal(rng.randrange(550, 980)) / 10,
    }
    return values


def checkup_of(rng: Random) -> dict:
    sight = [Decimal(rng.randrange(45, 53)) / 10 for _ in range(2)]
    said = "未见异常" if min(sight) >= Decimal("4.9") else "视力不良，建议到医院复查"
    return {
        "checked_on": date(SEED_YEAR - 1, 11, 6),
        "institution": "乡镇卫生院（演示）",
        "vision_left": sight[0],
        "vision_right": sight[1],
        "caries": rng.choice((0, 0, 1, 2)),
        "conclusion": said,
    }


def award_of(rng: Random) -> tuple[str, dict]:
    if rng.random() < 0.7:
        return NOTHING["award"], {}
    title, level = rng.choice(AWARDS)
    return "award", {"title": title, "level": level, "issuer": "演示单位", "awarded_on": date(SEED_YEAR, 6, 1)}


def aid_of(rng: Random) -> tuple[str, dict]:
    if rng.random() < 0.8:
        return NOTHING["aid"], {}
    return "aid", {"aid_kind": "day", "amount": Decimal("500.00"), "granted_on": date(SEED_YEAR, 5, 20)}
