"""Import of 10,000 rows × 71 columns against the least that any import must do, measured in the same run.

The limit: calamine reads the file, COPY puts the same cells into typed staging, one INSERT … ON CONFLICT merges.
Ours: scan, read in the child process, normalise, validate, compare with the county, register pending children with
sealed numbers, families, case and history. It may cost five times the limit.
Run: .venv/bin/python bench/import_rows.py [children]
"""

import io
import sys
import time

from clone import scratch_database

ROWS = 10_000
CLASSES = 8
COUNTY = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
# The workbooks' ID numbers begin here, beyond those of the county's children.
FIRST = 200_000
TIMES = 3
LIMIT = 5.0

# Beside text: what the staging table holds in other types.
_TYPES = {"出生日期": "date", "上下学距离": "numeric(5,1)"}


def timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def build_workbook(school_code: str, first: int) -> bytes:
    """A V1 workbook of 10,000 faultless children of one school."""
    import xlsxwriter

    from students.dictionary.fields import layout
    from tests.workbooks import SHEET, pupil

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    page = book.add_worksheet(SHEET)
    order = layout("v1")
    page.write_row(0, 0, [header for header, _ in order])
    for number in range(first, first + ROWS):
        more = {"class_number": f"2024级{1 + number % CLASSES}班", "talents": f"特长{number}"}
        cells = pupil(number, school_code=school_code, **more)
        page.write_row(number - first + 1, 0, [cells.get(attribute) or "" for _, attribute in order])
    book.close()
    return out.getvalue()


def least_possible(data: bytes, connection) -> None:
    """calamine + COPY + merge into a table with one unique index."""
    from psycopg import sql
    from python_calamine import CalamineWorkbook

    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in head)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE staging, merged")
        with cursor.copy(sql.SQL("COPY staging ({}) FROM STDIN").format(columns)) as copy:
            for row in rows:
                copy.write_row([cell if cell != "" else None for cell in row])
        cursor.execute('INSERT INTO merged SELECT * FROM staging ON CONFLICT ("身份证件号") DO NOTHING')
    connection.commit()


def make_tables(connection, data: bytes) -> None:
    from python_calamine import CalamineWorkbook

    head = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[0]
    columns = ", ".join(f'"{name}" {_TYPES.get(name, "varchar(180)")}' for name in head)
    connection.execute(f"CREATE UNLOGGED TABLE staging ({columns})")
    connection.execute(f'CREATE TABLE merged ({columns}, UNIQUE ("身份证件号"))')
    connection.commit()


def make_schools() -> list:
    """The county is full already; a school with eight classes in the grade for every run joins it."""
    from django.core.management import call_command

    from schools.models import Bureau, Division, SchoolClass
    from tests.county import make_school

    call_command("seed_county", students=COUNTY)
    bureau = Bureau.objects.create(name="试验教育局", division=Division.objects.get(code="211322"))
    schools = [make_school(bureau, 900 + number, f"试验{number}小学") for number in range(TIMES)]
    for school in schools:
        SchoolClass.objects.bulk_create(
            SchoolClass(school=school, stage="primary", cohort=2024, number=n) for n in range(2, CLASSES + 1)
        )
    return schools


def whole_import(data: bytes, school, laps: dict) -> None:
    """Read, plan, write, as the command does it; the pages plan once more, for the preview."""
    from django.db import transaction

    from accounts.roles import Role
    from students.importing import service
    from students.importing.container import BUREAU
    from students.importing.planning import make_plan
    from tests.county import staff_member

    registrar = staff_member(Role.REGISTRAR, school)
    lap = time.perf_counter()
    parsed = service.read(data, school, limits=BUREAU)
    laps["读取"], lap = time.perf_counter() - lap, time.perf_counter()
    with transaction.atomic():
        service.lock_imports()
        plan = make_plan(parsed, school)
        laps["比对"], lap = time.perf_counter() - lap, time.perf_counter()
        file = service.keep_preview(service.take_in(data, "一万行.xlsx", school, registrar), parsed, plan)
        done = service.carry_out(file, plan, by=registrar, accept_warnings=True, only_good=False)
    laps["写入"] = time.perf_counter() - lap
    assert done.registration.entries.count() == ROWS, plan.findings[:3]


def main() -> int:
    with scratch_database() as owner_url:
        import psycopg

        least, ours, laps = [], [], {}
        with psycopg.connect(owner_url) as connection:
            for number, school in enumerate(make_schools()):
                data = build_workbook(school.code, FIRST + number * ROWS)
                if not number:
                    make_tables(connection, data)
                least.append(timed(lambda data=data: least_possible(data, connection)))
                parts: dict[str, float] = {}
                ours.append(timed(lambda data=data, school=school, parts=parts: whole_import(data, school, parts)))
                laps = parts if ours[-1] == min(ours) else laps
    return report(len(data), min(least), min(ours), laps)


def report(size: int, least: float, ours: float, laps: dict) -> int:
    ratio = ours / least
    parts = "，".join(f"{name} {seconds:.2f}" for name, seconds in laps.items())
    print(f"一万行×71列，{size / 2**20:.1f} MB，各 {TIMES} 次取最快（别的程序也在用这台机器）")
    print(f"极限（calamine+COPY+合并） {least:.2f} 秒；本系统 {ours:.2f} 秒（{parts}）")
    print(f"比值 {ratio:.2f}（上限 {LIMIT}）：{'合格' if ratio <= LIMIT else '超限'}")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
