"""学业成绩 and 评语 of the card (第九条第三、七部分): what stands in the archive, by grade and term."""

from collections.abc import Iterable

from archives.kin import kin_of
from archives.kinds import KINDS
from archives.models import Entry
from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE, grade_name
from schools.models import Stage
from students.models import Placement

TERMS = {1: "上学期", 2: "下学期"}
OVERALL = "总　评"  # of the year, by hand: the archive holds no such mark
SUBJECTS = {
    Stage.PRIMARY: {
        "ethics": "道德与法治", "chinese": "语文", "maths": "数学", "english": "英语", "science": "科学",
        "pe": "体育与健康", "music": "音乐", "art": "美术", "it": "信息科技", "labour": "劳动", "": "综合实践",
    },
    Stage.JUNIOR: {
        "ethics": "道德与法治", "chinese": "语文", "maths": "数学", "english": "英语", "history": "历史",
        "geography": "地理", "physics": "物理", "chemistry": "化学", "biology": "生物学", "pe": "体育与健康",
        "music": "音乐", "art": "美术", "it": "信息科技", "labour": "劳动", "": "综合实践",
    },
}  # fmt: skip
RATED = KINDS["evaluation"].columns[:5]
Said = dict[tuple[int, int], list[Entry]]


def grades_of(stage: str) -> range:
    primary = stage == Stage.PRIMARY
    return range(1, LAST_PRIMARY_GRADE + 1) if primary else range(LAST_PRIMARY_GRADE + 1, LAST_GRADE + 1)


def years_of(stage: str, said: Said | None = None) -> list[dict]:
    """The grids of a stage, grade by grade; `said` are entries by grade and term, none for an empty card."""
    return [
        {
            "grade": grade_name(grade),
            "rows": [
                *(
                    {"term": name, "marks": marks_of(stage, (said or {}).get((grade, term), []))}
                    for term, name in TERMS.items()
                ),
                {"term": OVERALL, "marks": marks_of(stage, [])},
            ],
            "remarks": [
                {"term": name, "words": remark_of((said or {}).get((grade, term), []))} for term, name in TERMS.items()
            ],
        }
        for grade in grades_of(stage)
    ]


def marks_of(stage: str, entries: list[Entry]) -> list[str]:
    """A cell for each subject of the stage; empty where there is no mark."""
    found = {mark.subject: mark.mark for entry in entries if entry.kind == "marks" for mark in entry.marks.all()}
    return [found.get(code, "") for code in SUBJECTS[stage]]


def remark_of(entries: list[Entry]) -> str:
    """The five grades of a term and the class teacher's words."""
    for entry in reversed(entries):
        if entry.kind == "evaluation":
            rated = "　".join(
                f"{column.label}{getattr(entry.evaluation, f'get_{column.key}_display')()}" for column in RATED
            )
            return f"{rated}。{entry.evaluation.comment}"
    return ""


def results_of(ids: Iterable[int]) -> dict[int, Said]:
    """What stands of results and evaluations of these children, whichever school entered it; four questions."""
    ids = list(ids)
    kin = kin_of(ids)
    entries = Entry.objects.standing().filter(child__in=kin, kind__in=["marks", "evaluation"])
    grade_in, found = grades_by_year(ids), {}
    own_last = sorted(
        entries.select_related("evaluation").prefetch_related("marks").order_by("pk"),
        key=lambda entry: kin[entry.child_id] == entry.child_id,
    )
    for entry in own_last:
        child = kin[entry.child_id]
        if (grade := grade_in(child, entry.year)) is not None:
            found.setdefault(child, {}).setdefault((grade, entry.term), []).append(entry)
    return found


def grades_by_year(ids: list[int]):
    """(child, year) → the grade it sat in; before its first known class, counted back from there."""
    places = Placement.objects.filter(enrolment__student__in=ids, enrolment__voided=False).order_by("year", "starts")
    sat: dict[int, dict[int, int]] = {}
    for place in places.select_related("school_class", "enrolment"):
        sat.setdefault(place.enrolment.student_id, {})[place.year] = place.grade

    def grade_in(child: int, year: int) -> int | None:
        known = sat.get(child, {})
        if year in known or not known:
            return known.get(year)
        near = min(known, key=lambda other: abs(other - year))
        return known[near] + year - near

    return grade_in
