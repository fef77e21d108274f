"""A PDF is accepted as a stack of pictures, never as a program.

Only structure is looked at: whole file, no encryption (it would hide the rest), no action, no script, no attachment.
The names may be written with ``#xx`` escapes or packed in object streams; both are undone before looking.
"""

import re
import zlib
from collections.abc import Iterator

from .errors import ScanRefused

# Unpacked object streams of one file: structure of thousands of pages, and the end of a zip bomb.
UNPACKED = 16 * 1024 * 1024
OBJECT_STREAMS = 2000
# How far apart parts of one dictionary, or of the trailer, may lie. Bounds every search below.
NEAR = 2048
REMEDY = "请把它打印出来重新扫描，或拍照为 JPG 后再传"

STREAM_BEGINS = re.compile(rb"stream\r?\n")


def _name(name: str, *, exact: bool = False) -> str:
    """A pattern for one PDF name, each letter plain or as its ``#xx`` escape."""
    letters = (f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name)
    return "/" + "".join(letters) + (r"(?![A-Za-z0-9#])" if exact else "")


ACTIVE = {
    "JavaScript": "含脚本（/JavaScript）",
    "Launch": "含启动程序的动作（/Launch）",
    "EmbeddedFile": "内嵌其他文件（/EmbeddedFile）",
    "OpenAction": "含打开时自动执行的动作（/OpenAction）",
}
ACTIVE_PATTERNS = [(re.compile(_name(name).encode()), reason) for name, reason in ACTIVE.items()]
SCRIPT_SHORT = re.compile(_name("JS", exact=True).encode())
ENCRYPTED = re.compile(_name("Encrypt", exact=True).encode())
PACKED = re.compile(_name("ObjStm", exact=True).encode())


def refuse_active_pdf(data: bytes, name: str) -> None:
    """ScanRefused unless ``data`` is a whole, readable PDF that can only be looked at."""
    _refuse_broken(data, name)
    if ENCRYPTED.search(data):
        raise ScanRefused(name, "encrypted", "PDF 设有密码或权限加密，无法检查", "请去掉加密，或重新扫描后再传")
    # /JS is three bytes and occurs by chance in compressed pictures, so it is looked for outside streams only;
    # no script runs without the long name, which is looked for everywhere.
    _refuse_active(data, _outside_streams(data), name)
    for unpacked in _object_streams(data, name):
        _refuse_active(unpacked, unpacked, name)


def _refuse_broken(data: bytes, name: str) -> None:
    """A whole PDF starts with its header and ends with its trailer; nothing may follow the end mark."""
    end = data.rfind(b"%%EOF", max(0, len(data) - NEAR))
    whole = data.startswith(b"%PDF-") and end != -1 and b"startxref" in data[max(0, end - NEAR) : end]
    if not whole or data[end + 5 :].strip(b"\0 \t\r\n"):
        raise ScanRefused(name, "broken", "PDF 不完整，或文件尾后附有其他内容", REMEDY)


def _refuse_active(data: bytes, outside: bytes, name: str) -> None:
    for pattern, reason in ACTIVE_PATTERNS:
        if pattern.search(data):
            raise ScanRefused(name, "active", f"PDF {reason}", REMEDY)
    if SCRIPT_SHORT.search(outside):
        raise ScanRefused(name, "active", "PDF 含脚本（/JS）", REMEDY)


def _outside_streams(data: bytes) -> bytes:
    """The bytes between streams. Walks forward once: a pattern could be driven into quadratic time."""
    kept, position = [], 0
    while begins := STREAM_BEGINS.search(data, position):
        ends = data.find(b"endstream", begins.end())
        if ends == -1:
            break
        kept.append(data[position : begins.start()])
        position = ends + len(b"endstream")
    return b" ".join([*kept, data[position:]])


def _object_streams(data: bytes, name: str) -> Iterator[bytes]:
    """Yield the unpacked object streams. One that cannot be unpacked cannot be checked: refused."""
    left = UNPACKED
    for number, found in enumerate(PACKED.finditer(data)):
        begins = STREAM_BEGINS.search(data, found.end(), found.end() + NEAR)
        if begins is None or number >= OBJECT_STREAMS or not _plainly_packed(data, found.start(), begins.start()):
            raise ScanRefused(name, "broken", "PDF 的压缩对象无法检查", REMEDY)
        ends = data.find(b"endstream", begins.end())
        unpacker = zlib.decompressobj()
        try:
            unpacked = unpacker.decompress(data[begins.end() : ends], left)
        except zlib.error:
            raise ScanRefused(name, "broken", "PDF 的压缩对象无法读取", REMEDY) from None
        left -= len(unpacked)
        if left <= 0 or not unpacker.eof:
            raise ScanRefused(name, "broken", "PDF 的压缩对象过大或残缺", REMEDY)
        yield unpacked


def _plainly_packed(data: bytes, found: int, ends: int) -> bool:
    """Packed by one filter, without predictor; anything cleverer could hide a name from the search."""
    begins = max(data.rfind(b"obj", max(0, found - NEAR), found), 0)
    dictionary = data[begins:ends]
    return dictionary.count(b"Decode") == 1 and b"/FlateDecode" in dictionary
