"""Bureau, schools, classes of all cohorts that matter, and this year's seat ledger."""

from collections import Counter
from datetime import date

from accounts.appointments import grant_new_school
from law import parameters
from law.school_time import LAST_PRIMARY_GRADE
from schools.models import Bureau, Division, School, SchoolClass, Seats, Stage, cohort_of

from . import BUREAU_NAME, SEED_DAY, SEED_YEAR
from .plans import SchoolPlan

FORMER_COHORTS = 2


def build_bureau() -> Bureau:
    return Bureau.objects.create(name=BUREAU_NAME, division=Division.objects.get(code="211322"))


def build_schools(plans: list[SchoolPlan], bureau: Bureau) -> dict[str, School]:
    """Write all schools; returns them by the plan's login."""
    made = School.objects.bulk_create(
        [
            School(
                code=plan.code,
                name=plan.name,
                short_name=plan.short_name,
                kind=plan.kind,
                county_direct=plan.county_direct,
                bureau=bureau,
                division_id=plan.division,
            )
            for plan in plans
        ]
    )
    for school in made:
        grant_new_school(school)
    return {plan.login: school for plan, school in zip(plans, made, strict=True)}


def build_classes(plans: list[SchoolPlan], schools: dict[str, School]) -> None:
    """Write the classes of every grade of this year, and of the cohorts that left in the two years before."""
    classes = [each for plan in plans for each in _classes_of(plan, schools[plan.login])]
    SchoolClass.objects.bulk_create(classes, batch_size=2000)


def _classes_of(plan: SchoolPlan, school: School) -> list[SchoolClass]:
    kind = SchoolClass.Kind.SPECIAL if plan.kind == School.Kind.SPECIAL else SchoolClass.Kind.ORDINARY
    classes = []
    for grade, sizes in plan.sizes.items():
        stage, cohort = cohort_of(grade, SEED_YEAR)
        classes += [
            SchoolClass(school=school, stage=stage, cohort=cohort, number=n, kind=kind)
            for n in range(1, len(sizes) + 1)
        ]
    return classes + _former_classes(plan, school, kind)


def _former_classes(plan: SchoolPlan, school: School, kind: str) -> list[SchoolClass]:
    """One class a cohort for those who finished the stage in the two years before."""
    lasts = [(grade, stage) for grade, stage in ((6, Stage.PRIMARY), (9, Stage.JUNIOR)) if grade in plan.sizes]
    classes = []
    for grade, stage in lasts:
        last_cohort, years = (
            cohort_of(grade, SEED_YEAR)[1],
            grade if stage == Stage.PRIMARY else grade - LAST_PRIMARY_GRADE,
        )
        for cohort in range(last_cohort - FORMER_COHORTS, last_cohort):
            closed = date(cohort + years, 7, 31)
            classes.append(
                SchoolClass(school=school, stage=stage, cohort=cohort, number=1, kind=kind, closed_on=closed)
            )
    return classes


def open_ledger(plans: list[SchoolPlan], schools: dict[str, School], seated: Counter) -> None:
    """Seat rows of this year. `seated` counts the children of each class; a full grade has exactly as many seats."""
    cap = parameters.on(SEED_DAY)["class.cap"]
    classes = SchoolClass.objects.filter(closed_on=None).order_by("school_id", "-cohort", "number")
    by_grade: dict[tuple[int, int], list[SchoolClass]] = {}
    for each in classes:
        by_grade.setdefault((each.school_id, each.grade_in(SEED_YEAR)), []).append(each)
    rows = []
    for plan in plans:
        for grade in plan.sizes:
            here = by_grade[schools[plan.login].pk, grade]
            rows += _grade_rows(here, grade, seated, cap, full=grade in plan.full_grades)
    Seats.objects.bulk_create(rows, batch_size=2000)


def _grade_rows(classes: list[SchoolClass], grade: int, seated: Counter, cap: int, *, full: bool) -> list[Seats]:
    school_id, used = classes[0].school_id, sum(seated[c.pk] for c in classes)
    shared = {"school_id": school_id, "year": SEED_YEAR, "grade": grade}
    capacity = used if full else cap * len(classes)
    return [Seats(**shared, capacity=capacity, used=used)] + [
        Seats(**shared, school_class=c, capacity=cap, used=seated[c.pk]) for c in classes
    ]
