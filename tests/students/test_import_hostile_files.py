"""Files that attack: refused within two seconds, with a sentence, and nothing left behind."""

import io
import random
import time
import zipfile
from dataclasses import replace

import pytest

from students.importing.container import SCHOOL
from students.importing.findings import ERROR, WorkbookRefused
from students.importing.prescan import scan
from students.importing.reader import read_sheets
from tests.students.test_import_layouts import read
from tests.workbooks import (
    SHEET,
    SHEET_PART,
    far_corner,
    overlapping,
    pupil,
    ratio_bomb,
    rewritten,
    size_lie,
    with_doctype,
    with_part,
    workbook,
)


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
    "xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "xls"),
    "password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "csv": (lambda: "姓名,性别\n张三,男\n".encode("gb18030"), "not_workbook"),
    "empty": (lambda: b"", "empty"),
    "too large": (lambda: b"PK\x03\x04" + b"\0" * SCHOOL.file_bytes, "too_large"),
    "plain zip": (lambda: with_part(b"", "a.txt", b"x"), "not_workbook"),
    "no such header": (
        lambda: workbook([], headers={}, version="v1", edit=lambda page: page.delete_rows(1)),
        "no_header",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_refused_quickly_with_a_reason(kind):
    make, code = HOSTILE[kind]
    data = make()
    began = time.process_time()
    book = read(data)
    assert time.process_time() - began < 2
    assert book.stopped and book.rows == []
    (finding,) = book.of_level(ERROR)
    assert finding.code == code and len(finding.message) > 5


def test_the_child_alone_survives_the_far_corner():
    """The second wall: without the look beforehand the reader dies in its child, and we only hear of it."""
    with pytest.raises(WorkbookRefused) as refusal:
        read_sheets(far_corner(), [SHEET], SCHOOL)
    assert refusal.value.code == "unreadable"


def test_the_child_is_held_to_its_memory():
    with pytest.raises(WorkbookRefused):
        read_sheets(workbook([pupil()]), [SHEET], replace(SCHOOL, memory=8 * 1024 * 1024))


def test_blank_formatted_rows_do_not_count_as_rows():
    def formatted(page):
        for row in range(3, 6000):
            page.cell(row, 1).number_format = "@"

    data = workbook([pupil()], edit=formatted)
    assert scan(data, SCHOOL).sheets[0].rows == 2
    assert len(read(data).rows) == 1


def test_one_row_too_many():
    limits = replace(SCHOOL, rows=30)
    assert not read(workbook([pupil(number) for number in range(30)]), limits=limits).stopped
    assert read(workbook([pupil(number) for number in range(45)]), limits=limits).findings[0].code == "too_many_rows"


def test_without_the_guards_the_trap_would_close():
    """Control: with the limits lifted the far corner reaches the reader, which dies."""
    open_door = replace(SCHOOL, columns=20_000, rows=2_000_000)
    assert read(far_corner(), limits=open_door).findings[0].code == "unreadable"


def test_declared_sizes_are_read_from_the_directory():
    with zipfile.ZipFile(io.BytesIO(ratio_bomb())) as archive:
        assert archive.getinfo(SHEET_PART).file_size > 50_000_000
