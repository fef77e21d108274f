"""Which rows of a roster stand on which page: as many as the sheet holds, so that no page is a rest without a title.

A row is as high as its fullest cell. How many lines a text takes follows from the width of its column and from the size
in which `snug` sets it; what is reckoned here is what `print.css` says of `.is-roster`.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from unicodedata import east_asian_width

from .templatetags.paper import snug

ROWS_A_PAGE = 20
# Millimetres of the landscape page that are left for rows beside title, heads, tally and signatures.
ROOM = 137
LEAST = 6.6
SIDES, ENDS = 1.2, 0.4
MM = 25.4 / 72
SIZES = {"": (8, 1.1), "long": (7, 1.05), "longer": (6, 1.02)}
SNUG_AT = 20  # as the templates of rosters and books ask for it
HALF = 0.55  # how wide a Latin letter or a figure is beside a Chinese character


def cuts(rows: Sequence[Mapping[str, str]], columns: Iterable) -> list[slice]:
    """The rows of each page."""
    columns, found, start, used = list(columns), [], 0, 0.0
    for at, row in enumerate(rows):
        height = max(height_of(str(row.get(column.key, "")), column.width) for column in columns)
        if at > start and (used + height > ROOM or at - start == ROWS_A_PAGE):
            found.append(slice(start, at))
            start, used = at, 0.0
        used += height
    return [*found, slice(start, len(rows))] if rows else []


def height_of(text: str, width: float) -> float:
    """Millimetres of a cell of this width with this text."""
    points, line = SIZES[snug(text, SNUG_AT)]
    room, wanted = (width - SIDES) / (points * MM), sum(width_of(sign) for sign in text)
    lines = 1 if wanted <= room else ceil(wanted / max(1, int(room)))
    return max(LEAST, lines * points * line * MM + ENDS)


def width_of(sign: str) -> float:
    return 1.0 if east_asian_width(sign) in "WFA" else HALF
