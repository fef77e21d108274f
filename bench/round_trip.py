"""Out and in again: every school's own file for the national system, read back as an import, must change nothing.

60,000 children in 150 schools; every seventh carries characters outside the usual set, a middle dot or a name in Latin
letters. Asked for: 0 new, 0 changed, 0 refused, every child recognised; the seconds are printed, nothing is judged by
them. BENCH_COUNTY makes a smaller county.
Run: bin/bench round_trip
"""

import os
import sys
import time
from collections import Counter

from clone import scratch_database
from measuring import Ratio, conclude

CHILDREN = int(os.environ.get("BENCH_COUNTY", 60_000))
SCHOOLS = max(CHILDREN // 400, 2)
RARE = ("㛃", "䶮", "𬭼", "𠅤", "𰻝", "〇", "·𪚥", "·买买提")
EVERY = 7


def give_rare_names() -> int:
    """Rare characters at the end of every seventh name, and in the fields that keep free text."""
    from students.importing.bulk import change_rows
    from students.models import Student
    from students.spelling import initials_of, pinyin_of

    changed = {}
    for n, (pk, name) in enumerate(Student.objects.order_by("pk").values_list("pk", "name")):
        if n % EVERY == 0:
            new = "Ana María" if n % (EVERY * 100) == 0 else name[0] + RARE[n // EVERY % len(RARE)]
            changed[pk] = {
                "name": new, "name_pinyin": pinyin_of(new), "name_initials": initials_of(new),
                "former_name": name[0] + "㛃", "native_place": "辽宁𬭼县", "talents": "=1+1",
            }  # fmt: skip
    change_rows(Student, changed)
    return len(changed)


def there_and_back(school, by) -> Counter:
    """The counts of the plan that the school's own file makes, and the findings that refuse a row."""
    from students.exporting.services import ceims_file
    from students.importing import service
    from students.importing.container import BUREAU
    from students.importing.planning import make_plan

    file = ceims_file(school, by=by, which="all", version="v2", purpose="往返核对")
    plan = make_plan(service.read(file.content, school, limits=BUREAU), school)
    for update in plan.updates[:1]:
        print(school, update.row.row_no, [(each.field.attribute, each.old, each.new) for each in update.changes])
    for finding in plan.errors[:1]:
        print(finding.text)
    asked = {"exported": file.rows, "key": sum(each.code == "key_change" for each in plan.findings)}
    return Counter(plan.counts | asked)


def main() -> int:
    os.environ["COLLECTED_STATIC"] = "0"
    with scratch_database():
        from accounts.models import User
        from reports.seeding.county import seed_size
        from schools.models import School

        seed_size(CHILDREN, SCHOOLS)
        rare, by, total = give_rare_names(), User.objects.get(username="jyj_clerk1"), Counter()
        started = time.perf_counter()
        for school in School.objects.filter(children__status="enrolled").distinct().order_by("pk"):
            total += there_and_back(school, by)
        taken = time.perf_counter() - started
    print(f"{total['exported']} 名学生（{rare} 名带生僻字）导出再读入，{taken:.0f} 秒：{dict(total)}")
    wrong = sum(total[name] for name in ("create", "update", "error", "key")) + total["exported"] - total["unchanged"]
    rows = total["exported"]
    return conclude("round_trip", [Ratio("往返有变化的行", wrong, 0, wrong, rows, 1)], children=rows, rare=rare)


if __name__ == "__main__":
    sys.exit(main())
