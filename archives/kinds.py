"""The kinds of entries: what each holds, how often it is made, and what its values must say together.

A kind is declared once here; the page of a child, the sheet of a class, the workbook and its template all follow it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from .columns import Choice, Column, Day, Flag, MarkColumn, Number, Span, Text
from .models import Aid, Award, CheckUp, Evaluation, FitnessTest, Growth, ProofPaper, Vaccination
from .models.details import GRADED, MEASURES, RATINGS, SUBJECTS, AidKind, Grade, Level
from .models.entry import PART_OF

PARTS = {
    1: "学籍基础信息及信息变动情况",
    2: "学籍信息证明材料",
    3: "综合素质发展报告",
    4: "体质健康测试、健康体检、预防接种",
    5: "在校期间的获奖信息",
    6: "享受资助信息",
    7: "学业成绩及综合素质评价结果",
}
SHORT = {1: "基础信息", 2: "证明材料", 3: "素质报告", 4: "体质健康", 5: "获奖", 6: "资助", 7: "评价结果"}
REGISTRAR_KEEPS = (1, 2)
TERM, YEAR, ONCE = "term", "year", "once"

Values = dict[str, Any]
# (column, what is wrong, what to do)
Objection = tuple[str, str, str]


@dataclass(frozen=True)
class Sitting:
    """For whom a value is entered: the grade of that school year and the sex decide what is asked."""

    grade: int | None = None
    sex: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of entry. `many`: a child may have several of a period. `proof`: originals of its scans are kept."""

    code: str
    label: str
    period: str
    columns: tuple[Column, ...] = ()
    model: type[models.Model] | None = None
    many: bool = False
    proof: bool = True
    asked: Callable[[int | None], Iterable[Column]] | None = None
    judge: Callable[[Values, Sitting], list[Objection]] | None = None
    derive: Callable[[Values], Values] | None = None

    @property
    def part(self) -> int:
        return PART_OF[self.code]

    @property
    def in_class(self) -> bool:
        """Entered for a whole class at once, on a sheet or by workbook."""
        return self.code not in ("proof", "no_award", "no_aid")

    @property
    def says_nothing(self) -> bool:
        """The statement that a term brought nothing of another kind: it has no columns, it is said or taken back."""
        return self.code in NOTHING.values()

    @property
    def undone(self) -> str:
        """What making it void is called."""
        return "撤回" if self.says_nothing else "作废"

    def columns_for(self, grade: int | None) -> tuple[Column, ...]:
        """What is asked in this grade."""
        return tuple(self.asked(grade)) if self.asked else self.columns

    def term_of(self, term: int) -> int:
        """The term an entry is kept under: 0 for what is made once a school year or once for good."""
        return term if self.period == TERM else 0

    def objections_to(self, values: Values, sitting: Sitting) -> list[Objection]:
        """What stands against the values as a whole; each by itself has been read already."""
        found = [
            (column.key, f"{column.label}没有填写", f"请填写{column.label}")
            for column in self.columns_for(sitting.grade)
            if column.required and values.get(column.key) is None
        ]
        return found + (self.judge(values, sitting) if self.judge else [])

    def finished(self, values: Values) -> Values:
        """The values with what follows from them."""
        return values | self.derive(values) if self.derive else values


# --- 3: marks, growth ------------------------------------------------------------------------------------------------

TAUGHT = {
    "ethics": (1, 9),
    "chinese": (1, 9),
    "maths": (1, 9),
    "english": (3, 9),
    "science": (1, 6),
    "physics": (8, 9),
    "chemistry": (9, 9),
    "biology": (7, 8),
    "history": (7, 9),
    "geography": (7, 8),
    "it": (3, 8),
    "pe": (1, 9),
    "music": (1, 9),
    "art": (1, 9),
    "labour": (1, 9),
}
MARKS = {code: MarkColumn(code, name) for code, name in SUBJECTS.items()}


def subjects_of(grade: int | None) -> list[Column]:
    """The subjects taught in a grade; all of them where the grade is not known."""
    return [MARKS[code] for code, (first, last) in TAUGHT.items() if grade is None or first <= grade <= last]


def some_mark(values: Values, sitting: Sitting) -> list[Objection]:
    taught = {column.key for column in subjects_of(sitting.grade)}
    strange = [key for key, value in values.items() if value is not None and key not in taught]
    found = [(key, f"这个年级不开{SUBJECTS[key]}", "请删去该科成绩") for key in strange if key in SUBJECTS]
    if not any(values.get(key) for key in SUBJECTS):
        found.append(("chinese", "没有一科成绩", "请至少填写一科"))
    return found


def said_something(values: Values, sitting: Sitting) -> list[Objection]:
    if any(values.get(key) for key in ("sport", "art_skill", "service", "practice")):
        return []
    return [("sport", "体育、艺术、社区服务、社会实践都没有填写", "请至少填写一项")]


# --- 4: fitness, check-up, vaccination -------------------------------------------------------------------------------


def _measure(key: str, label: str, **more) -> Column:
    _, places, low, high = MEASURES[key]
    if key in ("shuttle", "long_run"):
        return Span(key, label, low=low, high=high, **more)
    return Number(key, label, low=low, high=high, places=places, **more)


MEASURED = {
    key: _measure(key, label)
    for key, label in {
        "height": "身高（厘米）",
        "weight": "体重（千克）",
        "vital_capacity": "肺活量（毫升）",
        "run_50": "50米跑（秒）",
        "sit_reach": "坐位体前屈（厘米）",
        "rope": "1分钟跳绳（次）",
        "sit_ups": "1分钟仰卧起坐（次）",
        "shuttle": "50米×8往返跑（分秒）",
        "jump": "立定跳远（厘米）",
        "pull_ups": "引体向上（次）",
        "long_run": "1000米/800米跑（分秒）",
        "total": "总分",
    }.items()
}
EVERYBODY = ("height", "weight", "vital_capacity", "run_50", "sit_reach")
# The further items of 国家学生体质健康标准, by the last grade that takes them.
FURTHER = ((2, ("rope",)), (4, ("rope", "sit_ups")), (6, ("rope", "sit_ups", "shuttle")))
JUNIOR_ITEMS = ("jump", "pull_ups", "sit_ups", "long_run")
TESTED_ON = Day("tested_on", "测试日期")
EXEMPT = Text("exempt", "免予执行原因", help="因病或残疾免测的写原因，成绩留空")


def items_of(grade: int | None) -> tuple[str, ...]:
    """The items of the national standard for a grade, without the total."""
    if grade is None:
        return tuple(key for key in MEASURED if key != "total")
    return EVERYBODY + next((items for last, items in FURTHER if grade <= last), JUNIOR_ITEMS)


def measured(grade: int | None) -> list[Column]:
    return [TESTED_ON, *(MEASURED[key] for key in items_of(grade)), MEASURED["total"], EXEMPT]


def tested_or_exempt(values: Values, sitting: Sitting) -> list[Objection]:
    given = [key for key in MEASURED if values.get(key) is not None]
    if values.get("exempt"):
        return [(key, "免测的学生不填成绩", "请删去成绩，或删去免予执行原因") for key in given]
    found = [
        (key, "不是这个年级的测试项目", "请删去") for key in given if key not in (*items_of(sitting.grade), "total")
    ]
    foreign = {"1": "sit_ups", "2": "pull_ups"}.get(sitting.sex) if (sitting.grade or 0) > 6 else None
    if foreign in given:
        words = {"sit_ups": "初中男生测引体向上，不测仰卧起坐", "pull_ups": "初中女生测仰卧起坐，不测引体向上"}
        found.append((foreign, words[foreign], "请删去"))
    if values.get("total") is None:
        found.append(("total", "总分没有填写", "请填总分；免测的写免予执行原因"))
    return found


def graded(values: Values) -> Values:
    """The grade that a total means."""
    total = values.get("total")
    grade = next((g.value for g, (low, above) in GRADED.items() if total is not None and low <= total < above), "")
    return {"grade": grade}


def whole_vaccination(values: Values, sitting: Sitting) -> list[Objection]:
    if values.get("complete") is False and not values.get("missing"):
        return [("missing", "未按程序接种的须写明需补种的疫苗", "请对照预防接种证填写")]
    if values.get("complete") and values.get("missing"):
        return [("missing", "已按程序接种的不填需补种的疫苗", "请删去，或改为“否”")]
    return []


def other_aid_said(values: Values, sitting: Sitting) -> list[Objection]:
    if values.get("aid_kind") == AidKind.OTHER and not values.get("note"):
        return [("note", "其他资助须写明是什么资助", "请填写说明")]
    return []


_GRADES = tuple(Grade.choices)
_RATED = dict(zip(RATINGS, ("思想品德", "学业水平", "身心健康", "艺术素养", "社会实践"), strict=True))

KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "proof",
            "证明材料",
            ONCE,
            (
                Text("title", "材料名称", required=True, help="户籍证明、监护关系证明等；业务案件里的材料不用再登记"),
                Text("issuer", "出具单位"),
                Day("issued_on", "出具日期"),
                Text("note", "说明", most=200),
            ),
            ProofPaper,
            many=True,
        ),
        Kind("marks", "学业成绩", TERM, tuple(MARKS.values()), asked=subjects_of, judge=some_mark),
        Kind(
            "growth",
            "体育艺术与社会实践",
            TERM,
            (
                Text("sport", "体育运动技能"),
                Text("art_skill", "艺术特长"),
                Text("service", "社区服务"),
                Number("service_hours", "服务时数", high=500, places=1),
                Text("practice", "社会实践"),
                Number("practice_days", "实践天数", high=60, places=1),
            ),
            Growth,
            judge=said_something,
            proof=False,
        ),
        Kind(
            "fitness",
            "体质健康测试",
            YEAR,
            (TESTED_ON, *MEASURED.values(), EXEMPT),
            FitnessTest,
            asked=measured,
            judge=tested_or_exempt,
            derive=graded,
        ),
        Kind(
            "checkup",
            "健康体检",
            YEAR,
            (
                Day("checked_on", "体检日期", required=True),
                Text("institution", "体检机构"),
                Number("vision_left", "左眼裸眼视力", low=3, high=5.3, places=1, help="五分记录法，3.0至5.3"),
                Number("vision_right", "右眼裸眼视力", low=3, high=5.3, places=1),
                Number("caries", "龋齿（颗）", high=32),
                Text("conclusion", "体检结论", required=True, most=120),
            ),
            CheckUp,
        ),
        Kind(
            "vaccination",
            "预防接种查验",
            ONCE,
            (
                Day("seen_on", "查验日期", required=True),
                Flag("complete", "已按程序接种", required=True),
                Text("missing", "需补种的疫苗", most=120),
            ),
            Vaccination,
            judge=whole_vaccination,
        ),
        Kind(
            "award",
            "获奖",
            TERM,
            (
                Text("title", "奖项名称", required=True),
                Choice("level", "级别", required=True, options=tuple(Level.choices)),
                Text("issuer", "颁发单位", required=True),
                Day("awarded_on", "获奖日期", required=True),
            ),
            Award,
            many=True,
        ),
        Kind("no_award", "本学期无获奖", TERM),
        Kind(
            "aid",
            "享受资助",
            TERM,
            (
                Choice("aid_kind", "资助种类", required=True, options=tuple(AidKind.choices)),
                Number("amount", "金额（元）", required=True, high=999999, places=2),
                Day("granted_on", "发放日期", required=True),
                Text("note", "说明", most=120),
            ),
            Aid,
            many=True,
            judge=other_aid_said,
        ),
        Kind("no_aid", "本学期无资助", TERM),
        Kind(
            "evaluation",
            "综合素质评价",
            TERM,
            (
                *(Choice(key, label, required=True, options=_GRADES) for key, label in _RATED.items()),
                Text("academic", "学业结论", most=60),
                Text("physical", "体育结论", most=60),
                Text("comment", "班主任评语", required=True, most=300, long=True),
            ),
            Evaluation,
        ),
    )
}
# What is said of a term in which there was nothing, by the kind there was nothing of.
NOTHING = {"award": "no_award", "aid": "no_aid"}
SHEETS = {code: kind for code, kind in KINDS.items() if kind.in_class}
