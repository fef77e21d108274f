"""Files that attack, made by script: what opens them must refuse with a code, or read them without harm (None)."""

import io
import random
import struct
import zipfile
from collections.abc import Callable

from openpyxl import Workbook

from students.importing.container import SCHOOL
from tests.old_workbooks import MAGIC, SECTOR, book, compound, number_cell, record, sheet, xls
from tests.workbooks import (
    SHEET_PART,
    far_corner,
    overlapping,
    pupil,
    ratio_bomb,
    rewritten,
    saved,
    size_lie,
    with_doctype,
    with_part,
    workbook,
)

XXE = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
QUADRATIC = b'<!DOCTYPE r [<!ENTITY a "' + b"a" * 50_000 + b'">]>'
MERGE_OF_ALL = b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'


def in_part(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A good workbook with one part spoilt; its declaration goes, so that something may stand before the root."""
    return rewritten(workbook([pupil()]), part, lambda xml: change(xml.removeprefix(b'<?xml version="1.0"?>')))


def in_sheet(change: Callable[[bytes], bytes]) -> bytes:
    return in_part(SHEET_PART, change)


def without_part(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([pupil()]))) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
    return out.getvalue()


def with_method(method: int) -> bytes:
    out = io.BytesIO(workbook([pupil()]))
    with zipfile.ZipFile(out, "a", method) as archive:
        archive.writestr("xl/odd.xml", b"<a/>" * 100)
    return out.getvalue()


def two_hundred_sheets() -> bytes:
    made = Workbook()
    for number in range(200):
        made.create_sheet(f"S{number}")
    return saved(made)


def rows_of_one_cell(count: int) -> bytes:
    return b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (at, at, at) for at in range(3, count + 3))


def with_merges(xml: bytes) -> bytes:
    merges = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (at, at) for at in range(3, 10_003))
    return xml.replace(b"</worksheet>", b"<mergeCells>" + merges + b"</mergeCells></worksheet>")


def digits(count: int) -> bytes:
    return random.Random(2).randbytes(count).translate(b"0123456789abcdef".replace(b"abcdef", b"012345") * 16)


def letters(count: int) -> bytes:
    return random.Random(3).randbytes(count).translate(b"abcdefghijklmnop" * 16)


def infinite() -> bytes:
    """A child whose telephone, class and postcode are larger than any number."""
    endless = b"<v>1e999</v>"
    return rewritten(
        workbook([pupil(1, phone=7.5, class_number=7.5, postcode=7.5, school_distance=7.5, birth_date=7.5)]),
        SHEET_PART,
        lambda xml: xml.replace(b"<v>7.5</v>", endless),
    )


def in_circle() -> bytes:
    """A chain of sectors whose last one points back to its first."""
    data = bytearray(xls([pupil(n) for n in range(20)]))
    last = data.find(b"\xfe\xff\xff\xff", 520 + 4 * 4)
    data[last : last + 4] = (2).to_bytes(4, "little")
    return bytes(data)


def lying_label() -> bytes:
    """A text that says it is 60,000 letters long and ends after three."""
    return record(0x0204, b"\0\0\0\0\0\0\x60\xea\x01abcdef")


def spoilt(data: bytes, place: int, content: bytes) -> bytes:
    """Some bytes of a file written over."""
    return data[:place] + content + data[place + len(content) :]


def with_stub(kind: int) -> bytes:
    """A record of a sheet that ends before what it has to say."""
    return compound(book({"S": sheet([["x"]], more=record(kind, b"\0"))}))


def nested_sheets() -> bytes:
    """Sheets that all begin at the same place, each to be walked from there."""
    stream = bytearray(book({f"S{number}": sheet([["x"]]) for number in range(20)}))
    places = [at for at in range(len(stream) - 4) if stream[at : at + 2] == b"\x85\0" and stream[at + 3] == 0]
    for at in places:
        stream[at + 4 : at + 8] = stream[places[0] + 4 : places[0] + 8]
    return compound(bytes(stream))


MUTATIONS = 300
_WHOLE_SHEET = 65_535, 256
_LINKS, _DIRECTORY, _STREAM = SECTOR, 2 * SECTOR, 3 * SECTOR
_KINDS = (0x0208, 0x007D, 0x00E5, 0x0006, 0x0205, 0x00BD, 0x0203, 0x0204)


def mutations() -> list[bytes]:
    """A good .xls spoilt in three hundred ways, always the same: bytes of header, chains, directory and records written
    over, the end cut off, records that end before what they have to say.
    """
    dice, made = random.Random(7), []
    good = xls([pupil(n) for n in range(3)])
    regions = ((24, _LINKS), (_LINKS, _LINKS + 120), (_DIRECTORY, _DIRECTORY + 256), (_STREAM, _STREAM + 2_000))
    for number in range(MUTATIONS // 2):
        data, (first, last) = bytearray(good), regions[number % len(regions)]
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(first, last)
            data[place] = dice.choice((0, 1, 127, 128, 255, data[place] ^ 1 << dice.randrange(8), dice.randrange(256)))
        made.append(bytes(data[: dice.randrange(SECTOR, len(data))] if dice.random() < 0.1 else data))
    made += untrue_sizes()
    while len(made) < MUTATIONS:
        short = b"".join(record(dice.choice(_KINDS), dice.randbytes(dice.randrange(16))) for _ in range(3))
        made.append(xls([pupil(1)], more=short))
    return made


def untrue_sizes() -> list[bytes]:
    """Good .xls of one child each, whose sheet says that it is far larger: in both spellings, once and twice."""
    short, long = (
        record(0x0200, struct.pack(layout, 0, _WHOLE_SHEET[0], 0, _WHOLE_SHEET[1], 0)) for layout in ("<5H", "<IIHHH")
    )
    true = record(0x0200, struct.pack("<IIHHH", 0, 2, 0, 70, 0))
    claims = (b"", short, long, true, short + long, long + true, true + short)
    return [xls([pupil(1)], claims=_WHOLE_SHEET, more=more) for more in claims]


def cell_spelt(reference: bytes) -> bytes:
    return rewritten(
        workbook([pupil()]), SHEET_PART, lambda xml: xml.replace(b"</sheetData>", reference + b"</sheetData>")
    )


def noise() -> bytes:
    """Nine megabytes that hardly compress."""
    return random.Random(1).randbytes(9_200_000).translate(b"ab" * 128)


def many_parts() -> bytes:
    data = workbook([pupil()])
    for number in range(200):
        data = with_part(data, f"xl/x{number}.xml", b"<a/>")
    return data


HOSTILE = {
    "far corner": (far_corner, "too_many_columns"),
    "far row": (lambda: cell_spelt(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "too_many_rows"),
    "prefixed far corner": (
        lambda: cell_spelt(b'<x:row r="9"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'),
        "too_many_columns",
    ),
    "single quotes": (lambda: cell_spelt(b"<row><c t='n' r = 'XFD1048576'><v>1</v></c></row>"), "too_many_columns"),
    "lower case": (lambda: cell_spelt(b'<row><c r="xfd9"><v>1</v></c></row>'), "too_many_columns"),
    "absurd reference": (lambda: cell_spelt(b'<row><c r="ZZZZZZ99999999"><v>1</v></c></row>'), "bad_reference"),
    "a million cells in a row": (
        lambda: cell_spelt(b'<row r="3">' + b"<c><v>1</v></c>" * 1_000_000 + b"</row>"),
        "ratio",
    ),
    "a row without end": (
        lambda: cell_spelt(b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + noise() + b"</t></is></c></row>"),
        "row_too_large",
    ),
    "ratio": (ratio_bomb, "ratio"),
    "doctype": (with_doctype, "doctype"),
    "utf-16": (
        lambda: rewritten(workbook([pupil()]), SHEET_PART, lambda xml: xml.decode().encode("utf-16")),
        "encoding",
    ),
    "size lie": (size_lie, "size_lie"),
    "overlap": (overlapping, "overlap"),
    "ten thousand parts": (many_parts, "too_many_parts"),
    "macros": (lambda: with_part(workbook([pupil()]), "xl/vbaProject.bin", b"x"), "macros"),
    "links": (lambda: with_part(workbook([pupil()]), "xl/externalLinks/externalLink1.xml", b"<a/>"), "external_links"),
    "embedded": (lambda: with_part(workbook([pupil()]), "xl/embeddings/a.bin", b"x"), "embeddings"),
    "truncated": (lambda: workbook([pupil()])[:3000], "truncated"),
    "html": (lambda: b"<html><table><tr><td>x</td></tr></table></html>", "html"),
    "torn xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "truncated"),
    "password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "csv of something else": (lambda: "姓名,性别\n张三,男\n".encode("gb18030"), "no_header"),
    "empty": (lambda: b"", "empty"),
    "too large": (lambda: b"PK\x03\x04" + b"\0" * SCHOOL.file_bytes, "too_large"),
    "plain zip": (lambda: with_part(b"", "a.txt", b"x"), "not_workbook"),
    "no such header": (
        lambda: workbook([], headers={}, version="v1", edit=lambda page: page.delete_rows(1)),
        "no_header",
    ),
    # The XML of a sheet
    "external entity": (lambda: in_sheet(lambda x: XXE + x), "doctype"),
    "quadratic blow-up": (lambda: in_sheet(lambda x: QUADRATIC + x), "doctype"),
    "doctype in the strings": (lambda: in_part("xl/workbook.xml", lambda x: XXE + x), "doctype"),
    "torn xml of the workbook": (lambda: in_part("xl/workbook.xml", lambda x: x[:-30]), "xml"),
    "no workbook part": (lambda: without_part("xl/workbook.xml"), "not_workbook"),
    "no relations": (lambda: without_part("xl/_rels/workbook.xml.rels"), "not_workbook"),
    "no sheet part": (lambda: without_part(SHEET_PART), "no_sheet"),
    "all sheets hidden": (
        lambda: in_part("xl/workbook.xml", lambda x: x.replace(b'state="visible"', b'state="veryHidden"')),
        "no_sheet",
    ),
    "torn xml of the sheet": (lambda: in_sheet(lambda x: x[: len(x) // 2]), "unreadable"),
    "row number of nine digits": (
        lambda: cell_spelt(b'<row r="999999999"><c r="A999999999"><v>1</v></c></row>'),
        "bad_reference",
    ),
    "five thousand and more rows": (lambda: cell_spelt(rows_of_one_cell(5_200)), "too_many_rows"),
    "two hundred and more columns": (
        lambda: cell_spelt(b'<row r="9"><c r="HA9"><v>1</v></c></row>'),
        "too_many_columns",
    ),
    "sheet of entities": (lambda: in_sheet(lambda x: x.replace(b"<sheetData>", b"<sheetData>&lol;")), None),
    "shared string out of range": (
        lambda: cell_spelt(b'<row r="9"><c r="A9" t="s"><v>999999999</v></c></row>'),
        "unreadable",
    ),
    "negative shared string": (lambda: cell_spelt(b'<row r="9"><c r="A9" t="s"><v>-1</v></c></row>'), "unreadable"),
    "number of a million digits": (
        lambda: cell_spelt(b'<row r="9"><c r="A9"><v>' + digits(1_000_000) + b"</v></c></row>"),
        None,
    ),
    "infinite number": (lambda: infinite(), None),
    "cell of 300,000 letters": (
        lambda: cell_spelt(b'<row r="9"><c r="B9" t="inlineStr"><is><t>' + letters(300_000) + b"</t></is></c></row>"),
        None,
    ),
    "ten thousand merged ranges": (lambda: in_sheet(with_merges), None),
    "merge of everything": (
        lambda: in_sheet(lambda x: x.replace(b"</worksheet>", MERGE_OF_ALL)),
        "no_header",
    ),
    "false dimension": (
        lambda: in_sheet(lambda x: x.replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>', 1)),
        None,
    ),
    "dde formula": (lambda: cell_spelt(b'<row r="9"><c r="A9"><f>cmd|\'/c calc\'!A0</f></c></row>'), None),
    "nul and control letters": (lambda: workbook([pupil(1, home_address="x_x0000_y\u202e\u200by")]), None),
    "lone surrogate": (
        lambda: cell_spelt(b'<row r="9"><c r="B9" t="inlineStr"><is><t>&#xD800;</t></is></c></row>'),
        "unreadable",
    ),
    "formula as a name": (lambda: workbook([pupil(1, name='=HYPERLINK("http://x","y")')]), None),
    "markup as a name": (lambda: workbook([pupil(1, name="<script>alert(1)</script>")]), None),
    # The zip around it
    "path out of the folder": (lambda: with_part(workbook([pupil()]), "../../etc/passwd", b"x"), None),
    "active-x": (lambda: with_part(workbook([pupil()]), "xl/activeX/activeX1.xml", b"<a/>"), "activex"),
    "embedded mixed case": (lambda: with_part(workbook([pupil()]), "xl/Embeddings/oleObject1.bin", b"x"), "embeddings"),
    "same part twice": (lambda: with_part(workbook([pupil()]), SHEET_PART, b"<worksheet/>"), "duplicate_parts"),
    "bomb in a part nobody reads": (
        lambda: with_part(workbook([pupil()]), "xl/media/a.xml", b"0" * 60_000_000),
        "ratio",
    ),
    "bzip2": (lambda: with_method(zipfile.ZIP_BZIP2), "compression"),
    "lzma": (lambda: with_method(zipfile.ZIP_LZMA), "compression"),
    "zip in a zip": (lambda: with_part(b"", "a.xlsx", workbook([pupil()])), "not_workbook"),
    "word document": (lambda: with_part(b"", "word/document.xml", b"<a/>"), "not_workbook"),
    "open document": (lambda: with_part(b"", "content.xml", b"<a/>"), "not_workbook"),
    "zip without a directory": (lambda: b"PK\x03\x04" + b"\0" * 200, "truncated"),
    "two hundred sheets": (two_hundred_sheets, "too_many_parts"),
    # Old workbooks
    "xls of a far corner": (
        lambda: compound(book({"S": sheet([["x"]], more=number_cell(65_535, 255, 1))})),
        "too_many_columns",
    ),
    "xls of far rows": (lambda: compound(book({"S": sheet([["x"]], more=number_cell(65_535, 0, 1))})), "too_many_rows"),
    "xls with macros": (lambda: compound(book({"S": sheet([["x"]])}), others=["_VBA_PROJECT_CUR"]), "macros"),
    "xls with a macro sheet": (lambda: compound(book({"S": sheet([["x"]])}, sort=1)), "macros"),
    "xls with a password": (lambda: compound(book({"S": sheet([["x"]])}, more=record(0x2F, b"\0" * 54))), "encrypted"),
    "xls with links": (
        lambda: compound(book({"S": sheet([["x"]])}, more=record(0x01AE, b"\1\0\5\0\0hello"))),
        "external_links",
    ),
    "xls all hidden": (lambda: compound(book({"S": sheet([["x"]])}, hidden=["S"])), "no_sheet"),
    "xls without sheets": (lambda: compound(book({})), "no_sheet"),
    "xls cut short": (lambda: xls([pupil(n) for n in range(20)])[:6_000], "truncated"),
    "xls chain in a circle": (lambda: in_circle(), "truncated"),
    "xls record past the end": (lambda: compound(book({"S": sheet([["x"]])})[:-4] + b"\x04\x02\xff\xff"), "truncated"),
    "xls of noise": (lambda: MAGIC + noise()[:200_000], "truncated"),
    "word as xls": (lambda: compound(b"x" * 5000, name="WordDocument"), "not_workbook"),
    "xls huge string": (lambda: compound(book({"S": sheet([], more=lying_label())})), "no_header"),
    "xls nul in a sheet name": (lambda: compound(book({"S\0T": sheet([["x"]])})), "no_header"),
    "xls row record of one byte": (lambda: with_stub(0x0208), "truncated"),
    "xls cell of one byte": (lambda: with_stub(0x0203), "truncated"),
    "xls sheets in one another": (nested_sheets, "truncated"),
    "xls without a root": (lambda: spoilt(xls([]), _DIRECTORY + 64, b"\0\0"), None),
    "xls stream said to be small": (
        lambda: spoilt(spoilt(xls([]), _DIRECTORY + 64, b"\0\0"), _DIRECTORY + 128 + 120, struct.pack("<I", 64)),
        "truncated",
    ),
    "xls stream said to be longer": (
        lambda: spoilt(xls([pupil(1)]), _DIRECTORY + 128 + 120, struct.pack("<I", 0x7FFFFFFF)),
        None,
    ),
    "xls of Excel 95": (lambda: compound(book({"S": sheet([["x"]])}), name="Book"), "old_version"),
    "xls of Excel 95 under the new name": (
        lambda: compound(book({"S": sheet([["x"]])}).replace(b"\0\x06\x05\0", b"\0\x05\x05\0", 1)),
        "old_version",
    ),
    # Text
    "csv of nulls": (lambda: "姓名,性别".encode() + b"\0" * 1000, "not_workbook"),
    "csv a million columns": (lambda: b"a," * 1_000_000, "too_many_columns"),
    "csv ten thousand rows": (lambda: b"a,b\n" * 10_000, "too_many_rows"),
    "csv one endless cell": (lambda: b'"' + b"a" * 1_000_000, "row_too_large"),
    "csv torn utf-16": (lambda: b"\xff\xfe" + "姓名".encode("utf-16-le") + b"\x00", "encoding"),
    "csv lone surrogate": (lambda: b"\xff\xfe\x00\xd8\x41\x00", "encoding"),
    "csv of formulas": (lambda: b'=cmd|"/c calc"!A0,+1,-1,@x\n' * 10, "no_header"),
    "jpeg with a csv behind": (lambda: b"\xff\xd8\xff\xe0" + "姓名,性别\n".encode("gb18030"), "not_workbook"),
    "gzip": (lambda: b"\x1f\x8b\x08\0" + b"\0" * 50, "not_workbook"),
    "program": (lambda: b"MZ\x90\0" + b"\0" * 60, "not_workbook"),
    "only blanks": (lambda: b" \r\n\t\r\n" * 10, "empty"),
    "utf-7 script": (lambda: b"+ADw-script+AD4-", "no_header"),
}
