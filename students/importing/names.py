"""姓名: what the police register holds, character by character."""

import re
import unicodedata
from functools import cache

from students.importing.cells import Answer, error, fixed, tidy, warned, without_variations

_DOTS = re.compile("[•．‧・∙⋅●･․᛫。]")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\ufa0e-\ufa29\U00020000-\U0002a6df\U0002a700-\U0002ee5d\U00030000-\U000323af"
_HAN_NAME = re.compile(f"[{_HAN}]+(?:·[{_HAN}]+)*")
# Nearly every name: nothing in it to tidy, nothing to object to.
_USUAL = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]{2,}")
_ANY_HAN = re.compile(f"[{_HAN}]")
_LATIN_NAME = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ .,'’\-]*")
_LOST = re.compile("[?□■�〓▯]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_DESCRIPTION = re.compile("[\u2ff0-\u2fff]")
_REGISTER = "请照户口簿重新录入这个字"

# GB 18030-2005 moved these last characters out of the private area; Python's codec knows the others.
_MOVED = {
    0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9,
    0xE854: 0x9FBA, 0xE864: 0x9FBB, 0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7,
    0xE83B: 0x2298F, 0xE855: 0x241FE,
}  # fmt: skip


@cache
def _from_private() -> dict[int, int]:
    """Old GBK private code points U+E815… (FE50…) → Unicode."""
    known = dict(_MOVED)
    for offset, low in enumerate(low for low in range(0x50, 0xA1) if low != 0x7F):
        character = bytes((0xFE, low)).decode("gb18030")
        if not _PRIVATE.match(character):
            known.setdefault(0xE815 + offset, ord(character))
    return known


def read_name(cell: object) -> Answer:
    """A name as stored: dots as ·, no spaces inside Han names, private-area characters moved to Unicode."""
    if isinstance(cell, str) and _USUAL.fullmatch(cell):
        return cell, None
    if not isinstance(cell, str):
        return error("name_invalid", "姓名不应是数字或日期", "请核对该列是否错位")
    name = clean_name(cell)
    verdict = _objection(name)
    if verdict:
        return verdict
    if len(name) == 1:
        return warned(name, "name_short", "姓名只有一个字，请核对")
    if _LATIN_NAME.fullmatch(name):
        return warned(name, "name_latin", "姓名全是字母。中国籍学生应填户口簿上的汉字，不能用拼音代替")
    return (name, None) if name == cell else fixed(name, "name_tidied", f"已规范为“{name}”")


def clean_name(cell: str) -> str:
    """A name as records hold it. Dots first: NFKC would turn U+FF0E into a full stop."""
    name = tidy(without_variations(_DOTS.sub("·", cell)))
    name = unicodedata.normalize("NFKC", name).translate(_from_private())
    if _ANY_HAN.search(name):
        name = re.sub(r"\s+", "", name)
        if not re.search("[A-Za-z]", name):
            name = name.replace(".", "·")
    return name


def _objection(name: str) -> Answer | None:
    if _HAN_NAME.fullmatch(name):
        return None
    if _LOST.search(name):
        return error("name_lost_character", "姓名里有丢失的字（? □ 等）", _REGISTER)
    if _PRIVATE.search(name):
        return error("name_private_character", "姓名里有造字区的字，别的电脑无法显示", _REGISTER)
    if _DESCRIPTION.search(name):
        return error("name_described_character", "姓名里用拼字符号代替了生僻字", _REGISTER)
    if re.search(r"[0-9]", name):
        return error("name_invalid", "姓名里有数字", "请核对该列是否错位")
    if _ANY_HAN.search(name) and re.search("[A-Za-z]", name):
        return error("name_pinyin", "汉字姓名里夹有字母（生僻字用了拼音）", _REGISTER)
    if _LATIN_NAME.fullmatch(name):
        return None
    return error("name_invalid", "姓名里有不应出现的符号", "请照户口簿改正")
