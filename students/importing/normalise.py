"""From a cell as typed to a value as stored, one column at a time.

Every normaliser answers (value, verdict). Columns repeat few texts, so answers are remembered per column.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from difflib import get_close_matches
from typing import Any

from students import idnumber, registry_number
from students.dictionary import codes, divisions
from students.dictionary.fields import Field
from students.importing.cells import (
    CLEAR,
    Answer,
    Verdict,
    error,
    fixed,
    folded,
    looks_rounded,
    rounded_away,
    tidy,
    undotted,
    warned,
    whole,
)
from students.importing.dates import read_birth_date, read_month, read_validity
from students.importing.names import read_name

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LAND_LINE = re.compile(r"(?:0\d{2,3}-?)?\d{7,8}(?:-\d{1,5})?")
_PHONE_SEPARATORS = re.compile(r"[、,;/，；\s]+")
_DISTANCE = re.compile(r"(\d+(?:\.\d+)?)(公里|千米|KM|米|M|里)?", re.IGNORECASE)
_PER_KILOMETRE = {"": 1, "公里": 1, "千米": 1, "KM": 1, "米": 1000, "M": 1000, "里": 2}
_FAR = 50
_SHORT, _FEW = 6, 70  # a text and a table for which an option is proposed
_FIXED_LENGTH = {"school_code": 10, "postcode": 6}


_BLANK: Answer = (None, None)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a normaliser must know about the sheet: its date system and the legal date."""

    date1904: bool
    today: date


def normalise_column(field: Field, cells: Sequence[object], setting: Setting) -> tuple[list[Any], dict[int, Verdict]]:
    """Values of a whole column and the verdicts by position; an empty cell is None without a verdict."""
    if cells.count("") == len(cells):
        return [None] * len(cells), {}
    keys = cells if set(map(type, cells)) <= {str} else [_key(cell) for cell in cells]
    read = _reader(field, setting)
    answers = {
        key: _BLANK if cell in ("", None) else _limited(field, _answer(field, cell, read))
        for key, cell in dict(zip(keys, cells, strict=True)).items()
    }
    value_of = {key: value for key, (value, _) in answers.items()}
    values = list(map(value_of.__getitem__, keys))
    if all(verdict is None for _, verdict in answers.values()):
        return values, {}
    return values, {position: answers[key][1] for position, key in enumerate(keys) if answers[key][1]}


def _key(cell: object) -> object:
    """Equal for the same cell only: 1.0, True and the text 1 are three different things."""
    return cell if type(cell) is str else (type(cell), repr(cell))


def _answer(field: Field, cell: object, read: Callable[[object], Answer]) -> Answer:
    if isinstance(cell, str):
        clean = tidy(cell)
        if not clean:
            return None, None
        if clean == CLEAR:
            return CLEAR, None
    return read(cell)


def _limited(field: Field, answer: Answer) -> Answer:
    value = answer[0]
    if field.max_length and isinstance(value, str) and len(value) > field.max_length and value != CLEAR:
        return error("too_long", f"共 {len(value)} 个字，最多 {field.max_length} 个", "请缩短后重新上传")
    return answer


def _reader(field: Field, setting: Setting) -> Callable[[object], Answer]:
    """The normaliser for a field's type."""
    by_type: dict[str, Callable[[object], Answer]] = {
        "text": read_text,
        "name": read_name,
        "date": lambda cell: read_birth_date(cell, date1904=setting.date1904, today=setting.today),
        "month": lambda cell: read_month(cell, date1904=setting.date1904),
        "validity": lambda cell: read_validity(cell, date1904=setting.date1904),
        "code": lambda cell: read_code(cell, field),
        "bool": lambda cell: read_yes_no(cell, field),
        "division": read_division,
        "phone": read_phone,
        "distance": read_distance,
        "id_number": lambda cell: read_id_number(cell, field),
        "registry_number": lambda cell: read_registry_number(cell, field),
        "digits": lambda cell: read_digits(cell, field),
        "identifier": lambda cell: read_identifier(cell, field),
        "class_number": read_class_text,
    }
    return by_type[field.type]


def _as_text(cell: object) -> str:
    """A cell in words, numbers without ".0"."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float | int):
        return whole(cell) or repr(cell)
    if isinstance(cell, list):
        return cell[0]
    return str(cell)


def read_text(cell: object) -> Answer:
    """Free text: tidied, line breaks to one space."""
    if looks_rounded(cell):
        return rounded_away("该数字")
    clean = tidy(_as_text(cell))
    if isinstance(cell, str):
        return (clean, None) if clean == cell else fixed(clean, "text_tidied", "已去掉多余的空格或不可见字符")
    if isinstance(cell, list):
        return warned(clean, "date_as_text", "单元格是日期，已按文字保存，请核对")
    return clean, None


def read_class_text(cell: object) -> Answer:
    """班号 as written; the class itself is looked up when the whole row is known."""
    return folded(_as_text(cell)), None


def read_code(cell: object, field: Field) -> Answer:
    """A coded column: code, name, "code-name" or alias → code. Never fuzzy."""
    table = codes.table(field.code_table)
    text = folded(_as_text(cell))
    if field.code_table == "lset" and text in ("是", "Y", "TRUE", "√", "有"):
        return error("left_behind_kind", "是否留守儿童不能只填“是”", "请选择单亲留守或双亲留守")
    code = table.resolve(text)
    if code is None:
        return _unknown_code(field, text, table)
    if not table.codes[code].offered:
        return error("code_not_offered", f"“{table.name_of(code)}”不适用于学生", "请改填模板下拉表里的选项")
    name = table.name_of(code)
    return (code, None) if cell == name else fixed(code, "code_recognised", f"已读作“{name}”")


def _unknown_code(field: Field, text: str, table: codes.CodeTable) -> Answer:
    if field.code_table == "hkxz":
        return warned(
            None,
            "household_kind_unmapped",
            "户口改革后的写法，暂不能对应农业/非农业，原文已保留",
            "请由县里确定对应关系",
        )
    return error(
        "code_unknown", f"“{text[:20]}”不是{field.label}的选项", f"请改填模板下拉表里的选项{_near(text, table)}"
    )


def _near(text: str, table: codes.CodeTable) -> str:
    """The option a short text may stand for, as a question; never taken for it."""
    offered = [table.name_of(code) for code, each in table.codes.items() if each.offered]
    near = get_close_matches(text, offered, 1) if len(text) <= _SHORT and len(offered) <= _FEW else []
    return f"（是不是“{near[0]}”？）" if near else ""


def read_yes_no(cell: object, field: Field) -> Answer:
    """是/否 in its many spellings → True/False."""
    code = codes.table("sfbz").resolve(folded(_as_text(cell)))
    if code is None:
        return error("code_unknown", f"{field.label}只能填是或否", "请改填“是”或“否”")
    value = code == "1"
    return (
        (value, None) if cell in ("是", "否") else fixed(value, "code_recognised", f"已读作“{'是' if value else '否'}”")
    )


def read_division(cell: object) -> Answer:
    """A division as 12 digits; six and nine digits are widened, words resolved by the deepest known name."""
    text = re.sub(r"\s+", "", folded(_as_text(cell)))
    if text.isdigit():
        if not divisions.is_division_code(text):
            return error("division_unknown", "不是行政区划代码", "应为 6、9 或 12 位代码，如 211322000000")
        wide = divisions.widen(text)
        return (wide, None) if cell == wide else fixed(wide, "division_widened", f"已补足 12 位：{wide}")
    found = divisions.resolve_words(text)
    if len(found) == 1:
        return fixed(found[0], "division_resolved", f"已读作 {found[0]}（{divisions.words_of(found[0])}）")
    if found:
        return error("division_ambiguous", f"可能是 {'、'.join(found)}", "请填其中一个 12 位代码")
    return error("division_unknown", "认不出这个行政区划", "请填 12 位行政区划代码，如 211322000000")


def read_phone(cell: object) -> Answer:
    """The first of several numbers; a number that is neither mobile nor land line is shown, not refused."""
    if looks_rounded(cell):
        return rounded_away("联系电话")
    text = undotted(folded(_as_text(cell)))
    parts = [part for part in _PHONE_SEPARATORS.split(text) if part]
    first = re.sub(r"^\+?86-?(?=1)", "", parts[0]) if parts else ""
    joined = re.sub(r"[\s\-]", "", text)
    if _MOBILE.fullmatch(joined):  # 138 0000 0000
        parts, first = [joined], joined
    if not (_MOBILE.fullmatch(first) or _LAND_LINE.fullmatch(first)):
        return warned(text, "phone_format", "不像手机号或座机号", "请核对；座机应带区号，如 0421-7812345")
    if len(parts) > 1:
        return warned(first, "phone_several", "有多个号码，只导入第一个", "其余号码请另行登记")
    return (
        (first, None) if first == cell or isinstance(cell, float) else fixed(first, "phone_tidied", "已去掉空格等符号")
    )


def read_distance(cell: object) -> Answer:
    """Kilometres with one decimal."""
    text = re.sub(r"\s+", "", folded(_as_text(cell)))
    found = _DISTANCE.fullmatch(text)
    if not found:
        return error("distance_unreadable", "上下学距离看不懂", "请填公里数，如 2.5")
    unit = (found[2] or "").upper()
    value = (Decimal(found[1]) / _PER_KILOMETRE[unit]).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if value > _FAR:
        return (
            warned(value, "distance_far", f"上下学距离 {value} 公里，超过 {_FAR} 公里，请核对单位是不是米")
            if value < 10_000
            else error("distance_unreadable", "上下学距离过大", "请填公里数，如 2.5")
        )
    return fixed(value, "distance_converted", f"已换算为 {value} 公里") if unit else (value, None)


def read_id_number(cell: object, field: Field) -> Answer:
    """An ID number as text. A numeric cell of 16 digits or more is lost for good, whatever it looks like."""
    if looks_rounded(cell):
        return rounded_away(field.label)
    if isinstance(cell, list | bool):
        return error("id_format", f"{field.label}不应是日期或是否", "请把该列设为文本后重新录入")
    number = idnumber.normalise(_as_text(cell))
    if number == cell:
        return number, None
    return fixed(number, "id_tidied", "已去掉空格、全角或小写，末位统一为大写 X")


def read_registry_number(cell: object, field: Field) -> Answer:
    """学籍号: G, J or L and eighteen more."""
    if isinstance(cell, float | int):
        return error("registry_number_format", f"{field.label}应以 G、J 或 L 开头", "请把该列设为文本后重新录入")
    number = idnumber.normalise(_as_text(cell))
    if not registry_number.is_well_formed(number):
        return error("registry_number_format", f"{field.label}格式不对", "应为 G、J 或 L 加 18 位")
    return (number, None) if number == cell else fixed(number, "id_tidied", "已去掉空格、全角，统一为大写")


def read_digits(cell: object, field: Field) -> Answer:
    """Digits of a known length; a zero lost in a numeric cell comes back only where the length is certain."""
    if looks_rounded(cell):
        return rounded_away(field.label)
    text = undotted(re.sub(r"\s+", "", folded(_as_text(cell))))
    length = _FIXED_LENGTH.get(field.own_name)
    if length and isinstance(cell, float) and field.own_name == "postcode" and len(text) == length - 1:
        return fixed(text.zfill(length), "zero_restored", f"已补回前面的 0：{text.zfill(length)}")
    if not text.isascii() or not text.isalnum() or (length and (len(text) != length or not text.isdigit())):
        return error(
            "digits_format", f"{field.label}应为 {length} 位数字" if length else f"{field.label}只能是数字或字母"
        )
    return (
        (text, None)
        if text == cell or isinstance(cell, float)
        else fixed(text, "text_tidied", "已去掉多余的空格、全角或小数点")
    )


def read_identifier(cell: object, field: Field) -> Answer:
    """An opaque number that must come back unchanged."""
    if looks_rounded(cell):
        return rounded_away(field.label)
    text = tidy(_as_text(cell))
    return (text, None) if text == cell or isinstance(cell, float) else fixed(text, "text_tidied", "已去掉多余的空格")
