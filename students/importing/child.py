"""The reader that may die: `python -m students.importing.child MEMORY CPU SHEET…`, workbook on stdin; on stdout a line
of JSON for every thousand rows: [sheet, columns], each column packed.

calamine aborts the whole process on some hostile files, so it runs here, with little memory and no rights to write.
"""

import gc
import io
import json
import math
import resource
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice

PIECE = 1_000
# One for each text of a column that repeats few; JSON writes each of them as it is.
SIGNS = "".join(chr(code) for code in range(32, 127) if chr(code) not in '"\\')

Packed = list


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


def packed(column: Sequence[object]) -> Packed:
    """[cells] as JSON; of a column that repeats few texts [texts, signs]: each text once, and a sign for every cell."""
    texts = dict.fromkeys(column)
    if set(map(type, texts)) != {str}:  # nothing but a text is equal to a text, so these are all the cells there are
        return [column if set(map(type, column)) <= {str, bool} else list(map(plain, column))]
    if len(texts) > len(SIGNS):
        return [column]
    sign_of = dict(zip(texts, SIGNS, strict=False))
    signs = SIGNS[0] * len(column) if len(texts) == 1 else "".join(map(sign_of.__getitem__, column))
    return [list(texts), signs]


def unpacked(column: Packed) -> list[object]:
    """The cells of a packed column."""
    if len(column) == 1:
        return column[0]
    texts, signs = column
    if len(texts) == 1:
        return texts * len(signs)
    return list(map(dict(zip(SIGNS, texts, strict=False)).__getitem__, signs))


def pieces(book, name: str) -> Iterator[list[Packed]]:
    """A sheet from A1 on, so that row numbers stay Excel's: a thousand rows at a time, as columns."""
    sheet = book.get_sheet_by_name(name)
    rows, margin = sheet.iter_rows(), (sheet.start or (0, 0))[1]
    while piece := list(islice(rows, PIECE)):
        yield [[[""], SIGNS[0] * len(piece)]] * margin + [packed(column) for column in zip(*piece, strict=True)]


def main(arguments: list[str]) -> None:
    """Read the named sheets of the workbook on stdin."""
    confine(int(arguments[0]), int(arguments[1]))
    from python_calamine import CalamineWorkbook

    gc.disable()  # millions of cells and no cycle among them
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for name in arguments[2:]:
        for piece in pieces(book, name):
            line = json.dumps([name, piece], ensure_ascii=False)
            sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
