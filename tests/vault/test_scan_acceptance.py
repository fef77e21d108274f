import io
import struct
import time
import zlib

import pytest
from PIL import Image, ImageFile

from jianping_xueji.vault import ScanRefused
from jianping_xueji.vault.scans import accept_scan, sniff


def picture(kind="JPEG", size=(60, 40), mode="RGB", **options) -> bytes:
    output = io.BytesIO()
    Image.new(mode, size).save(output, kind, **options)
    return output.getvalue()


def photo_on_its_side() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "PHONE-MAKER"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif.tobytes(), comment=b"HIDDEN-WORDS")


def huge_png(width: int, height: int) -> bytes:
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 99)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def refused(data: bytes, **options) -> ScanRefused:
    with pytest.raises(ScanRefused) as caught:
        accept_scan(data, name="出生证明.jpg", **options)
    assert str(caught.value).startswith("文件“出生证明.jpg”未收：")
    assert caught.value.remedy in str(caught.value)
    return caught.value


def test_types_are_known_by_content():
    assert sniff(picture()) == "image/jpeg"
    assert sniff(picture("PNG")) == "image/png"
    assert sniff(b"%PDF-1.4") == "application/pdf"
    for other in (picture("GIF"), b"<svg/>", b"<html>", b"", b"PK\x03\x04"):
        assert sniff(other) is None


def test_a_photo_is_kept_as_it_came_and_shown_upright_without_exif():
    original = photo_on_its_side()
    scan = accept_scan(original)
    assert (scan.mime, scan.data, scan.width, scan.height) == ("image/jpeg", original, 40, 60)
    shown = Image.open(io.BytesIO(scan.preview))
    assert shown.size == (40, 60)
    assert dict(shown.getexif()) == {}
    assert b"PHONE-MAKER" not in scan.preview and b"HIDDEN-WORDS" not in scan.preview


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_gets_a_preview(mode):
    scan = accept_scan(picture("PNG", mode=mode))
    assert Image.open(io.BytesIO(scan.preview)).size == (60, 40)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg_gets_a_preview(mode):
    assert sniff(accept_scan(picture(mode=mode)).preview) == "image/jpeg"


def test_a_large_scan_is_shown_smaller_and_measured_in_full():
    scan = accept_scan(picture(size=(4000, 2000)))
    assert (scan.width, scan.height) == (4000, 2000)
    assert Image.open(io.BytesIO(scan.preview)).size == (3000, 1500)


def test_words_behind_the_pixels_do_not_reach_the_screen():
    scan = accept_scan(picture("PNG") + b"<script>alert(1)</script>")
    assert b"<script" not in scan.preview


def test_too_large_a_file_is_refused():
    assert refused(b"\xff\xd8\xff" + b"\0" * 3_000_000).rule == "size"
    assert refused(picture(), limit=100).rule == "size"


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"<html>", b"GIF89a/*", b"", b"PK\x03\x04"])
def test_other_types_are_refused_whatever_their_name(data):
    assert refused(data).rule == "type"


@pytest.mark.parametrize("data", [picture()[:400], picture("PNG")[:60], b"\xff\xd8\xff" + b"junk" * 50])
def test_broken_pictures_are_refused(data):
    assert refused(data).rule == "broken"


def test_half_a_picture_is_refused_also_after_the_print_engine_was_loaded(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert refused(picture("PNG")[:60]).rule == "broken"


def test_a_pixel_flood_is_refused_before_it_is_unpacked():
    start = time.perf_counter()
    assert refused(huge_png(50_000, 50_000)).rule == "pixels"
    assert refused(huge_png(8_000, 5_001)).rule == "pixels"
    assert time.perf_counter() - start < 1


def test_a_strange_file_name_is_made_harmless():
    with pytest.raises(ScanRefused) as caught:
        accept_scan(b"?", name="..\\..\\a\0b\u202egpj.exe" + "长" * 300)
    assert caught.value.name.startswith("abgpj.exe长") and len(caught.value.name) == 60
