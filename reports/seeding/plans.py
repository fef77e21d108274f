"""Which schools a county gets and how many children sit in each grade: the demo's own list, or any size for benches."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from schools.models import Division, School

from . import SEED

SCHOOLS_FILE = Path(__file__).with_name("schools.csv")
# First two digits of a school code by kind, as the national scheme orders them.
PREFIXES = {
    School.Kind.PRIMARY: "21",
    School.Kind.JUNIOR: "31",
    School.Kind.NINE_YEAR: "31",
    School.Kind.SPECIAL: "51",
}
LARGEST_CLASS = 45
PER_SCHOOL = 400
# Seven primary schools, two junior and one nine-year school in every ten.
MIX = [School.Kind.PRIMARY] * 4 + [School.Kind.JUNIOR] + [School.Kind.PRIMARY] * 3
MIX += [School.Kind.NINE_YEAR, School.Kind.JUNIOR]
LABELS = {School.Kind.PRIMARY: "小学", School.Kind.JUNIOR: "中学", School.Kind.NINE_YEAR: "学校"}


@dataclass
class SchoolPlan:
    """One school to be: `sizes` maps grade to the sizes of its classes, `full_grades` have no free seat."""

    code: str
    name: str
    short_name: str
    login: str
    kind: str
    county_direct: bool
    division: str
    sizes: dict[int, list[int]] = field(default_factory=dict)
    full_grades: frozenset[int] = frozenset()

    @property
    def grades(self) -> range:
        return School(kind=self.kind).grades


def code_of(kind: str, number: int) -> str:
    """A well-formed ten-digit school code: kind, province and a serial number."""
    return f"{PREFIXES[kind]}21{number:06d}"


def demo_plan() -> list[SchoolPlan]:
    """The schools of the demo county, from the list beside this module."""
    rng = Random(SEED)
    with SCHOOLS_FILE.open(encoding="utf-8", newline="") as rows:
        return [_demo_school(number, row, rng) for number, row in enumerate(csv.DictReader(rows), start=1)]


def _demo_school(number: int, row: dict[str, str], rng: Random) -> SchoolPlan:
    plan = SchoolPlan(
        code=code_of(row["kind"], number),
        name=row["name"],
        short_name=row["short_name"],
        login=row["login"],
        kind=row["kind"],
        county_direct=row["county_direct"] == "Y",
        division=row["division"],
        full_grades=frozenset(map(int, row["full_grades"].split())),
    )
    size = int(row["size"])
    for grade in plan.grades:
        plan.sizes[grade] = [max(2, size + rng.randint(-3, 3)) for _ in range(int(row["classes"]))]
    return plan


def plan_of_size(students: int, schools: int | None = None) -> list[SchoolPlan]:
    """A county of exactly `students` children in `schools` schools of usual kinds, spread evenly over all grades."""
    count = schools or max(4, students // PER_SCHOOL)
    plans = _empty_schools(count)
    slots = [(plan, grade) for plan in plans for grade in plan.grades]
    share, left = divmod(students, len(slots))
    for position, (plan, grade) in enumerate(slots):
        plan.sizes[grade] = classes_of(share + (position < left))
    return plans


def _empty_schools(count: int) -> list[SchoolPlan]:
    townships = list(Division.objects.filter(parent="211322").order_by("code"))
    made: Counter = Counter()
    plans = []
    for number in range(1, count + 1):
        kind, township = MIX[(number - 1) % len(MIX)], townships[(number - 1) % len(townships)]
        made[kind, township.pk] += 1
        short_name = f"{township.name}第{made[kind, township.pk]}{LABELS[kind]}"
        plans.append(
            SchoolPlan(code_of(kind, number), f"建平县{short_name}", short_name, f"s{number}", kind, False, township.pk)
        )
    return plans


def classes_of(children: int) -> list[int]:
    """Split a grade into as few classes of usual size as possible, as even as possible."""
    count = max(1, -(-children // LARGEST_CLASS))
    share, left = divmod(children, count)
    return [share + (n < left) for n in range(count)]
