"""Old .xls workbooks for the tests, byte by byte: BIFF8 records in a compound file, whole or broken on purpose."""

import struct
from collections.abc import Iterable, Mapping, Sequence

from students.dictionary.fields import layout
from tests.workbooks import SHEET

SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def record(kind: int, body: bytes = b"") -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", kind, len(body)) + body


def begin(sort: int) -> bytes:
    """BOF of the globals (5) or of a sheet (0x10)."""
    return record(0x0809, struct.pack("<HHHHII", 0x0600, sort, 0, 0, 0, 6))


END = record(0x000A)


def text_cell(row: int, column: int, text: str) -> bytes:
    """A LABEL; row and column from 0."""
    units = text.encode("utf-16-le")
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(units) // 2, 1) + units)


def number_cell(row: int, column: int, number: float) -> bytes:
    """A NUMBER."""
    return record(0x0203, struct.pack("<HHHd", row, column, 0, number))


def error_cell(row: int, column: int) -> bytes:
    """#N/A."""
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, 0x2A, 1))


def uncalculated(row: int, column: int) -> bytes:
    """A formula that no program has calculated."""
    return record(
        0x0006, struct.pack("<HHH", row, column, 0) + b"\x03\0\0\0\0\0\xff\xff" + struct.pack("<HIH", 0, 0, 0)
    )


def cell(row: int, column: int, value: object) -> bytes:
    """A cell as its type asks for; None is left out."""
    if value is None or value == "":
        return b""
    return number_cell(row, column, value) if isinstance(value, int | float) else text_cell(row, column, str(value))


def sheet(rows: Iterable[Sequence[object]], *, claims: tuple[int, int] = (0, 0), more: bytes = b"") -> bytes:
    """The records of one sheet; `claims` is the size its DIMENSIONS says, `more` stands before the end."""
    cells = b"".join(cell(at, column, value) for at, row in enumerate(rows) for column, value in enumerate(row))
    size = struct.pack("<IIHHH", 0, claims[0], 0, claims[1], 0)
    return begin(0x10) + record(0x0200, size) + cells + more + END


def book(
    sheets: Mapping[str, bytes], *, hidden: Iterable[str] = (), more: bytes = b"", date1904: bool = False, sort: int = 0
) -> bytes:
    """The stream of a workbook; `more` are further records of its globals, `sort` the type of every sheet."""
    names = {name: name.encode("utf-16-le") for name in sheets}
    before = begin(5) + record(0x0022, struct.pack("<H", date1904)) + more
    place = len(before) + sum(12 + len(units) for units in names.values()) + len(END)
    lines = b""
    for name, units in names.items():
        lines += record(0x0085, struct.pack("<IBBBB", place, name in set(hidden), sort, len(units) // 2, 1) + units)
        place += len(sheets[name])
    return before + lines + END + b"".join(sheets.values())


def entry(name: str, sort: int, start: int, size: int, child: int = _FREE) -> bytes:
    """One line of the directory."""
    units = name.encode("utf-16-le") + b"\0\0"
    body = units.ljust(64, b"\0") + struct.pack("<HBBIII", len(units), sort, 1, _FREE, _FREE, child) + b"\0" * 36
    return body + struct.pack("<III", start, size, 0)


def compound(stream: bytes, *, name: str = "Workbook", others: Iterable[str] = ()) -> bytes:
    """A compound file with one stream of at least 4096 bytes, and empty ones besides."""
    stream = stream.ljust(4096, b"\0")
    length = -(-len(stream) // SECTOR)
    tables = -(-(length + 2) // 127)
    links = [_FAT] * tables + [_END] + [tables + 2 + at for at in range(length - 1)] + [_END]
    fat = struct.pack(f"<{len(links)}I", *links).ljust(tables * SECTOR, b"\xff")
    lines = entry("Root Entry", 5, _END, 0, 1) + entry(name, 2, tables + 1, len(stream))
    lines += b"".join(entry(other, 2, _END, 0) for other in others)
    header = MAGIC + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    header += struct.pack("<IIIIIIII", tables, tables, 0, 4096, _END, 0, _END, 0)
    header += struct.pack(f"<{tables}I", *range(tables)).ljust(436, b"\xff")
    return header + fat + lines[:SECTOR].ljust(SECTOR, b"\0") + stream.ljust(length * SECTOR, b"\0")


def xls(
    pupils: Iterable[Mapping[str, object]], *, version: str = "v1", before: Iterable[Sequence] = (), **how
) -> bytes:
    """Children as an old workbook in a layout of the national system."""
    order = layout(version)
    rows = [*before, [header for header, _ in order]]
    rows += [[cells.get(attribute) for _, attribute in order] for cells in pupils]
    return compound(book({SHEET: sheet(rows, **how)}))
