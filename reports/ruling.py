"""The lines of a table drawn whole, from end to end; and the dark runs of a QR code.

The layout engine strokes each side of each cell by itself, some six hundred strokes on a form of seventy items: a tenth
of the time of a page. Sides that meet are one line here, and the lines of one pen are stroked at once. A QR code is
three hundred level strokes of whole length (codes.py), which need not be read like any curve.
"""

import re
from collections import defaultdict
from contextlib import nullcontext
from functools import partial

UNSEEN = nullcontext()
NEAR = 0.01  # a hundredth of a pixel: sides so close meet
RUN = re.compile(r"M(\d+) (\d+\.5)h(\d+)")
RUNS = re.compile(rf"(?:{RUN.pattern})+")


def rule_whole(draw) -> None:
    """Let the engine's `draw` module draw the lines of tables so."""
    engine = draw.draw_collapsed_borders
    if engine.__module__ == draw.__name__:
        draw.draw_collapsed_borders = lambda stream, table: ruled(stream, table, engine)


def run_whole(svg) -> None:
    """Let the engine's `svg` module draw QR codes so."""
    engine = svg.TAGS["path"]
    if not isinstance(engine, partial):
        svg.TAGS["path"] = partial(runs, engine)


def runs(engine, svg, node, font_size) -> None:
    """The runs of a QR code; any other path is left to the engine."""
    path = node.get("d", "")
    if not RUNS.fullmatch(path):
        return engine(svg, node, font_size)
    svg.stream.move_to(0, 0)
    for x, y, length in RUN.findall(path):
        svg.stream.move_to(float(x), float(y))
        svg.stream.line_to(float(x) + float(length), float(y))


def ruled(stream, table, engine) -> None:
    """The lines of a table with collapsed borders; what is not solid is left to the engine."""
    if not all_solid(table):
        return engine(stream, table)
    sides = Sides()
    engine(sides, table)
    with stream.artifact(), stream.stacked():
        for (width, color), lines in sides.pens():
            stream.set_color(color, stroke=True)
            stream.set_line_width(width)
            for start, end in lines:
                stream.move_to(*start)
                stream.line_to(*end)
            stream.stroke()


def all_solid(table) -> bool:
    sides = (side for grid in table.collapsed_border_grid for row in grid for _, side in row)
    return all(style == "solid" for style, width, _ in sides if width)


class Sides:
    """Stands in for the page's stream while the engine draws side after side, and remembers them."""

    def __init__(self):
        self.drawn = defaultdict(list)  # by pen, in the order of painting: the thicker ones last

    def artifact(self):
        return UNSEEN

    stacked = artifact

    def set_color(self, color, stroke):
        self.color = color

    def set_line_width(self, width):
        self.width = width

    def move_to(self, x, y):
        self.start = x, y

    def line_to(self, x, y):
        self.drawn[self.width, self.color].append((self.start, (x, y)))

    def stroke(self):
        """Nothing: it is stroked when all are known."""

    def pens(self):
        """Width and colour of each pen, and its lines."""
        for pen, sides in self.drawn.items():
            yield pen, joined(sides)


def joined(sides: list) -> list:
    """Sides, upright or level, of which those that meet or overlap have become one."""
    lines = []
    for start, end in sorted(sides, key=along):
        if lines and meets(lines[-1], start, end):
            lines[-1] = lines[-1][0], max(lines[-1][1], end)
        else:
            lines.append((start, end))
    return lines


def along(side) -> tuple:
    """Upright ones column by column downwards, then level ones row by row."""
    (x, y), (to_x, _) = side
    return (0, x, y) if x == to_x else (1, y, x)


def meets(line, start, end) -> bool:
    (x, y), (to_x, to_y) = line
    if x == to_x and start[0] == end[0]:
        return x == start[0] and start[1] <= to_y + NEAR
    return y == to_y and start[1] == end[1] and y == start[1] and start[0] <= to_x + NEAR
