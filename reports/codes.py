"""QR codes as plain drawings, for papers that fetch nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import segno


@dataclass(frozen=True)
class QrCode:
    """A QR code as one SVG path in module units, to be stroked one unit wide: a line for each run of dark modules."""

    size: int
    path: str


def qr_code(address: str) -> QrCode:
    """The address as a QR code that survives a fold or a stain (level M)."""
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=2))
    lines = [f"M{x} {y}.5h{length}" for y, row in enumerate(rows) for x, length in runs_of(row)]
    return QrCode(len(rows), "".join(lines))


def runs_of(row: bytearray) -> Iterator[tuple[int, int]]:
    """Where each run of dark modules of a row begins, and its length."""
    at = 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            yield at, length
        at += length
