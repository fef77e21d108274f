"""The outside of an uploaded file: is it a zip of XML at all, and could it be a trap? Nothing is unpacked to disk."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from students.importing.findings import WorkbookRefused

_CHUNK = 256 * 1024
MEGABYTE = 1024 * 1024
_RATIO_FREE = 4 * MEGABYTE
_BEGINNING = 512
# PDF, RTF, PNG, JPEG, GIF, RAR, 7z, gzip, programs, pictures of phones.
_FOREIGN = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc", b"\x1f\x8b", b"MZ", b"\x7fELF")
_FORBIDDEN = {
    "vbaproject": ("macros", "文件带有宏"),
    "externallinks/": ("external_links", "文件带有指向其他文件的链接"),
    "embeddings/": ("embeddings", "文件内嵌了其他文件"),
    "activex/": ("activex", "文件带有 ActiveX 控件"),
}
SAVE_AS = "请用 Excel 或 WPS 打开，“另存为 → Excel 工作簿（*.xlsx）”后重新上传"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a workbook may be."""

    file_bytes: int
    unpacked_bytes: int
    rows: int
    columns: int = 200
    entries: int = 200
    ratio: int = 100
    cells: int = 20_000_000
    memory: int = 512 * MEGABYTE
    cpu_seconds: int = 20

    @property
    def megabytes(self) -> int:
        """The size of the file, as people are told."""
        return self.file_bytes // MEGABYTE


SCHOOL = Limits(5 * MEGABYTE, 200 * MEGABYTE, rows=5_000, cells=5_000_000)
BUREAU = Limits(40 * MEGABYTE, 1024 * MEGABYTE, rows=100_000, memory=2048 * MEGABYTE, cpu_seconds=60)


class Container:
    """A checked .xlsx: names and streams of its parts."""

    def __init__(self, data: bytes, limits: Limits):
        """Refuse (WorkbookRefused) what is no .xlsx, too large, overlapping, encrypted or carries active content."""
        _check_magic(data, limits)
        self._data, self._limits = data, limits
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, struct.error) as error:
            raise WorkbookRefused("truncated", f"文件不完整或已损坏。{SAVE_AS}") from error
        self.parts = {entry.filename: entry for entry in entries}
        _check_entries(entries, limits)
        _check_overlap(entries, data)

    def has(self, name: str) -> bool:
        """True when the part exists."""
        return name in self.parts

    def read(self, name: str, limit: int = 8 * MEGABYTE) -> bytes:
        """One small part as a whole."""
        content = bytearray()
        for chunk in self.stream(name):
            content += chunk
            if len(content) > limit:
                raise WorkbookRefused("part_too_large", f"文件内部的 {name} 过大")
        return bytes(content)

    def stream(self, name: str) -> Iterator[bytes]:
        """Inflate one part piece by piece; a part longer than it declares is refused."""
        entry = self.parts[name]
        packed = self._packed(entry)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield packed
            return
        inflate, total = zlib.decompressobj(-15), 0
        try:
            chunk = inflate.decompress(packed, _CHUNK)
            while chunk:
                total += len(chunk)
                if total > entry.file_size:
                    raise WorkbookRefused("size_lie", "文件内部声明的大小与实际不符，已拒绝打开")
                yield chunk
                chunk = inflate.decompress(inflate.unconsumed_tail, _CHUNK)
        except zlib.error as error:
            raise WorkbookRefused("truncated", f"文件不完整或已损坏。{SAVE_AS}") from error

    def _packed(self, entry: zipfile.ZipInfo) -> bytes:
        """The raw bytes of an entry; the local header says how long its own names are."""
        name_length, extra_length = struct.unpack_from("<HH", self._data, entry.header_offset + 26)
        start = entry.header_offset + 30 + name_length + extra_length
        return self._data[start : start + entry.compress_size]


class Shape(Enum):
    """How an uploaded list is packed, by its first bytes; its name says nothing."""

    XLSX, XLS, TEXT = "xlsx", "xls", "text"


def shape_of(data: bytes, limits: Limits) -> Shape:
    """Which reader opens this file. WorkbookRefused for an empty, too large, encrypted or foreign one."""
    if not data:
        raise WorkbookRefused("empty", "文件是空的，请重新上传")
    if len(data) > limits.file_bytes:
        raise WorkbookRefused("too_large", f"文件超过 {limits.megabytes} MB，请按年级或班级分开上传")
    if data.startswith(b"PK\x03\x04"):
        return Shape.XLSX
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise WorkbookRefused("encrypted", "文件设有打开密码。请先取消密码，再上传")
        return Shape.XLS
    start = data[:_BEGINNING].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"<") or start[:12].upper() == b"MIME-VERSION":
        raise WorkbookRefused("html", f"这其实是网页（HTML/XML），只是改了扩展名。{SAVE_AS}")
    if start.startswith(_FOREIGN):
        raise WorkbookRefused("not_workbook", f"这不是 Excel 工作簿，也不是文本名单。{SAVE_AS}")
    return Shape.TEXT


def _check_magic(data: bytes, limits: Limits) -> None:
    if shape_of(data, limits) is not Shape.XLSX:
        raise WorkbookRefused("not_workbook", f"这不是 Excel 工作簿（*.xlsx）。{SAVE_AS}")


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise WorkbookRefused("too_many_parts", f"文件内部有 {len(entries)} 个部件，超过 {limits.entries} 个")
    if len({entry.filename for entry in entries}) != len(entries):
        raise WorkbookRefused("duplicate_parts", "文件内部有重名部件，已拒绝打开")
    for entry in entries:
        _check_entry(entry, limits)
    total = sum(entry.file_size for entry in entries)
    if total > limits.unpacked_bytes:
        raise WorkbookRefused("unpacked_too_large", f"文件展开后有 {total // MEGABYTE} MB，已拒绝打开")


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.flag_bits & 0x1:
        raise WorkbookRefused("encrypted", "文件设有密码。请先取消密码，再上传")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise WorkbookRefused("compression", f"文件使用了不常见的压缩方式。{SAVE_AS}")
    if entry.compress_type == zipfile.ZIP_STORED and entry.file_size != entry.compress_size:
        raise WorkbookRefused("size_lie", "文件内部声明的大小与实际不符，已拒绝打开")
    if entry.file_size > _RATIO_FREE and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        raise WorkbookRefused(
            "ratio", "文件压缩率异常（疑似压缩炸弹，或带有大量空白格式行），请删除空白行列后另存再上传"
        )
    lowered = entry.filename.lower()
    for part, (code, what) in _FORBIDDEN.items():
        if part in lowered:
            raise WorkbookRefused(code, f"{what}，不予导入。{SAVE_AS}")


def _check_overlap(entries: list[zipfile.ZipInfo], data: bytes) -> None:
    """Entries that share bytes are a bomb; Python before 3.13 accepts them."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        start = entry.header_offset
        if start < end or data[start : start + 4] != b"PK\x03\x04":
            raise WorkbookRefused("overlap", "文件内部部件互相重叠，已拒绝打开")
        name_length, extra_length = struct.unpack_from("<HH", data, start + 26)
        end = start + 30 + name_length + extra_length + entry.compress_size
        if end > len(data):
            raise WorkbookRefused("truncated", f"文件不完整或已损坏。{SAVE_AS}")
