"""One step of every kind of change against one step of a transfer, in the same run, like against like.

A signature under which the rules are asked (hand-in, vouching, proposing …) stands against such signatures of a
transfer; its later desks, where nothing is asked any more, are left out. The deciding signature, effect, journal and
second look included, stands against the transfer's completion. Each kind and the transfer take turns, case by case.
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
CASES, WARM_UP = 8, 2
SIGNED, DECIDED = "签署", "决定"
TESTS = Path(__file__).resolve().parent.parent / "tests"


def timed(case, road) -> dict[str, list[float]]:
    """Seconds of each step along the road, by the sort of step it is."""
    from approvals.services import perform
    from tests.county import hand_for

    asks = {t.name for t in case.get_all_state_transitions() if t.conditions}
    taken: dict[str, list[float]] = {SIGNED: [], DECIDED: []}
    for action, role, side in road:
        by = hand_for(case, role, side)
        started = time.perf_counter()
        case = perform(case, action, by=by)
        seconds = time.perf_counter() - started
        if action == road[-1][0]:
            taken[DECIDED].append(seconds)
        elif action in asks:
            taken[SIGNED].append(seconds)
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
        ours, limit = {SIGNED: [], DECIDED: []}, {SIGNED: [], DECIDED: []}
        for turn in range(CASES + WARM_UP):
            case = make(county)
            for sums, steps in ((ours, timed(case, way_of(case))), (limit, timed(a_transfer(county), WAY))):
                for sort in sums:
                    sums[sort] += steps[sort] if turn >= WARM_UP else []
        ratios += [ratio_of(f"{sort} {kind}", ours[sort], limit[sort]) for sort in ours]
    return ratios


def ratio_of(name: str, ours: list[float], limit: list[float]) -> Ratio:
    mine, least = (statistics.median(taken) * 1000 for taken in (ours, limit))
    return Ratio(name, round(mine / least, 2), ALLOWED, mine, least, len(ours))


def main() -> int:
    with scratch_database():
        return conclude("steps", measure(), cases=CASES)


if __name__ == "__main__":
    sys.exit(main())
