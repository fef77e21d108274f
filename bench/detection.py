"""Looking for 问题学籍 over the whole county against one bare SQL statement, in the same run.

The limit: one statement written by hand finds equal numbers and namesakes among all children and reads every sealed
ID number with its key; then the numbers are opened one after the other, which no SQL can do. Ours: `detect_county()`,
which also compares number and record, ends what is found no more, writes the findings and shows them on the children.
Some faults are planted, so that there is something to write. Beside the time, the memory it takes must stay small.
Run: bin/bench detection
"""

import gc
import os
import sys
from pathlib import Path

from clone import scratch_database
from measuring import Ratio, compare, conclude
from pages import CHILDREN, SCHOOLS, make_county

ALLOWED = 2.0
TIMES, WARM_UP = 5, 1
PLANTED = 200
# The run may hold a batch of rows, never the county; 60,000 opened numbers with their keys would be some 100 MB.
MEMORY_MB = 60

STATEMENT = """
WITH here AS (SELECT * FROM students_student
    WHERE status NOT IN ('pending', 'rejected', 'merged', 'deleted', 'deceased')),
held AS (SELECT * FROM students_studentnumber WHERE kind = 'id' AND until IS NULL)
SELECT 'same number', held.student_id, was.student_id, NULL::bytea, NULL::bytea, '', NULL::date
FROM held JOIN students_studentnumber was
  ON was.kind = 'id' AND was.index = held.index AND was.student_id <> held.student_id AND was.until IS NOT NULL
UNION ALL
SELECT 'namesakes', x.id, y.id, NULL, NULL, '', NULL FROM here x
JOIN here y ON y.birth_date = x.birth_date AND y.sex = x.sex AND y.name = x.name AND y.id > x.id
WHERE NOT EXISTS (SELECT 1 FROM held WHERE held.student_id = x.id)
   OR NOT EXISTS (SELECT 1 FROM held WHERE held.student_id = y.id)
UNION ALL
SELECT 'number', held.student_id, held.id, here.wrapped_key, held.cipher, here.sex, here.birth_date
FROM held JOIN here ON here.id = held.student_id WHERE here.id_type = '1'"""


def plant() -> None:
    """Some children whose number contradicts the record, some without a number who are somebody's namesakes."""
    from students.models import Student, StudentNumber

    ids = list(Student.objects.filter(status="enrolled", id_type="1").order_by("pk").values_list("pk", flat=True))
    Student.objects.filter(pk__in=ids[:PLANTED], sex="1").update(sex="2")
    for one, other in zip(ids[PLANTED : 2 * PLANTED], ids[2 * PLANTED : 3 * PLANTED], strict=True):
        like = Student.objects.values("name", "sex", "birth_date").get(pk=one)
        Student.objects.filter(pk=other).update(**like)
    StudentNumber.objects.filter(student__in=ids[2 * PLANTED : 3 * PLANTED], kind="id").delete()


def by_hand(bare) -> int:
    """The statement, and each number opened."""
    from jianping_xueji import vault
    from students.models.child import number_aad

    aad, opened = number_aad("id"), 0
    with bare.cursor() as cursor:
        for what, _, _, key, cipher, _, _ in cursor.execute(STATEMENT):
            if what == "number":
                vault.open_(bytes(key), bytes(cipher), aad)
                opened += 1
    return opened


def memory(what: str) -> float:
    """What this process holds now (VmRSS), or has held at most since the peak was forgotten (VmHWM), in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def forget_the_peak() -> None:
    """Making the county took more than looking at it."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")


def measure(bare) -> list[Ratio]:
    from students.problems.detection import detect_county

    plant()
    forget_the_peak()
    before = memory("VmRSS")
    found = detect_county()
    grown = memory("VmHWM") - before
    print(f"发现：{found}；内存增加 {grown:.0f} MB（上限 {MEMORY_MB}）")
    assert found["mismatch"] and found["namesake"] >= PLANTED, found
    room = Ratio("内存", round(grown / MEMORY_MB, 2), 1.0, grown, MEMORY_MB, 1)
    pace = compare(
        "全县问题学籍检查", detect_county, lambda: by_hand(bare), allowed=ALLOWED, times=TIMES, warm_up=WARM_UP
    )
    return [pace, room]


def main() -> int:
    os.environ["COLLECTED_STATIC"] = "0"
    with scratch_database() as owner_url:
        import psycopg
        from django.conf import settings

        make_county(owner_url)
        with psycopg.connect(settings.DATABASE_URL, autocommit=True) as bare:
            return conclude("detection", measure(bare), children=CHILDREN, schools=SCHOOLS, planted=PLANTED)


if __name__ == "__main__":
    sys.exit(main())
