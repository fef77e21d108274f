"""Which fonts a form may use, and whether they can draw a text.

A name is never mixed from two fonts: the first allowed family that can draw the whole string draws it. What none can
draw is refused before anything is laid out: a missing glyph leaves no trace in the text of a PDF, only a box on paper.
"""

import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.utils.html import format_html

from .errors import MissingGlyph, PrintingUnavailable

SERIF, SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"
FAMILIES = (SERIF, SANS)
INSTALL = "请由系统管理员安装：apt-get install fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
LINE_BREAKS = "\n"

# How a fault is told: the innermost known key of a value names the field, the ones above it say whose.
FIELDS = {
    "name": "姓名",
    "addressee": "监护人姓名",
    "address": "现家庭住址",
    "household": "户籍所在地",
    "phone": "联系电话",
    "relation": "关系",
    "workplace": "工作单位",
    "from_school": "转出学校",
    "to_school": "转入学校",
    "from_class": "现就读班级",
    "ground_note": "理由说明",
    "other_note": "理由说明",
    "opinion": "意见",
    "maker": "经办人姓名",
    "checker": "审核人姓名",
    "unit": "办理单位",
    "recorded": "登记凭据",
    "message": "理由",
    "note": "材料说明",
    "label": "材料名称",
}
OWNERS = {"guardians": "监护人", "desks": "签署栏", "papers": "", "child": ""}


@dataclass(frozen=True)
class Face:
    """One font file, or one font of a collection."""

    family: str
    path: str
    number: int


@cache
def face_of(family: str) -> Face:
    """The regular face of an allowed family as fontconfig finds it. Raises PrintingUnavailable."""
    try:
        said = subprocess.run(
            ["fc-match", "--format", "%{family[0]}|%{file}|%{index}", f"{family}:regular"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise PrintingUnavailable(f"本机未安装字体配置程序，不能打印。{INSTALL}") from error
    found, path, number = (said.split("|") + ["", ""])[:3]
    if found != family:
        raise PrintingUnavailable(f"本机缺少字体“{family}”，不能打印。{INSTALL}")
    return Face(family, path, int(number or 0) & 0xFFFF)


@cache
def characters_of(family: str) -> frozenset[int]:
    """All code points a family can draw."""
    from fontTools.ttLib import TTFont  # slow import: only whoever prints pays for it

    face = face_of(family)
    with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
        return frozenset(font.getBestCmap())


def require_fonts() -> None:
    """Raise PrintingUnavailable unless every allowed family is here."""
    for family in FAMILIES:
        face_of(family)


def can_draw(family: str, text: str) -> bool:
    return all(_drawable(character, family) for character in text)


def _drawable(character: str, family: str) -> bool:
    if character in LINE_BREAKS:
        return True
    if unicodedata.category(character) in ("Co", "Cs", "Cc", "Cf"):
        return False
    return ord(character) in characters_of(family)


def faults_of(text: str) -> list[str]:
    """The characters that stop a text: those its best family cannot draw. Empty when some family draws it all."""
    misses = [[c for c in dict.fromkeys(text) if not _drawable(c, family)] for family in FAMILIES]
    return min(misses, key=len)


def check_texts(content: dict, *, child: str = "") -> None:
    """Hold every value of a form against the fonts. Raises MissingGlyph with one sentence per fault."""
    whose = f"学生“{child}”" if child else ""
    sentences = [
        f"{whose}{field}中的“{character}”（U+{ord(character):04X}）{reason_of(character)}"
        for field, text in texts_in(content)
        for character in faults_of(text)
    ]
    if sentences:
        raise MissingGlyph(dict.fromkeys(sentences))


def reason_of(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Co":
        return "是自造字，无标准字形，未打印。请对照户口簿，把它更正为国家标准编码的汉字后再打印。"
    if category in ("Cs", "Cc", "Cf"):
        return "是不可见的控制字符，未打印。请删去后再打印。"
    return "无字形，未打印。请核对是否输错；确为用字的，请联系系统管理员加装含此字的字体。"


def texts_in(value, field: str = "表内文字", owner: str = "") -> Iterator[tuple[str, str]]:
    """All texts of nested plain values, each with the name of its field."""
    if isinstance(value, str):
        yield f"{owner}{field}", value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_in(inner, FIELDS.get(key, field), OWNERS.get(key, owner))
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner, field, owner)


def dressed(value):
    """The same values, where a text that only the sans family can draw is set in it as a whole."""
    if isinstance(value, str):
        return value if can_draw(SERIF, value) else format_html('<span class="sans">{}</span>', value)
    if isinstance(value, dict):
        return {key: dressed(inner) for key, inner in value.items()}
    return [dressed(inner) for inner in value] if isinstance(value, list) else value
