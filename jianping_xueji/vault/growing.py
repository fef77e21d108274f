"""Files too large to be held whole: sealed piece by piece while they grow, opened again piece by piece.

On disk a file of pieces is a mark, then each sealed piece behind its length. A piece is bound to its file, to its place
in it and to being the last or not: nobody can take a piece away, exchange it, or put one of another file there.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from .errors import VaultError
from .files import StoredFile, appearing, new_name, path_of
from .sealing import open_bytes, seal_bytes

PIECE = 1024 * 1024
MARK = b"\0"  # a file sealed whole begins with the version of its cipher, which is never nought
LENGTH = 4


class Growing:
    """A file on its way to the disk; `write` is all a writer needs. `stored` is there when it is finished."""

    def __init__(self, wrapped_key: bytes, aad: str, name: str, disk: BinaryIO):
        self.key, self.place, self.disk = wrapped_key, f"{aad}/{name}", disk
        self.name, self.size, self.pieces, self.stored = name, 0, 0, None
        self.held, self.digest = bytearray(), hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.digest.update(data)
        self.size += len(data)
        self.held += data
        while len(self.held) > PIECE:  # never all of it: the last piece must be told
            self.seal(bytes(self.held[:PIECE]))
            del self.held[:PIECE]

    def seal(self, piece: bytes, last: bool = False) -> None:
        sealed = seal_bytes(self.key, piece, bound_to(self.place, self.pieces, last))
        self.disk.write(len(sealed).to_bytes(LENGTH, "big") + sealed)
        self.pieces += 1

    def finish(self) -> None:
        self.seal(bytes(self.held), last=True)
        self.stored = StoredFile(self.name, self.digest.hexdigest(), self.size)


def bound_to(place: str, number: int, last: bool) -> str:
    return f"{place}/{number}/{'last' if last else 'more'}"


@contextmanager
def growing(wrapped_key: bytes, aad: str) -> Iterator[Growing]:
    """A new file of pieces, on disk for good, and `stored`, once the block has ended well; otherwise nothing is left.

    VaultError when the disk refuses.
    """
    name = new_name()
    with appearing(path_of(name)) as disk:
        disk.write(MARK)
        file = Growing(wrapped_key, aad, name, disk)
        yield file
        file.finish()


def pieces(wrapped_key: bytes, name: str, aad: str, sha256: str) -> Iterator[bytes]:
    """The content piece by piece, all of it proved before the first is handed out. VaultError as of `files.load`."""
    digest = hashlib.sha256()
    for piece in opened(wrapped_key, name, aad):
        digest.update(piece)
    if not secrets.compare_digest(digest.hexdigest(), sha256):
        raise VaultError("密件与登记的摘要不符")
    return opened(wrapped_key, name, aad)


def opened(wrapped_key: bytes, name: str, aad: str) -> Iterator[bytes]:
    """Piece after piece, each held against its place. A file that was sealed whole is one piece."""
    try:
        with path_of(name).open("rb") as disk:
            if (mark := disk.read(1)) != MARK:
                yield open_bytes(wrapped_key, mark + disk.read(), aad)
                return
            number, head = 0, disk.read(LENGTH)
            while head or not number:
                sealed, head = disk.read(int.from_bytes(head, "big")), disk.read(LENGTH)
                yield open_bytes(wrapped_key, sealed, bound_to(f"{aad}/{name}", number, not head))
                number += 1
    except OSError as fault:
        raise VaultError("密件不在盘上") from fault
