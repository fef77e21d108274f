"""One step of every kind of change against one step of a transfer, in the same run.

The limit: the steps of a transfer from hand-in to completion. Ours: the steps of a kind from hand-in to its deciding
signature, effect included; each kind and the transfer take turns, case by case.
Run: bin/bench steps
"""

import importlib
import statistics
import sys
import time
from pathlib import Path

from clone import scratch_database
from measuring import Ratio, conclude

ALLOWED = 1.3
CASES, WARM_UP = 6, 1
TESTS = Path(__file__).resolve().parent.parent / "tests"


def timed(case, road) -> list[float]:
    """Seconds of each step along the road."""
    from approvals.services import perform
    from tests.county import hand_for

    taken = []
    for action, role, side in road:
        by = hand_for(case, role, side)
        started = time.perf_counter()
        case = perform(case, action, by=by)
        taken.append(time.perf_counter() - started)
    return taken


def small_county():
    """Three schools of one bureau, as the specimens of the tests want them."""
    from schools.models import Bureau, Division, Seats
    from tests.changes import County
    from tests.county import child_maker, make_school, staff_member

    bureau = Bureau.objects.create(name="建平县教育局", division=Division.objects.get(code="211322"))
    schools = [make_school(bureau, number, f"第{number}小学") for number in (1, 2, 3)]
    Seats.objects.update(capacity=500)
    return County(bureau, *schools, child_maker(), staff_member)


def a_transfer(county):
    from accounts.roles import Role
    from tests.county import class_of, papers_in_order
    from transfers.services import start_transfer

    registrar = county.staff(Role.REGISTRAR, county.no2)
    child = county.child_at(county.no1, grade=3)
    case = start_transfer(child, county.no2, by=registrar, ground="T4", grade=3, to_class=class_of(county.no2, 3))
    papers_in_order(case, registrar)
    return case


def measure() -> list[Ratio]:
    from tests.changes import SPECIMENS, way_of
    from tests.county import WAY

    for module in sorted(TESTS.glob("*/*specimens*.py")):
        importlib.import_module(f"tests.{module.parent.name}.{module.stem}")
    county, ratios = small_county(), []
    for kind, make in sorted(SPECIMENS.items()):
        ours, limit = [], []
        for turn in range(CASES + WARM_UP):
            case = make(county)
            steps, moved = timed(case, way_of(case)), timed(a_transfer(county), WAY)
            if turn >= WARM_UP:
                ours += steps
                limit += moved
        mine, least = statistics.median(ours) * 1000, statistics.median(limit) * 1000
        ratios.append(Ratio(f"一步 {kind}", round(mine / least, 2), ALLOWED, mine, least, CASES))
    return ratios


def main() -> int:
    with scratch_database():
        return conclude("steps", measure(), cases=CASES)


if __name__ == "__main__":
    sys.exit(main())
