"""The nightly check over a county of 60,000 against the bare question of each deadline, in the same run.

The limit of a deadline: its own SELECT of what is open, as the app asks it, with no due day and no row written. Ours:
the whole statement of a night, which counts due days by the calendar, compares with the rows, writes and closes. It is
measured as it runs every night: most rows stand as they stood. A floor is allowed for, since a question about nothing
takes no time and a statement still has to be planned. Some of everything is planted, so that there is much to find.
Run: bin/bench deadlines; with BENCH_CHILDREN=1000000 over a million.
"""

import os
import statistics
import sys
import time

from clone import scratch_database
from measuring import Ratio, conclude
from pages import SCHOOLS

CHILDREN = int(os.environ.get("BENCH_CHILDREN", "60000"))
ALLOWED, TIMES = 3.0, 5
# Planning the calendar, the rows and the writing takes this long for a question with no answer at all.
FLOOR_MS = 20.0
# One child in so many is away, has no card, waits to be registered.
ONE_IN = 20

PLANT = f"""
INSERT INTO suspensions_absenceentry (child_id, school_class_id, day, mark, replaced, by_id, entered_at)
    SELECT e.student_id, p.school_class_id, '2026-09-01', 'truant', false, (SELECT min(id) FROM accounts_user), now()
    FROM students_placement p JOIN students_enrolment e ON e.id = p.enrolment_id
    WHERE p.ends IS NULL AND NOT e.voided AND e.student_id % {ONE_IN} = 0;
UPDATE students_student SET id_type = 'Z' WHERE id % {ONE_IN} = 1;
"""
ANALYZE = "ANALYZE"


def plant(owner_url: str) -> None:
    import psycopg
    from django.db import connection

    from students.models import Registration, RegistrationEntry, Student

    with connection.cursor() as cursor:
        for statement in filter(str.strip, PLANT.split(";")):
            cursor.execute(statement)
    _batches(Registration, RegistrationEntry, Student)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(ANALYZE)


def _batches(registration, entry, student) -> None:
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
        ids = student.objects.filter(school=school).extra(where=[f"id %% {ONE_IN} = 2"]).values_list("pk", flat=True)
        entry.objects.bulk_create([entry(registration=case, student_id=pk) for pk in ids])


def milliseconds(work) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def measured(deadline, day) -> Ratio:
    """The median night of one deadline against the median of its bare question, turn by turn."""
    from django.db import connection

    from approvals.countdown import statements

    bare, check = statements.question(deadline, day), statements.checking(deadline, day)

    def ask(statement):
        with connection.cursor() as cursor:
            cursor.execute(*statement)
            cursor.fetchall()

    ask(check), ask(bare)
    turns = [(milliseconds(lambda: ask(bare)), milliseconds(lambda: ask(check))) for _ in range(TIMES)]
    least, ours = (statistics.median(each) for each in zip(*turns, strict=True))
    limit = max(least, FLOOR_MS / ALLOWED)
    return Ratio(deadline.code, round(ours / limit, 2), ALLOWED, ours, least, TIMES)


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
    return [measured(deadline, day) for deadline in declared().values()]


def main() -> int:
    os.environ["COLLECTED_STATIC"] = "0"
    with scratch_database() as owner_url:
        import pages

        pages.CHILDREN = CHILDREN
        pages.make_county(owner_url)
        plant(owner_url)
        return conclude("deadlines", measure(), children=CHILDREN, schools=SCHOOLS)


if __name__ == "__main__":
    sys.exit(main())
