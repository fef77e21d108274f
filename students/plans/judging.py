"""A plan held against the school's classes and seats: everything that is wrong with it, in words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from law import parameters
from law.school_time import first_day, grade_name, school_year_name, school_year_of
from schools.models import School, SchoolClass, Seats, cohort_of

from ..classing import ledger
from .case import IntakePlan
from .rules import PlanFacts

ENTRY_GRADES = (1, 7)
Line = tuple[int, int, int]


@dataclass(frozen=True)
class Standing:
    """What plans of one year are held against, of however many schools, in a constant number of queries."""

    year: int
    on: date
    cap: int
    # The last day on which a school may propose the grades that begin with this year.
    last_proposal: date
    schools: dict[int, School]
    # Open plans, seats by (school, grade, class or None), open classes by (school, stage, cohort).
    running: dict[int, list[IntakePlan]]
    seats: dict[tuple[int, int, int | None], Seats]
    classes: dict[tuple[int, str, int], list[SchoolClass]]

    @classmethod
    def of(cls, schools: Iterable[int], year: int, on: date) -> "Standing":
        ids, running, classes = list(schools), defaultdict(list), defaultdict(list)
        for plan in IntakePlan.objects.filter(lead_school__in=ids, year=year, closed_on=None).order_by("pk"):
            running[plan.lead_school_id].append(plan)
        for each in ledger.counted_classes().filter(school__in=ids).order_by("number"):
            classes[each.school_id, each.stage, each.cohort].append(each)
        rows = Seats.objects.filter(school__in=ids, year=year)
        seats = {(row.school_id, row.grade, row.school_class_id): row for row in rows}
        numbers = parameters.on(on)
        cap, last = numbers["class.cap"], numbers.yearly("plan.proposal_last_day", year)
        return cls(year, on, cap, last, School.objects.in_bulk(ids), running, seats, classes)

    def classes_in(self, school_id: int, grade: int) -> list[SchoolClass]:
        return self.classes[school_id, *cohort_of(grade, self.year)]


def facts_of(school_id: int, year: int, lines: list[Line], on: date, *, case=None, **more) -> PlanFacts:
    """Facts of an intended or running plan; `lines` are (grade, classes, size)."""
    return facts_in(Standing.of([school_id], year, on), school_id, lines, case=case, **more)


def facts_in(
    now: Standing, school_id: int, lines: list[Line], *, case=None, asked_on: date | None = None, **more
) -> PlanFacts:
    """The same for one of many schools; `asked_on` is the day on which a school proposes the plan, None without one."""
    school, present, year, cap = now.schools[school_id], school_year_of(now.on), now.year, now.cap
    other = next((plan for plan in now.running[school_id] if case is None or plan.pk != case.pk), None)
    ended = school.closed_on
    return PlanFacts(
        on=now.on,
        year=year,
        lines=len(lines),
        cap=cap,
        school_ended=f"{school}已于{ended:%Y年%-m月%-d日}撤并" if ended else "",
        other=f"该校{school_year_name(year)}已有在办的招生计划{other.number}" if other else "",
        not_its_year="" if present <= year <= present + 1 else f"{school_year_name(year)}不能编报招生计划",
        ahead=names(g for g, _, _ in lines if year > present and g not in ENTRY_GRADES),
        untaught=names(g for g, _, _ in lines if g not in school.grades),
        too_large="、".join(f"{grade_name(g)}每班{size}人" for g, _, size in lines if size > cap),
        entered=entered_by(now, lines, asked_on) if asked_on else "",
        next_plan=f"{school_year_name(year + 1)}的计划自{first_day(year):%Y年%-m月%-d日}起可以申报",
        **(held_against_ledger(now, school_id, lines) if case is None or case.is_open else {}),
        **more,
    )


def names(grades) -> str:
    return "、".join(grade_name(grade) for grade in grades)


def entered_by(now: Standing, lines: list[Line], asked_on: date) -> str:
    """The grades of the plan whose new children had entered by that day, in words."""
    beginning, last = names(g for g, _, _ in lines if g in ENTRY_GRADES), now.last_proposal
    if not beginning or asked_on <= last:
        return ""
    return f"{beginning}新生{now.year}年秋季入学，学校申报招生计划到{last:%Y年%-m月%-d日}为止"


def held_against_ledger(now: Standing, school_id: int, lines: list[Line]) -> dict[str, str]:
    """What is taken already stands against too small a plan."""
    low, crowded, not_empty = [], [], []
    for grade, classes, size in lines:
        row = now.seats.get((school_id, grade, None))
        if row and classes * size + row.granted < row.used + row.reserved:
            low.append(f"{grade_name(grade)}计划{classes * size}个，已用{row.used}个、预留{row.reserved}个")
        here = now.classes_in(school_id, grade)
        taken = {each: row for each in here if (row := now.seats.get((school_id, grade, each.pk)))}
        crowded += [
            f"{each.name_in(now.year)}{row.used + row.reserved}人"
            for each, row in taken.items()
            if row.used + row.reserved > size + row.granted
        ]
        busy = sum(bool(row.used + row.reserved) for row in taken.values())
        if classes < busy:
            not_empty.append(f"{grade_name(grade)}计划{classes}个班，现有{busy}个班有学生")
    return {"too_low": "；".join(low), "crowded": "、".join(crowded), "not_empty": "；".join(not_empty)}
