"""Workbooks for the tests: whole ones in the layouts of the national system, and broken ones of every kind."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from students.dictionary.fields import layout
from students.idnumber import check_character

SCHOOL_CODE = "2121000001"
SHEET = "学生信息"

# County code 211399 belongs to no county, so these numbers belong to nobody.
_COUNTY = "211399"

_PUPIL = {
    "school_code": SCHOOL_CODE, "birth_division": "211322000000", "native_place": "辽宁省建平县", "ethnicity": "汉族",
    "nationality": "中国", "id_type": "居民身份证", "overseas_status": "否", "health": "健康或良好",
    "political_status": "群众", "household_kind": "农业户口", "household_division": "211322102000",
    "class_number": "2024级1班", "entered_month": "202409", "entry_mode": "就近入学", "lodging": "走读",
    "home_address": "建平镇和平村1组", "mail_address": "建平镇和平村1组", "family_address": "建平镇和平村1组",
    "phone": "13800000000", "postcode": "122400", "only_child": "否", "had_preschool": "是",
    "left_behind": "非留守儿童", "needs_aid": "否", "boarding_subsidy": "否", "orphan": "否", "martyr_child": "否",
    "school_distance": "1.5", "commute_mode": "步行", "needs_school_bus": "否", "source": "正常入学",
    "disability": "无残疾", "purchased_place": "否", "inclusive_education": "非随班就读", "migrant_child": "否",
    "member1.name": "张建国", "member1.relation": "父亲", "member1.home_address": "建平镇和平村1组",
    "member1.household_division": "211322102000", "member1.phone": "13800000000", "member1.is_guardian": "是",
}  # fmt: skip


def id_number(birth: date, sequence: int) -> str:
    """A well-formed ID number of nobody; odd sequence: a boy."""
    seventeen = f"{_COUNTY}{birth:%Y%m%d}{sequence:03d}"
    return seventeen + check_character(seventeen)


def pupil(number: int = 1, **changes: object) -> dict[str, object]:
    """A faultless child as typed in the template; `changes` by attribute, members as member1__phone."""
    birth = date(2017, 9, 2) + timedelta(days=number % 300)
    sequence = 1 + number // 300
    cells = _PUPIL | {
        "name": "王" + chr(0x4E00 + number // 100 % 500) + chr(0x5B00 + number % 100),
        "sex": "男" if sequence % 2 else "女",
        "birth_date": f"{birth:%Y%m%d}",
        "id_number": id_number(birth, sequence),
    }
    return cells | {attribute.replace("__", "."): cell for attribute, cell in changes.items()}


def workbook(
    pupils: Iterable[dict[str, object]],
    *,
    version: str = "v1",
    before: Iterable[Iterable[object]] = (),
    headers: dict[str, str] | None = None,
    edit: Callable[[Worksheet], None] | None = None,
    sheet: str = SHEET,
) -> bytes:
    """A workbook with one sheet; `before`: rows above the header; `headers`: other header texts by attribute;
    `edit` gets the finished sheet."""
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in before:
        page.append(list(row))
    order = layout(version)
    page.append([(headers or {}).get(attribute, header) for header, attribute in order])
    for cells in pupils:
        page.append([cells.get(attribute) for _, attribute in order])
    if edit:
        edit(page)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column_of(attribute: str, version: str = "v1") -> int:
    """Column number (from 1) of an attribute in a layout."""
    return [each for _, each in layout(version)].index(attribute) + 1


def rewritten(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same zip with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same zip with one more part."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


SHEET_PART = "xl/worksheets/sheet1.xml"


def far_corner() -> bytes:
    """One value in the very last cell: readers that allocate the rectangle ask for hundreds of gigabytes."""
    return rewritten(
        workbook([pupil()]),
        SHEET_PART,
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )


def ratio_bomb() -> bytes:
    """A small file that unpacks to 60 MB of nothing."""
    return rewritten(
        workbook([pupil()]), SHEET_PART, lambda xml: xml.replace(b"</sheetData>", b" " * 60_000_000 + b"</sheetData>")
    )


def with_doctype() -> bytes:
    """Billion laughs in the sheet."""
    entities = b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return rewritten(workbook([pupil()]), SHEET_PART, lambda xml: entities + xml.removeprefix(b'<?xml version="1.0"?>'))


def size_lie() -> bytes:
    """The sheet declares a tenth of its real length, in both directories of the zip."""
    data = bytearray(workbook([pupil(n) for n in range(200)]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo(SHEET_PART)
    struct.pack_into("<I", data, entry.header_offset + 22, entry.file_size // 10)
    central = data.rfind(SHEET_PART.encode()) - 46
    struct.pack_into("<I", data, central + 24, entry.file_size // 10)
    return bytes(data)


def overlapping() -> bytes:
    """Two directory entries that share one compressed stream."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"a" * 1000) + packed.flush()
    crc = zlib.crc32(b"a" * 1000)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), 1000, 1, 0) + b"a" + body
    central = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(body), 1000, 1, 0, 0, 0, 0, 0, 0) + name
        for name in (b"a", b"b")
    )
    return local + central + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, len(central), len(local), 0)
