"""对账 and 疑似重复 over 60,000 children: everything planted is found, nothing invented, and at what price.

The limit of 对账: the workbook is read to normalised columns, and one hash join over the fingerprints of all numbers
meets the register; nothing is compared, told or explained. Ours: upload to told differences, in one transaction.
500 differences are planted in the file, and the same file a second time must tell nothing new.
Of 疑似重复 pairs of every kind are planted; recall and false alarms are printed beside the time.
Run: bin/bench agreement
"""

import os
import sys
import time
from datetime import date
from random import Random

from clone import ROOT, scratch_database
from measuring import Ratio, conclude, peak_mb, seconds_of
from pages import CHILDREN, SCHOOLS, make_county

ALLOWED = 3.0
TIMES = 3
PLANTED = 500
PAIRS_OF_A_KIND = 40
MEMORY_MB = 600


def lines_of_county() -> list[dict]:
    from schools.models import School
    from tests.students.agreements import lines_of

    return lines_of(*School.objects.order_by("pk"))


def plant(lines: list[dict]) -> set[tuple]:
    """Change one thing in each of so many rows; returns (id number, what, field) of every difference to be found."""
    rng, wanted = Random(11), set()
    chosen = rng.sample(range(len(lines)), PLANTED)
    kinds = ("home_address", "phone", "name", "native_place", "gone")
    gone = []
    for n, place in enumerate(chosen):
        kind, line = kinds[n % len(kinds)], lines[place]
        if kind == "gone":
            gone.append(place)
            wanted.add((line["id_number"][-4:], line["name"], "only_here", ""))
            continue
        wanted.add((line["id_number"][-4:], line["name"], "differs", kind))
        line[kind] = {"phone": "13911111111", "name": f"{line['name'][0]}样样"}.get(kind, "另一地方")
    for place in sorted(gone, reverse=True):
        del lines[place]
    return wanted


def limit_of(data: bytes, bureau, bare) -> None:
    """Read to normalised columns and join, nothing else."""
    from jianping_xueji import vault
    from students.agreement.reading import PIECE, Reader
    from students.importing.collector import collector_paused

    rows = []
    with collector_paused():
        for piece in Reader.of(data, bureau, None, lambda name: None).table.pieces(PIECE):
            indexes = (vault.index(number, "id") if number else None for number in piece.values("id_number"))
            rows += zip(piece.row_numbers, indexes, strict=True)
    with bare.transaction():
        bare.execute('CREATE TEMP TABLE limit_rows ("row" int, index bytea) ON COMMIT DROP')
        with bare.cursor().copy('COPY limit_rows ("row", index) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        bare.execute("SELECT count(*) FROM limit_rows r JOIN students_studentnumber n USING (index)").fetchone()


def agreement(bare) -> list[Ratio]:
    from accounts.models import User
    from schools.models import Bureau
    from students.agreement import services
    from students.agreement.models import Difference
    from students.importing.collector import collector_paused
    from tests.students.agreements import workbook_of

    bureau, by = Bureau.objects.get(), User.objects.get(username="jyj_clerk1")
    lines = lines_of_county()
    wanted = plant(lines)
    data = workbook_of(lines)
    print(f"名册 {len(lines)} 行，{len(data) / 2**20:.1f} MB，埋入差异 {len(wanted)} 处")

    @collector_paused()
    def ours():
        file = services.take_in(data, "全国系统.xlsx", by=by, as_of=date(2026, 9, 15), school=None)
        from django.db import transaction

        with transaction.atomic():
            return services.carry_out(file, services.read(file))

    before = peak_mb()
    started = time.perf_counter()
    first = ours()
    taken = time.perf_counter() - started
    grown = peak_mb() - before
    found = {(d.tail, d.student.name, d.what, d.field) for d in Difference.objects.standing().select_related("student")}
    print(f"第一次：{first.counts}；{taken:.1f} 秒，内存增加 {grown} MB")
    print(f"漏报 {len(wanted - found)}，多报 {len(found - wanted)}")
    second = ours()
    print(f"同一文件第二次：新 {second.counts['new']}，消除 {second.counts['closed']}")
    assert wanted == found and second.counts["new"] == second.counts["closed"] == 0
    mine, least = [], []
    for _ in range(TIMES):
        mine.append(seconds_of(ours))
        least.append(seconds_of(lambda: limit_of(data, bureau, bare)))
    ours_s, limit_s = sorted(mine)[TIMES // 2], sorted(least)[TIMES // 2]
    room = Ratio("对账内存", round(grown / MEMORY_MB, 2), 1.0, grown, MEMORY_MB, 1)
    return [Ratio("对账", round(ours_s / limit_s, 2), ALLOWED, ours_s * 1000, limit_s * 1000, TIMES), room]


def duplicates() -> None:
    from students.duplicates.finding import candidates, scored, tell
    from students.models import Likeness
    from tests.students.planted_pairs import plant as plant_pairs

    before = tell(scored(candidates()))
    planted = plant_pairs(PAIRS_OF_A_KIND)
    started = time.perf_counter()
    pairs = candidates()
    halfway = time.perf_counter()
    tell(scored(pairs))
    done = time.perf_counter()
    found = set(Likeness.objects.filter(state="open").values_list("child", "other"))
    right = len(found & planted.keys())
    print(
        f"埋入前：{before}；候选 {len(pairs)} 对，取候选 {halfway - started:.1f} 秒，比较和登记 {done - halfway:.1f} 秒"
    )
    print(f"埋入 {len(planted)} 对，找到 {right} 对（召回 {right / len(planted):.3f}），列出 {len(found)} 对"
          f"（准确 {right / len(found):.3f}）")  # fmt: skip
    missed = sorted(kind for pair, kind in planted.items() if pair not in found)
    print("漏掉：", missed)
    for each in Likeness.objects.filter(state="open").exclude(child__in=[c for c, _ in planted])[:10]:
        print("误报：", each.score, each.signs)


def main() -> int:
    os.environ["COLLECTED_STATIC"] = "0"
    sys.path.insert(0, str(ROOT))
    with scratch_database() as owner_url:
        import psycopg
        from django.conf import settings

        make_county(owner_url)
        with psycopg.connect(settings.DATABASE_URL, autocommit=True) as bare:
            ratios = agreement(bare)
        duplicates()
        return conclude("agreement", ratios, children=CHILDREN, schools=SCHOOLS, planted=PLANTED)


if __name__ == "__main__":
    sys.exit(main())
