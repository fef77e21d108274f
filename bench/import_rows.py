"""Import of 50,000 rows × 71 columns, from the uploaded file to the committed case, against the least that any
import must do and against django-import-export, measured in the same run.

The limit: calamine reads the file, COPY puts the same cells into typed staging, one INSERT … ON CONFLICT merges.
Ours: keep the upload sealed, scan, read in the child process, normalise, validate, compare with the county, keep the
preview, register pending children with sealed numbers, families, case and history, commit. Every piece is a file of
its own at a school of its own, and runs in a process of its own whose memory, reader included, is watched.
The peer: peer.py, on a sample, because the whole file would take it most of an hour; its rows cost alike.

BENCH_ROWS (50000), BENCH_PIECES (3; 10 makes half a million rows), BENCH_COUNTY (60000), BENCH_PEER (2000 rows).
Run: bin/bench import_rows
"""

import io
import os
import statistics
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from clone import scratch_database
from measuring import Ratio, conclude
from watching import Laps, in_a_process

ROWS = int(os.environ.get("BENCH_ROWS", 50_000))
PIECES = int(os.environ.get("BENCH_PIECES", 3))
COUNTY = int(os.environ.get("BENCH_COUNTY", 60_000))
SAMPLE = int(os.environ.get("BENCH_PEER", 2_000))
CLASSES = 8
SURNAMES, DAYS = "王李张刘陈杨赵黄周吴徐", 600
ALLOWED, FASTER, MEMORY_MB, STRAIGHT = 4.0, 10.0, 600, 1.3
LIMIT_TIMES = 3

# Beside text: what the staging table holds in other types.
_TYPES = {"出生日期": "date", "上下学距离": "numeric(5,1)"}


def build_workbook(school_code: str, first: int, rows: int = ROWS) -> bytes:
    """A V1 workbook of faultless children of one school."""
    import xlsxwriter

    from students.dictionary.fields import layout
    from tests.workbooks import SHEET

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    page = book.add_worksheet(SHEET)
    order = layout("v1")
    page.write_row(0, 0, [header for header, _ in order])
    for number in range(first, first + rows):
        cells = child(number, school_code)
        for place, (_, attribute) in enumerate(order):
            if cell := cells.get(attribute):
                page.write_string(number - first + 1, place, cell)
    book.close()
    return out.getvalue()


def built(school_code: str, first: int, rows: int = ROWS) -> bytes:
    """The workbook, made in a process of its own."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as kept:
        in_a_process(lambda: Path(kept.name).write_bytes(build_workbook(school_code, first, rows)))
        return kept.read()


def child(number: int, school_code: str) -> dict[str, str]:
    """The numberth of half a million: nobody's number, none of the county's children's, a name no other piece has."""
    from students.idnumber import check_character
    from tests.workbooks import pupil

    birth, sequence = date(2017, 1, 1) + timedelta(days=number % DAYS), 100 + number // DAYS
    seventeen = f"211399{birth:%Y%m%d}{sequence:03d}"
    return pupil(number, school_code=school_code) | {
        "name": SURNAMES[number // 50_000] + chr(0x4E00 + number // 100 % 500) + chr(0x5B00 + number % 100),
        "sex": "男" if sequence % 2 else "女",
        "birth_date": f"{birth:%Y%m%d}",
        "id_number": seventeen + check_character(seventeen),
        "class_number": f"2024级{1 + number % CLASSES}班",
        "talents": f"特长{number}",
    }


def least_possible(data: bytes, address: str) -> tuple[float, float]:
    """calamine + COPY + merge into a table with one unique index; seconds by the clock and of the processors."""
    import psycopg
    from psycopg import sql
    from python_calamine import CalamineWorkbook

    with psycopg.connect(address) as connection:
        connection.execute("TRUNCATE staging, merged")
        connection.commit()
        lap = Laps(connection.info.backend_pid)
        head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in head)
        with connection.cursor() as cursor:
            with cursor.copy(sql.SQL("COPY staging ({}) FROM STDIN").format(columns)) as copy:
                for row in rows:
                    copy.write_row([cell if cell != "" else None for cell in row])
            cursor.execute('INSERT INTO merged SELECT * FROM staging ON CONFLICT ("身份证件号") DO NOTHING')
        connection.commit()
        return lap()


def make_tables(address: str) -> None:
    import psycopg

    from students.dictionary.fields import layout

    columns = ", ".join(f'"{name}" {_TYPES.get(name, "varchar(180)")}' for name, _ in layout("v1"))
    with psycopg.connect(address) as connection:
        connection.execute(f"CREATE UNLOGGED TABLE staging ({columns})")
        connection.execute(f'CREATE TABLE merged ({columns}, UNIQUE ("身份证件号"))')


def make_schools() -> list:
    """The county is full already; a school with eight classes in the grade for every piece joins it."""
    from django.core.management import call_command

    from accounts.roles import Role
    from schools.models import Bureau, Division, SchoolClass
    from tests.county import make_school, staff_member

    call_command("seed_county", students=COUNTY)
    bureau = Bureau.objects.create(name="试验教育局", division=Division.objects.get(code="211322"))
    schools = [make_school(bureau, 900 + number, f"试验{number}小学") for number in range(PIECES + 1)]
    for school in schools:
        staff_member(Role.REGISTRAR, school)
        SchoolClass.objects.bulk_create(
            SchoolClass(school=school, stage="primary", cohort=2024, number=n) for n in range(2, CLASSES + 1)
        )
    return schools


def whole_import(data: bytes, school) -> dict[str, tuple[float, float]]:
    """Kept, read, previewed, written, as the command does it; seconds by part, by the clock and of the processors."""
    from django.db import connection, transaction

    from accounts.roles import Role
    from students.importing import service
    from students.importing.container import BUREAU
    from students.importing.planning import make_plan
    from tests.county import staff_member

    by, laps = staff_member(Role.REGISTRAR, school), {}
    lap = Laps(connection.connection.info.backend_pid)
    file = service.take_in(data, "五万行.xlsx", school, by)
    laps["收存"] = lap()
    parsed = service.read(data, school, limits=BUREAU)
    laps["读取校验"] = lap()
    with transaction.atomic():
        service.lock_imports()
        plan = make_plan(parsed, school)
        laps["比对"] = lap()
        file = service.keep_preview(file, parsed, plan)
        laps["预览"] = lap()
        done = service.carry_out(file, plan, by=by, accept_warnings=True, only_good=False)
        laps["写入"] = lap()
    laps["提交"] = lap()
    assert done.registration.entries.count() == len(parsed.rows) == plan.rows, plan.findings[:3]
    return laps


def measure(address: str) -> list[Ratio]:
    """Everything large happens in processes of its own, so that no piece begins with the memory of another."""
    *schools, peers_school = make_schools()
    make_tables(address)
    least, ours, memory = [], [], []
    for number, school in enumerate(schools):
        data = built(school.code, number * ROWS)
        if number < LIMIT_TIMES:
            least.append(in_a_process(lambda data=data: least_possible(data, address))[0])
        laps, megabytes = in_a_process(lambda data=data, school=school: whole_import(data, school))
        ours.append(tuple(map(sum, zip(*laps.values(), strict=True))))
        memory.append(megabytes)
        parts = "，".join(f"{name} {clock:.1f}/{cpu:.1f}" for name, (clock, cpu) in laps.items())
        (clock, cpu), (bare, bare_cpu) = ours[-1], least[-1]
        print(f"第 {number + 1} 件 {ROWS} 行（{len(data) >> 20} MB）：{clock:.1f} 秒，处理器 {cpu:.1f} 秒（{parts}）；"
              f"内存 {megabytes:.0f} MB；极限 {bare:.1f} 秒，处理器 {bare_cpu:.1f} 秒", flush=True)  # fmt: skip
    mine = statistics.median(cpu for _, cpu in ours)
    return [*ratios(least, ours, max(memory)), against_peer(peers_school, mine)]


def ratios(least: list[tuple], ours: list[tuple], megabytes: float) -> list[Ratio]:
    """By the clock and by the processors: other programs on the machine disturb the first, not the second."""
    found = []
    for place, name in enumerate(("导入·对极限", "导入·对极限（处理器）")):
        mine, limit = (statistics.median(each[place] for each in taken) for taken in (ours, least))
        found.append(Ratio(name, round(mine / limit, 2), ALLOWED, mine * 1000, limit * 1000, len(ours)))
    half = max(1, len(ours) // 2)
    early, late = (statistics.median(cpu for _, cpu in part) for part in (ours[:half], ours[-half:]))
    return [
        *found,
        Ratio("导入·内存", round(megabytes / MEMORY_MB, 2), 1.0, megabytes, MEMORY_MB, len(ours)),
        Ratio("导入·后半对前半（处理器）", round(late / early, 2), STRAIGHT, late * 1000, early * 1000, len(ours)),
    ]


def against_peer(school, ours: float) -> Ratio:
    """How much of the peer's time a row of ours takes."""
    from peer import imported_by_peer

    data = built(school.code, PIECES * ROWS, SAMPLE)
    (seconds, cpu, rows), _ = in_a_process(lambda: imported_by_peer(data, school))
    assert rows == SAMPLE
    theirs, mine = cpu / SAMPLE, ours / ROWS
    print(f"django-import-export {SAMPLE} 行 {seconds:.1f} 秒，推算 {ROWS} 行 {seconds / SAMPLE * ROWS / 60:.0f} 分钟；"
          f"处理器每行 {theirs * 1000:.2f} 毫秒，本系统 {mine * 1000:.2f} 毫秒，快 {theirs / mine:.1f} 倍")  # fmt: skip
    return Ratio("导入·对 django-import-export", round(mine / theirs, 3), 1 / FASTER, mine * 1000, theirs * 1000, 1)


def main() -> int:
    with scratch_database() as owner_url:
        found = measure(owner_url)
        scale = {"rows": ROWS, "columns": 71, "pieces": PIECES, "county": COUNTY, "peer_rows": SAMPLE}
        return conclude("import_rows", found, part=str(ROWS * PIECES), **scale)


if __name__ == "__main__":
    sys.exit(main())
