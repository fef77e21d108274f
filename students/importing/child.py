"""The reader that may die: `python -m students.importing.child MEMORY CPU SHEET…`, workbook on stdin; on stdout a line
of JSON for every thousand rows: [sheet, rows].

calamine aborts the whole process on some hostile files, so it runs here, with little memory and no rights to write.
"""

import gc
import io
import json
import math
import resource
import sys
from datetime import date, datetime, time, timedelta

PIECE = 1_000


def confine(memory: int, cpu_seconds: int) -> None:
    """Limit address space and CPU, forbid writing files and core dumps."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def plain(cell: object) -> object:
    """A cell as JSON: text, number, truth value; dates become ["2017-09-01"], which no other cell looks like."""
    if isinstance(cell, datetime):
        return [cell.date().isoformat()]
    if isinstance(cell, date):
        return [cell.isoformat()]
    if isinstance(cell, time | timedelta):
        return str(cell)
    if type(cell) is int:  # an old .xls keeps whole numbers apart, a new one knows only doubles
        return float(cell)
    if type(cell) is float and not math.isfinite(cell):
        return str(cell)
    return cell


def sheet_rows(book, name: str) -> list[list[object]]:
    """All rows of one sheet from A1 on, so that row numbers stay Excel's."""
    keep = {str, bool}
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[cell if type(cell) in keep else plain(cell) for cell in row] for row in rows]


def main(arguments: list[str]) -> None:
    """Read the named sheets of the workbook on stdin."""
    confine(int(arguments[0]), int(arguments[1]))
    from python_calamine import CalamineWorkbook

    gc.disable()  # millions of cells and no cycle among them
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for name in arguments[2:]:
        rows = sheet_rows(book, name)
        for start in range(0, len(rows), PIECE):
            piece = json.dumps([name, rows[start : start + PIECE]], ensure_ascii=False)
            sys.stdout.buffer.write(piece.encode("utf-8", "replace") + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
