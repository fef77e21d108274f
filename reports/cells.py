"""Cells laid out and drawn once for all papers that have the same cell.

Two thirds of a form are its own words, the same on every paper, and much of the rest (男, 汉族, nothing at all) comes
again as well: laying cells out and drawing their words was a third of the time of a page. A cell that holds one text or
none follows from its style, its text, its width, padding and borders; as it was laid out first, so it is taken again,
moved to its place. What its words look like in a file is remembered for as long as that file is being drawn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

MOST_CELLS = 2000  # of one style; then all are forgotten
SIDES = tuple(f"{what}_{side}" for what in ("padding", "margin") for side in ("top", "right", "bottom", "left"))
MEASURES = "width", *SIDES, *(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
LIMITS = "height", "min_height", "max_height"

DRAWN: ContextVar[dict | None] = ContextVar("drawn", default=None)


def remember_cells(engine) -> None:
    """Let the layout engine remember cells and how their words are drawn."""
    block, draw = engine.layout.block, engine.draw
    if block.block_container_layout.__module__ == block.__name__:
        block.block_container_layout = partial(laid_out, engine, block.block_container_layout)
        draw.draw_text = partial(drawn, draw.draw_text)


def laid_out(engine, lay_out, context, box, bottom_space, skip_stack, *rest, **more):
    """The box as the engine lays it out, or as it did before."""
    known = getattr(box.style, "cells", None) if skip_stack is None else None
    key = key_of(engine.formatting_structure.boxes, box) if known is not None else None
    if key is None:
        return lay_out(context, box, bottom_space, skip_stack, *rest, **more)
    if kept := known.get(key):
        cell = moved(kept, box)
        if not context.overflows_page(bottom_space, cell.position_y + cell.border_height()):
            return cell, None, {"break": "any", "page": None}, [], False, None
    result = lay_out(context, box, bottom_space, skip_stack, *rest, **more)
    if result[0] is not None and result[1] is None:
        keep(known, key, result[0])
    return result


def key_of(boxes, box) -> tuple | None:
    """What the layout of a cell follows from, None for a cell of more than one text and for what is no cell."""
    if not isinstance(box, boxes.TableCellBox) or box.first_letter_style or box.first_line_style:
        return None
    text, own = None, box.style.anonymous_style
    for line in box.children:
        if text is not None or type(line) is not boxes.LineBox or len(line.children) != 1 or line.style is not own:
            return None
        word = line.children[0]
        if type(word) is not boxes.TextBox or word.style is not own:
            return None
        text = word.text
    return text, *(getattr(box, name) for name in (*MEASURES, *LIMITS))


def keep(known: dict, key: tuple, cell) -> None:
    if len(known) >= MOST_CELLS:
        known.clear()
    for line in cell.children:
        for word in line.children:
            word.pango_layout.comes_again = True
    known[key] = copied(cell, cell.element)


def copied(box, element):
    """The box and all in it, belonging to another element."""
    new = box.copy()
    new.element, new.remove_decoration_sides = element, set(box.remove_decoration_sides)
    new.children = [copied(child, element) for child in box.children]
    return new


def moved(kept, box):
    """The laid-out cell at the place of the one to be laid out."""
    cell = box.copy_with_children([copied(child, box.element) for child in kept.children])
    cell.height = kept.height
    for child in cell.children:
        child.translate(cell.position_x - kept.position_x, cell.position_y - kept.position_y)
    return cell


@contextmanager
def one_file() -> Iterator[None]:
    """Meanwhile one file is drawn: its fonts, and so the codes of its glyphs, stay the same."""
    token = DRAWN.set({})
    try:
        yield
    finally:
        DRAWN.reset(token)


class Heard:
    """Stands before the page's stream and hears how words are shown."""

    def __init__(self, stream):
        self.stream, self.fonts, self.shown, self.plain = stream, [], [], True

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def set_font_size(self, font, size):
        self.fonts.append((font, size))
        self.stream.set_font_size(font, size)

    def show_text(self, text):
        self.shown.append(text)
        self.stream.show_text(text)

    def set_text_rise(self, height):
        self.plain = False
        self.stream.set_text_rise(height)

    def set_alpha_state(self, *given, **more):
        self.plain = False
        return self.stream.set_alpha_state(*given, **more)

    @property
    def once(self) -> bool:
        return self.plain and len(self.fonts) == len(self.shown) == 1


def drawn(draw_text, stream, box, offset_x, text_overflow, block_ellipsis) -> None:
    """The words as the engine draws them, or as it did before in this file."""
    layout = box.pango_layout
    words = DRAWN.get() if getattr(layout, "comes_again", False) else None
    if words is None or (text_overflow, block_ellipsis, box.style["text_decoration_line"]) != ("clip", "none", "none"):
        return draw_text(stream, box, offset_x, text_overflow, block_ellipsis)
    if layout not in words:
        heard = Heard(stream)
        draw_text(heard, box, offset_x, text_overflow, block_ellipsis)
        if heard.once:
            words[layout] = heard.fonts[0], heard.shown[0]
        return None
    font, text = words[layout]
    stream.set_color(box.style["color"])
    stream.begin_text()
    stream.set_text_matrix(1, 0, 0, -1, box.position_x, box.position_y + box.baseline)
    stream.set_font_size(*font)
    stream.show_text(text)
    stream.end_text()
    return None
