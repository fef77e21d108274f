"""The compound file around an old .xls: its directory and streams, every length and chain distrusted."""

import struct

from students.importing.container import SAVE_AS
from students.importing.findings import WorkbookRefused

_FREE = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
_HEADER = 512
_MINI_CUTOFF, _MINI_SECTOR = 4096, 64
_DIRECTORY_ENTRY = 128
_MOST_ENTRIES = 4096


def broken() -> WorkbookRefused:
    """The refusal of a compound file that does not add up."""
    return WorkbookRefused("truncated", f"旧版 .xls 文件内部结构已损坏。{SAVE_AS}")


class Compound:
    """Names and contents of the streams of a compound file. Raises WorkbookRefused where it contradicts itself."""

    def __init__(self, data: bytes):
        if len(data) < _HEADER:
            raise broken()
        self._data = data
        shift, mini = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini != 6:
            raise broken()
        self._size = 1 << shift
        self._fat = self._read_fat()
        self.entries = self._read_directory(struct.unpack_from("<I", data, 48)[0])

    def stream(self, name: str) -> bytes:
        """The content of a stream by its name."""
        start, size = self.entries[name]
        if size >= _MINI_CUTOFF:
            return self._chain(start)[:size]
        root, length = self.entries["Root Entry"]
        container = self._chain(root)[:length]
        table = self._chain(struct.unpack_from("<I", self._data, 60)[0])
        links = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
        pieces = [container[at * _MINI_SECTOR : (at + 1) * _MINI_SECTOR] for at in followed(links, start)]
        return b"".join(pieces)[:size]

    def with_bytes(self, name: str, written: dict[int, bytes]) -> bytes:
        """The whole file with some bytes of a stream replaced: place in the stream → bytes."""
        start, size = self.entries[name]
        if size < _MINI_CUTOFF or not written:
            return self._data
        chain, data = followed(self._fat, start), bytearray(self._data)
        for place, content in written.items():
            for at, byte in enumerate(content, place):
                data[(chain[at // self._size] + 1) * self._size + at % self._size] = byte
        return bytes(data)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise broken()
        return self._data[start : start + self._size]

    def _numbers(self, sector: int) -> tuple[int, ...]:
        content = self._sector(sector)
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])

    def _read_fat(self) -> list[int]:
        """The table of chains: its first 109 sectors stand in the header, further ones in a chain of their own."""
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        following, seen = struct.unpack_from("<I", self._data, 68)[0], set()
        while following < _FREE:
            if following in seen:
                raise broken()
            seen.add(following)
            *more, following = self._numbers(following)
            sectors += more
        fat: list[int] = []
        for sector in dict.fromkeys(each for each in sectors if each < _FREE):
            fat += self._numbers(sector)
        return fat

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, followed(self._fat, start)))

    def _read_directory(self, start: int) -> dict[str, tuple[int, int]]:
        content = self._chain(start)
        found: dict[str, tuple[int, int]] = {}
        for at in range(
            0, min(len(content), _MOST_ENTRIES * _DIRECTORY_ENTRY) - _DIRECTORY_ENTRY + 1, _DIRECTORY_ENTRY
        ):
            length = struct.unpack_from("<H", content, at + 64)[0]
            if 2 <= length <= 64:
                name = content[at : at + length - 2].decode("utf-16-le", "replace")
                found.setdefault(name, struct.unpack_from("<II", content, at + 116))
        return found


def followed(links, start: int) -> list[int]:
    """The sectors of a chain in order; one that runs in a circle or out of the table is refused."""
    order: list[int] = []
    while start < _FREE:
        if start >= len(links) or len(order) > len(links):
            raise broken()
        order.append(start)
        start = links[start]
    return order
