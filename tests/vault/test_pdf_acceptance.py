import time
import zlib
from contextlib import suppress

import pytest

from jianping_xueji.vault import ScanRefused
from jianping_xueji.vault.scans import accept_scan


def pdf(body: bytes = b"", trailer: bytes = b"<</Root 1 0 R>>") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        + body
        + (b"\ntrailer\n" + trailer + b"\nstartxref\n9\n%%EOF\n")
    )


def packed(objects: bytes, extra: bytes = b"") -> bytes:
    data = zlib.compress(objects)
    head = b"5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d%s>>\nstream\n" % (len(data), extra)
    return pdf(head + data + b"\nendstream\nendobj\n")


def refused(data: bytes) -> ScanRefused:
    with pytest.raises(ScanRefused) as caught:
        accept_scan(data, name="户口簿.pdf")
    return caught.value


@pytest.mark.parametrize("tail", [b"", b"\r\n", b"\0" * 64])
def test_a_plain_pdf_is_accepted(tail):
    scan = accept_scan(pdf() + tail)
    assert (scan.mime, scan.preview, scan.width) == ("application/pdf", scan.data, 0)


def test_a_pdf_with_packed_objects_is_accepted():
    assert accept_scan(packed(b"<</Type/Page>>")).mime == "application/pdf"


ACTS = [
    b"/S/JavaScript/JS(x)",
    b"/S/Launch",
    b"/Type/EmbeddedFile",
    b"/EmbeddedFiles 3 0 R",
    b"/OpenAction 4 0 R",
    b"/JS 5 0 R",
]


@pytest.mark.parametrize("act", ACTS)
def test_a_pdf_that_acts_is_refused(act):
    assert refused(pdf(b"3 0 obj\n<<" + act + b">>\nendobj\n")).rule == "active"


@pytest.mark.parametrize("act", ACTS)
def test_an_act_packed_away_is_found(act):
    assert refused(packed(b"<<" + act + b">>")).rule == "active"


@pytest.mark.parametrize("act", [b"/J#61vaScript", b"/#4a#61vaScript", b"/Open#41ction", b"/#4AS "])
def test_an_act_spelled_in_escapes_is_found(act):
    assert refused(pdf(b"<<" + act + b">>")).rule == "active"


def test_an_act_between_false_stream_marks_is_found():
    assert refused(pdf(b"(stream\n) <</S/JavaScript/JS(x)>> (endstream)")).rule == "active"


def test_three_letters_inside_a_compressed_picture_are_no_script():
    assert accept_scan(pdf(b"4 0 obj\n<</Length 5>>\nstream\n\x01/JS\x02\nendstream\nendobj\n"))


def test_an_encrypted_pdf_is_refused_because_it_cannot_be_looked_into():
    assert refused(pdf(trailer=b"<</Root 1 0 R/Encrypt 6 0 R>>")).rule == "encrypted"


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7\n", pdf()[:-8], pdf() + b"<script>alert(1)</script>", pdf().replace(b"startxref", b"")],
    ids=["head only", "cut", "something follows", "no table"],
)
def test_a_pdf_that_is_not_whole_is_refused(data):
    assert refused(data).rule == "broken"


@pytest.mark.parametrize("extra", [b"/DecodeParms<</Predictor 12>>", b"/Filter[/FlateDecode/ASCIIHexDecode]"])
def test_packing_that_could_hide_words_is_refused(extra):
    assert refused(packed(b"<<>>", extra)).rule == "broken"


def test_packing_that_cannot_be_read_is_refused():
    assert refused(packed(b"<<>>").replace(b"stream\nx", b"stream\n?")).rule == "broken"


@pytest.mark.parametrize(
    "body",
    [
        b"stream\n" * 250_000,
        b"/ObjStm " * 200_000,
        b"5 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + zlib.compress(b"\0" * 300_000_000) + b"endstream",
    ],
    ids=["open streams", "many packed", "bomb"],
)
def test_hostile_structure_costs_no_time(body):
    start = time.perf_counter()
    with suppress(ScanRefused):
        accept_scan(pdf(body))
    assert time.perf_counter() - start < 2
