"""The whole county in one transaction: all of it, or nothing."""

from django.db import transaction

from law import clock
from schools.models import Bureau, School

from . import BUREAU_NAME, SEED_DAY
from .archives import keep_archives
from .asked_classes import ask_for_classes
from .batches import bring_batches
from .bulk import settle_for_growth
from .custody import move_papers
from .houses import build_bureau, build_classes, build_schools, open_ledger
from .oversight import oversee
from .plans import SchoolPlan, demo_plan, plan_of_size
from .population import Population
from .staff import hire, posts_of, teachers_of
from .stories import live_transfers


def exists() -> bool:
    """True when a county has been set up here, by us or by people."""
    return Bureau.objects.filter(name=BUREAU_NAME).exists() or School.objects.exists()


@transaction.atomic
def seed_demo() -> int:
    """The demo county with its history and open cases. Returns the number of children written."""
    with clock.at(SEED_DAY):
        schools, written = _build(demo_plan(), with_history=True)
        hire(teachers_of(schools))
        live_transfers(schools)
        move_papers(schools)
        bring_batches(schools)
        keep_archives(schools)
        oversee(schools)
        ask_for_classes(schools)
    return written


@transaction.atomic
def seed_size(students: int, schools: int | None = None) -> int:
    """A county of any size without cases, for measuring. Returns the number of children written."""
    with clock.at(SEED_DAY):
        return _build(plan_of_size(students, schools), with_history=False)[1]


def _build(plans: list[SchoolPlan], *, with_history: bool) -> tuple[dict[str, School], int]:
    settle_for_growth()
    bureau = build_bureau()
    schools = build_schools(plans, bureau)
    hire(posts_of(schools, bureau))
    build_classes(plans, schools)
    people = Population(with_history=with_history)
    people.fill(plans, schools)
    open_ledger(plans, schools, people.seated)
    return schools, people.written
