"""Looking at the finished PDF: is every code of every page a real drawing in an allowed font?

Text extraction cannot tell: a box carries the right text. So the embedded fonts are opened and each glyph looked up.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from .errors import BadOutput
from .fonts import FAMILIES

SHOWS_TEXT = {"Tj", "TJ", "'", '"'}
READ = " ".join(("Tf", *sorted(SHOWS_TEXT)))  # all else is passed over by the parser: a sixth of the time
PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


@dataclass
class UsedFont:
    """An embedded font and the glyph ids the pages draw from it."""

    name: str
    dictionary: object
    glyphs: set[int] = field(default_factory=set)


def check_pdf(pdf: bytes) -> None:
    """Raise BadOutput when a glyph is missing, empty, or drawn from a font that is not allowed."""
    faults = [fault for used in fonts_in(pdf) for fault in faults_of_font(used)]
    if faults:
        raise BadOutput(*dict.fromkeys(faults))


def fonts_in(pdf: bytes) -> list[UsedFont]:
    """All fonts of a PDF with the glyph ids used."""
    import pikepdf  # slow import: only whoever prints pays for it

    found: dict[object, UsedFont] = {}
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            _read(pikepdf, page.obj, page.obj.get("/Resources", {}), found)
        for used in found.values():
            used.dictionary = _embedded(used.dictionary)
    return list(found.values())


def _read(pikepdf, stream, resources, found: dict) -> None:
    """Follow the operators of a page or of a form inside it."""
    fonts, current = resources.get("/Font", {}), None
    for operands, operator in pikepdf.parse_content_stream(stream, READ):
        if str(operator) == "Tf":
            current = _used(fonts[str(operands[0])], found)
        elif str(operator) in SHOWS_TEXT and current:
            current.glyphs.update(_codes(pikepdf, operands[-1]))
    for inner in resources.get("/XObject", {}).values():
        if inner.get("/Subtype") == "/Form":
            _read(pikepdf, inner, inner.get("/Resources", {}), found)


def _used(dictionary, found: dict) -> UsedFont:
    key = dictionary.objgen
    if key not in found:
        name = str(dictionary["/BaseFont"]).lstrip("/").split("+")[-1]
        found[key] = UsedFont(name, dictionary)
    return found[key]


def _codes(pikepdf, shown) -> Iterator[int]:
    """Two-byte codes of a Tj string or a TJ array; they are glyph ids (Identity-H)."""
    for part in shown if isinstance(shown, pikepdf.Array) else [shown]:
        if isinstance(part, pikepdf.String):
            raw = bytes(part)
            yield from (int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2))


def _embedded(dictionary) -> tuple[bytes, dict[int, str]]:
    """The font file and what text each glyph stands for; no file when the font is not embedded."""
    descriptor = dictionary["/DescendantFonts"][0]["/FontDescriptor"] if "/DescendantFonts" in dictionary else {}
    file = descriptor.get("/FontFile3") or descriptor.get("/FontFile2") if descriptor else None
    text = dictionary.get("/ToUnicode")
    pairs = PAIR.findall(text.read_bytes()) if text is not None else []
    return (file.read_bytes() if file is not None else b""), {
        int(code, 16): bytes.fromhex(value.decode()).decode("utf-16-be", "replace") for code, value in pairs
    }


def faults_of_font(used: UsedFont) -> Iterator[str]:
    """What is wrong with the glyphs drawn from one font."""
    data, texts = used.dictionary
    if not any(used.name.replace("-", " ").startswith(family) for family in FAMILIES):
        yield f"打印件中出现了未经许可的字体“{used.name}”，未打印。请联系系统管理员检查字体安装。"
        return
    if not data:
        yield f"字体“{used.name}”没有嵌入打印件，未打印。请联系系统管理员。"
        return
    for glyph in sorted(_undrawn(data, used.glyphs, texts)):
        shown = texts.get(glyph, "")
        code = f"（U+{ord(shown):04X}）" if len(shown) == 1 else ""
        yield f"打印件中的“{shown}”{code}没有画出字形，未打印。请联系系统管理员检查字体安装。"


def _undrawn(data: bytes, glyphs: set[int], texts: dict[int, str]) -> set[int]:
    """Glyph ids that are .notdef, lie past the font's end, or have no outline although they are not a blank."""
    from fontTools.ttLib import TTFont  # slow import: only whoever prints pays for it

    with TTFont(BytesIO(data), lazy=True) as font:
        count, draw = _drawings(font)
        bad = {glyph for glyph in glyphs if glyph == 0 or glyph >= count}
        for glyph in glyphs - bad:
            if not texts.get(glyph, "").isspace() and not _has_outline(draw, glyph):
                bad.add(glyph)
    return bad


class Drawn(Exception):
    """The pen has touched the paper: what else the glyph draws need not be known."""


class FirstTouch:
    """A pen that stops the drawing at its first move, component, or ring of curves (which begins without a move)."""

    def moveTo(self, point):
        raise Drawn

    def qCurveTo(self, *points):
        raise Drawn

    def addComponent(self, name, transformation):
        raise Drawn


def _has_outline(draw: Callable, glyph: int) -> bool:
    """Whether anything is drawn. The rest of the outline is a twentieth of the time of a page."""
    try:
        draw(glyph, FirstTouch())
    except Drawn:
        return True
    return False


def _drawings(font) -> tuple[int, Callable]:
    """How many glyphs a font has, and how one is drawn. Of CFF only the outlines are read: half the time."""
    if "CFF " in font:
        outlines = font["CFF "].cff[0].CharStrings.charStringsIndex
        return len(outlines), lambda glyph, pen: outlines[glyph].draw(pen)
    order, drawings = font.getGlyphOrder(), font.getGlyphSet()
    return len(order), lambda glyph, pen: drawings[order[glyph]].draw(pen)
