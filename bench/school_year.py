"""Promotion and graduation of a whole county against the bare SQL updates of the same rows, in the same run.

The limit: for the promotion one transaction with two statements over all rows (end the places, begin the next ones);
for the graduations one transaction a school with the updates of status, place and enrolment. The database's own
history of every row is written in both. Ours: cases, locks, rights, rules, steps, journal, ledgers, papers, frozen
copies. Every turn has a copy of the county of its own and commits what it does, as an office would: a graduation is
several transactions a school. Peak memory is that of this process.
Compared is the time of the processors, of this process and its backend, which other programs on the machine do not
lengthen; the clock is told beside it.
Run: bin/bench school_year                         60,000 children
     BENCH_GROW_TO=600000 bin/bench school_year    and how much dearer each child is among 600,000
     BENCH_CHILDREN=20000 bin/bench school_year
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path

from clone import ROOT, a_copy, scratch_database
from measuring import Ratio, compare, conclude, peak_mb
from watching import Laps, in_a_process

ALLOWED, GROWTH, MEMORY_MB = 3.0, 1.2, 300
YEAR, JULY, TURN = 2026, date(2027, 7, 5), date(2027, 9, 1)
_HERE = """FROM students_placement p JOIN students_enrolment e ON e.id = p.enrolment_id AND NOT e.voided
    JOIN schools_schoolclass c ON c.id = p.school_class_id WHERE p.ends IS NULL AND p.year = 2026"""
_GRADE = "(2026 - c.cohort + CASE c.stage WHEN 'junior' THEN 7 ELSE 1 END)"
_LAST = "CASE c.stage WHEN 'junior' THEN 9 ELSE 6 END"


def bare_promotion() -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""WITH moving AS MATERIALIZED (SELECT p.id {_HERE} AND {_GRADE} < {_LAST}),
                ended AS (UPDATE students_placement p SET ends = '2027-09-01' FROM moving m WHERE m.id = p.id
                    RETURNING p.enrolment_id, p.school_class_id)
                SELECT count(*) FROM ended"""
        )
        cursor.execute(
            """INSERT INTO students_placement (enrolment_id, school_class_id, year, starts)
               SELECT enrolment_id, school_class_id, 2027, '2027-09-01' FROM students_placement
               WHERE ends = '2027-09-01' AND year = 2026"""
        )


def our_promotion(bureau, maker, checker) -> None:
    from django.db import transaction

    from law import clock
    from students.year import services

    with clock.at(TURN):
        run = services.submit_run(bureau, YEAR, by=maker)
        with transaction.atomic():
            services.promote_all(run, by=checker)


def bare_graduations(schools) -> None:
    from django.db import connection, transaction

    # Driven from the school's own rows: left to itself the planner reads the last grades of the whole county each time.
    leaving = f"""WITH leaving AS MATERIALIZED (SELECT c.id, e.id AS enrolment_id, e.student_id
            FROM students_enrolment e JOIN LATERAL (SELECT p.id, c.cohort, c.stage FROM students_placement p
                JOIN schools_schoolclass c ON c.id = p.school_class_id
                WHERE p.enrolment_id = e.id AND p.ends IS NULL AND p.year = 2026 OFFSET 0) c ON true
            WHERE NOT e.voided AND e.school_id = %s AND {_GRADE} = %s AND {_LAST} = {_GRADE}),
        places AS (UPDATE students_placement p SET ends = '2027-07-05' FROM leaving l WHERE l.id = p.id),
        ended AS (UPDATE students_enrolment e SET during = daterange(lower(during), '2027-07-05')
            FROM leaving l WHERE l.enrolment_id = e.id AND %s)
        UPDATE students_student s SET status = %s FROM leaving l WHERE l.student_id = s.id"""
    with connection.cursor() as cursor:
        for school, grade in schools:
            with transaction.atomic():
                cursor.execute(leaving, [school.pk, grade, grade == 9, "graduated" if grade == 9 else "leaver"])


def our_graduations(schools, hands) -> None:
    from approvals.services import perform
    from law import clock
    from students.year import services

    with clock.at(JULY):
        for school, grade in schools:
            maker, head = hands[school.pk]
            case = services.start_graduation(school, grade, by=maker)
            perform(perform(case, "submit", by=maker), "approve", by=head)


def register_results(bureau, maker, checker) -> None:
    """Every child of grade 9 has passed."""
    from django.db import connection

    from approvals.services import perform
    from law import clock
    from students.year.papers import open_assessment

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT e.student_id {_HERE} AND {_GRADE} = 9")
        lines = [[pk, True, "", row] for row, (pk,) in enumerate(cursor.fetchall(), 2)]
    with clock.at(JULY):
        case = open_assessment({"year": YEAR, "file_name": "", "lines": lines}, by=maker)
        perform(perform(case, "submit", by=maker), "approve", by=checker)


def seed(children: int) -> None:
    """In a process of its own, so that its memory is not counted here."""
    command = [sys.executable, str(ROOT / "manage.py"), "seed_county", "--students", str(children)]
    subprocess.run(command, check=True, env=os.environ, cwd=ROOT, stdout=subprocess.DEVNULL)
    from django.db import connection

    connection.close()


def seconds_of_processors(owner_url: str, work) -> float:
    """Of this process and of the backend that serves it, in a copy of the county."""
    from django.db import connection

    with a_copy(owner_url):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            lap = Laps(cursor.fetchone()[0])
        work()
        clock, processors = lap()
    print(f"  {clock:.2f} 秒，处理器 {processors:.2f} 秒", flush=True)
    return processors


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def settle(owner_url: str) -> None:
    """Fresh statistics of the tables that the seeding filled.

    Those of cases, still empty, keep a new server's guess: were they known to be empty, each plan made at the first
    list would read them whole, until the server looked again.
    """
    import psycopg

    with psycopg.connect(owner_url, autocommit=True) as owner:
        tables = owner.execute(
            """SELECT oid::regclass::text FROM pg_class
               WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 81920"""
        ).fetchall()
        owner.execute(f"VACUUM ANALYZE {', '.join(name for (name,) in tables)}")


def people_of(bureau, schools) -> tuple:
    from accounts.roles import Role
    from tests.county import staff_member

    hands = {s.pk: (staff_member(Role.REGISTRAR, s), staff_member(Role.HEADMASTER, s)) for s, _ in schools}
    return staff_member(Role.BUREAU_CLERK, bureau), staff_member(Role.BUREAU_CHECKER, bureau), hands


def measure(children: int, times: int, owner_url: str) -> tuple[list, int, int]:
    from schools.models import Bureau, School
    from students.year.calendar import finishing_grades

    seed(children)
    bureau = Bureau.objects.filter(school__isnull=False).distinct().get()
    schools = [(s, grade) for s in School.objects.filter(bureau=bureau) for grade in finishing_grades(s)]
    maker, checker, hands = people_of(bureau, schools)
    in_a_process(partial(register_results, bureau, maker, checker))  # nor is what this takes
    settle(owner_url)
    forget_peak()
    how = {"allowed": ALLOWED, "times": times, "warm_up": 0, "seconds": partial(seconds_of_processors, owner_url)}
    started = time.perf_counter()
    ratios = [
        compare("全县升级", lambda: our_promotion(bureau, maker, checker), bare_promotion, **how),
        compare("各校毕业", lambda: our_graduations(schools, hands), lambda: bare_graduations(schools), **how),
    ]
    print(f"{children} 名学生，{School.objects.count()} 所学校，测量用时 {time.perf_counter() - started:.0f} 秒")
    return ratios, peak_mb(), len(schools)


class Growth(Ratio):
    """How much dearer each child has become among more of them, beyond what the limit has become dearer."""

    def __str__(self):
        verdict = "合格" if self.kept else "超限"
        return (
            f"{self.name}：本系统 {self.ours_ms:.2f} 倍，极限 {self.limit_ms:.2f} 倍，"
            f"比值 {self.ratio:.2f}（上限 {self.allowed:g}）{verdict}"
        )


def growth(small: Ratio, large: Ratio, children: int, more: int) -> Growth:
    """What a child costs in the larger county by what it costs in the smaller, of ours and of the limit.

    A limit that becomes cheaper asks nothing of us: who works twice as long over twice the children grows linearly.
    """
    ours, bare = (
        large_ms / more / (small_ms / children)
        for large_ms, small_ms in ((large.ours_ms, small.ours_ms), (large.limit_ms, small.limit_ms))
    )
    name = f"{small.name}，由{children}名到{more}名时每名学生"
    return Growth(name, round(ours / max(bare, 1.0), 2), GROWTH, ours, bare, large.times)


def measured_elsewhere(children: int) -> tuple[list[Ratio], int]:
    """The same once at another size, in a county and a process of their own."""
    with tempfile.NamedTemporaryFile() as told:
        command = [sys.executable, __file__, "--children", str(children), "--times", "1", "--grow-to", "0"]
        subprocess.run([*command, "--tell", told.name], check=True)
        ratios, peak = json.loads(Path(told.name).read_text())
    return [Ratio(**each) for each in ratios], peak


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--children", type=int, default=int(os.environ.get("BENCH_CHILDREN", 60_000)))
    asked.add_argument("--times", type=int, default=3)
    asked.add_argument("--grow-to", type=int, default=int(os.environ.get("BENCH_GROW_TO", 0)))
    asked.add_argument("--tell", help="file for the figures of a measurement that is part of another")
    options = asked.parse_args()
    more, most = measured_elsewhere(options.grow_to) if options.grow_to else ([], 0)
    with scratch_database() as owner_url:
        ratios, peak, lists = measure(options.children, options.times, owner_url)
    for ratio in ratios:
        print(f"{options.children} 名，{ratio.name}：每千名学生 {ratio.ours_ms / options.children * 1000:.1f} 毫秒")
    if options.tell:
        print(*ratios, f"内存峰值 {peak} MB", sep="\n")
        Path(options.tell).write_text(json.dumps([[asdict(ratio) for ratio in ratios], peak]))
        return 0
    peak = max(peak, most)
    print(f"内存峰值 {peak} MB（上限 {MEMORY_MB}）：{'合格' if peak <= MEMORY_MB else '超限'}")
    grown = [growth(*pair, options.children, options.grow_to) for pair in zip(ratios, more, strict=False)]
    failed = conclude("school_year", [*ratios, *grown], children=options.children, lists=lists, memory_mb=peak)
    return failed or int(peak > MEMORY_MB)


if __name__ == "__main__":
    sys.exit(main())
