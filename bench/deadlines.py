"""The nightly check over a county of 60,000 against the bare question of each deadline, in the same run.

The limit of a deadline: its own SELECT of what is open, as the app asks it, with no due day and no row written. Ours:
the whole statement of a night, which counts due days by the calendar, compares with the rows, writes and closes. It is
measured as it runs every night: most rows stand as they stood. A floor is allowed for, since a question about nothing
takes no time and a statement still has to be planned. Some of everything is planted, so that there is much to find.
What is compared is the time of the processor, of this process and its backend, which a busy machine does not lengthen;
neither side may call helpers of the server, whose time would not be seen.
While one check after another runs in a process of its own, pages are opened: the slowest twentieth may take twice as
long as with no check, measured block by block in turn.
Run: bin/bench deadlines; with BENCH_CHILDREN=1000000 the same county is then multiplied to a million (`multiplied.py`)
and measured again in the same run: a night may grow as the children do, that is per child by no more than a half.
"""

import multiprocessing
import os
import statistics
import sys
import time
from contextlib import suppress
from pathlib import Path

from clone import scratch_database
from measuring import Ratio, conclude
from pages import SCHOOLS

CHILDREN = int(os.environ.get("BENCH_CHILDREN", "60000"))
COUNTY = min(CHILDREN, int(os.environ.get("BENCH_COUNTY", "60000")))
ALLOWED, GROWTH = 3.0, 1.5
# Turns by what one takes, in milliseconds up to: many of what takes so little that a busy machine shows in it.
TURNS = ((50.0, 25), (1000.0, 5), (float("inf"), 3))
# Planning the calendar, the rows and the writing takes this long for a question with no answer at all.
FLOOR_MS = 20.0
# One child in so many is away, has no card, waits to be registered.
ONE_IN = 20

# Only of children after a number: those before have theirs.
PLANT = f"""
INSERT INTO suspensions_absenceentry (child_id, school_class_id, day, mark, replaced, by_id, entered_at)
    SELECT e.student_id, p.school_class_id, '2026-09-01', 'truant', false, (SELECT min(id) FROM accounts_user), now()
    FROM students_placement p JOIN students_enrolment e ON e.id = p.enrolment_id
    WHERE p.ends IS NULL AND NOT e.voided AND e.student_id %% {ONE_IN} = 0 AND e.student_id > %(after)s;
UPDATE students_student SET id_type = 'Z' WHERE id %% {ONE_IN} = 1 AND id > %(after)s;
"""
# One child in twenty has an open case as well, spread over all desks; only the spine of it, which is what is asked.
CASES = f"""
INSERT INTO approvals_case (kind, number, state, round, lead_school_id, desk_stage, desk_right, desk_school_id,
    arrived_on, due_on, due_confirmed, clock_from, clock_days, opened_on, opened_by_id)
SELECT d.kind, 'B' || s.id, d.state, 1, s.school_id, d.stage, d."right", s.school_id,
    day, day + 14, true, day, 10, day, (SELECT min(id) FROM accounts_user)
FROM (SELECT id, school_id, date '2026-09-01' + (id %% 14)::int AS day, row_number() OVER (ORDER BY id) AS n
    FROM students_student WHERE id %% {ONE_IN} = 3 AND id > %(after)s) s
JOIN (SELECT *, row_number() OVER () AS n, count(*) OVER () AS many
    FROM unnest(%(kinds)s::text[], %(states)s::text[], %(stages)s::text[], %(rights)s::text[])
        d (kind, state, stage, "right")) d
    ON s.n %% d.many = d.n - 1"""  # noqa: S608 — our own number
# Of a page a million children take seconds on a busy machine: twenty openings of each, in four blocks, are enough.
BLOCKS, OPENINGS = 4, 5
PAGES = (("s1_registrar", "/students/"), ("jyj_clerk1", "/students/"), ("s1_registrar", "/"), ("jyj_clerk1", "/"))
ANALYZE = "ANALYZE"


def plant(owner_url: str, after: int = 0) -> None:
    """Something open for one child in twenty of each kind; only for children with numbers above `after`."""
    import psycopg
    from django.db import connection

    from students.models import Registration, RegistrationEntry, Student

    with connection.cursor() as cursor:
        for statement in filter(str.strip, PLANT.split(";")):
            cursor.execute(statement, {"after": after})
        cursor.execute(CASES, desks_of_all() | {"after": after})
    _batches(Registration, RegistrationEntry, Student.objects.filter(pk__gt=after))
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(ANALYZE)


def desks_of_all() -> dict[str, list[str]]:
    """Every desk of the kinds that have a deadline of their own, and of one that has the ordinary one."""
    from approvals.kinds import model_of

    rows = [
        (kind, state, desk.stage, desk.hand.right)
        for kind in ("transfer", "overflow", "death", "placement", "suspension", "complaint", "order", "audit")
        for state, desk in model_of(kind).DESKS.items()
    ]
    kinds, states, stages, rights = (list(map(str, each)) for each in zip(*rows, strict=True))
    return {"kinds": kinds, "states": states, "stages": stages, "rights": rights}


def _batches(registration, entry, children) -> None:
    """An open batch at each school, one child in twenty waiting in it."""
    from datetime import date

    from accounts.models import User
    from approvals.services import drawn_up, next_numbers
    from schools.models import School

    by = User.objects.order_by("pk").first()
    for school, numbered in zip(School.objects.all(), next_numbers(registration.prefix, SCHOOLS), strict=False):
        case = drawn_up(
            registration, numbered, opened_by=by, lead_school=school, title="新生", intake_year=2026, state="filled"
        )
        case.opened_on = date(2026, 9, 3)
        case.save(force_insert=True)
        ids = children.filter(school=school).extra(where=[f"id %% {ONE_IN} = 2"]).values_list("pk", flat=True)
        entry.objects.bulk_create([entry(registration=case, student_id=pk) for pk in ids])


class Processor:
    """Milliseconds of processor that a piece of work takes, here and in the database's process that serves us."""

    def __init__(self):
        from django.db import connection

        from jianping_xueji.room import ROOM

        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
            # Both sides have the memory of a night.
            cursor.execute("SELECT set_config('work_mem', %s, false)", [ROOM])
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        self._backend = Path(f"/proc/{pid}/schedstat")

    def __call__(self, work) -> float:
        began = self._now()
        work()
        return self._now() - began

    def _now(self) -> float:
        return 1000 * time.process_time() + int(self._backend.read_text().split()[0]) / 1e6


def milliseconds(work) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def measured(deadline, day, taken: Processor) -> Ratio:
    """The median night of one deadline against the median of its bare question, turn by turn."""
    from django.db import connection

    from approvals.countdown import statements

    bare, check = statements.question(deadline, day), statements.checking(deadline, day)

    def ask(statement):
        with connection.cursor() as cursor:
            cursor.execute(*statement)
            cursor.fetchall()

    ask(bare)
    once = taken(lambda: ask(check))
    times = next(turns for until, turns in TURNS if once < until)
    turns = [(taken(lambda: ask(bare)), taken(lambda: ask(check))) for _ in range(times)]
    least, ours = (statistics.median(each) for each in zip(*turns, strict=True))
    limit = max(least, FLOOR_MS / ALLOWED)
    return Ratio(deadline.code, round(ours / limit, 2), ALLOWED, ours, least, times)


def measure() -> list[Ratio]:
    from approvals.countdown.engine import check_all
    from law import clock
    from law.deadline import declared

    day = clock.today()
    first = milliseconds(lambda: check_all(day))
    tallies: dict = {}
    again = milliseconds(lambda: tallies.update(check_all(day)))
    print(f"第一夜 {first / 1000:.1f} 秒，平常一夜 {again / 1000:.1f} 秒")
    print("；".join(f"{code} {tally['open']}" for code, tally in tallies.items() if tally.get("open")))
    assert not [code for code, tally in tallies.items() if "failed" in tally], tallies
    taken = Processor()
    return [measured(deadline, day, taken) for deadline in declared().values()]


class Over(Exception):
    """The pages have been opened: the rest of the night is for nobody."""


def nights(stop) -> None:
    """One check after another until the event is set, in a process of its own; the last is given up, not waited for."""
    from django.db import connections

    from approvals.countdown.engine import check_all
    from law import clock

    def ended(done, total):
        if stop.is_set():
            raise Over

    connections.close_all()
    while not stop.is_set():
        with suppress(Over):
            check_all(clock.today(), ended)


def openings(visitors, times: int = OPENINGS) -> list[float]:
    return [
        milliseconds(lambda visitor=visitor, address=address: visitor.open(address))
        for _ in range(times)
        for visitor, address in visitors
    ]


def pages_meanwhile() -> Ratio:
    """The 95th percentile of opening pages while checks run, against the same with none, block by block."""
    from django.db import connections
    from pages import Visitor

    people = {name: Visitor(name, None) for name, _ in PAGES}
    visitors = [(people[name], address) for name, address in PAGES]
    openings(visitors, 1)
    quiet, busy, fork = [], [], multiprocessing.get_context("fork")
    for _ in range(BLOCKS):
        quiet += openings(visitors)
        connections.close_all()
        stop = fork.Event()
        checks = fork.Process(target=nights, args=(stop,))
        checks.start()
        busy += openings(visitors)
        stop.set()
        checks.join()
    least, ours = (statistics.quantiles(each, n=20)[-1] for each in (quiet, busy))
    return Ratio("打开页面（p95，检查正在运行）", round(ours / least, 2), 2.0, ours, least, len(quiet))


def growth(small: list[Ratio], large: list[Ratio]) -> list[Ratio]:
    """What one child costs among many against what it costs among few, deadline by deadline; never below the floor."""
    found, times = [], CHILDREN / COUNTY
    for few, many in zip(small, large, strict=True):
        per_child = max(many.ours_ms, FLOOR_MS) / times
        limit = max(few.ours_ms, FLOOR_MS)
        found.append(Ratio(f"增长 {few.name}", round(per_child / limit, 2), GROWTH, per_child, limit, many.times))
    return found


def one_size(children: int, more=lambda measured: []) -> tuple[int, list[Ratio]]:
    """The county as it stands, measured and kept under its number of children; `more` is judged with it."""
    measured = measure()
    ratios = [*measured, pages_meanwhile(), *more(measured)]
    return conclude("deadlines", ratios, part=str(children), children=children, schools=SCHOOLS), measured


def main() -> int:
    os.environ["COLLECTED_STATIC"] = "0"
    with scratch_database() as owner_url:
        import pages

        pages.CHILDREN = COUNTY
        pages.make_county(owner_url)
        plant(owner_url)
        failed, few = one_size(COUNTY)
        if CHILDREN > COUNTY:
            took = milliseconds(lambda: grow(owner_url))
            print(f"增至 {CHILDREN} 名学生，用时 {took / 1000:.0f} 秒")
            failed |= one_size(CHILDREN, lambda many: growth(few, many))[0]
        return failed


def grow(owner_url: str) -> None:
    from django.db import connections
    from multiplied import multiply

    from students.models import Student

    last = Student.objects.latest("pk").pk
    connections.close_all()
    multiply(owner_url, CHILDREN)
    plant(owner_url, last)


if __name__ == "__main__":
    sys.exit(main())
