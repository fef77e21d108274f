"""Writing a pack: one file after the other into a ZIP that is cut into sealed parts as it grows.

Nothing lies on the disk in the clear, and no more than one file and one part are in memory at a time.
"""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from jianping_xueji import vault
from jianping_xueji.vault.files import discard, load, store

from ..models import PackFile, PackPart
from .verify_pack import MANIFEST, SEAL, canonical, central_header, end_record, local_header

PART = 4 * 1024 * 1024
LARGEST = 2**32 - 2**20  # beyond it a ZIP needs other headers


class TooLarge(Exception):
    """The pack would not fit into one ordinary ZIP."""


def part_aad(position: int) -> str:
    """A part is bound to its place, so that parts cannot be exchanged."""
    return f"evidence.{position}"


@dataclass
class Parts:
    """A growing file as sealed parts; `write` is all a writer needs."""

    key: bytes
    stored: list = field(default_factory=list)
    size: int = 0
    _held: bytearray = field(default_factory=bytearray)
    _digest: object = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> None:
        self._digest.update(data)
        self.size += len(data)
        if self.size > LARGEST:
            raise TooLarge
        self._held += data
        while len(self._held) >= PART:
            self._store(bytes(self._held[:PART]))
            del self._held[:PART]

    def close(self) -> str:
        """Store what is left; returns the SHA-256 of the whole in hex."""
        if self._held:
            self._store(bytes(self._held))
            self._held.clear()
        return self._digest.hexdigest()

    def _store(self, data: bytes) -> None:
        self.stored.append(store(self.key, data, part_aad(len(self.stored))))

    def discard(self) -> None:
        for each in self.stored:
            discard(each.name)


@dataclass
class Packer:
    """The ZIP of a pack: files in their order, then the manifest that lists them."""

    parts: Parts
    files: list[dict] = field(default_factory=list)
    _central: list[bytes] = field(default_factory=list)

    def add(self, path: str, content: bytes, **about: str) -> str:
        """Put a file into the pack and on its list; returns its SHA-256."""
        digest = hashlib.sha256(content).hexdigest()
        self.files.append({"path": path, "size": len(content), "sha256": digest, **about})
        self._put(path, content)
        return digest

    def _put(self, path: str, content: bytes) -> None:
        crc, offset = zlib.crc32(content), self.parts.size
        self.parts.write(local_header(path, crc, len(content)))
        self.parts.write(content)
        self._central.append(central_header(path, crc, len(content), offset))

    def close(self, manifest: dict) -> str:
        """Write the manifest and the directory of the ZIP; returns the manifest's SHA-256."""
        raw = canonical({**manifest, "files": self.files})
        digest = hashlib.sha256(raw).hexdigest()
        self._put(MANIFEST, raw)
        self._put(SEAL, f"{digest}  {MANIFEST}\n".encode())
        central, offset = b"".join(self._central), self.parts.size
        self.parts.write(central + end_record(len(self._central), len(central), offset))
        return digest


def new_packer() -> Packer:
    return Packer(Parts(vault.new_child_key()))


def keep(pack, packer: Packer, manifest_sha256: str) -> PackFile:
    """The finished pack as rows; call inside the transaction that ends the job."""
    parts = packer.parts
    whole = parts.close()
    file = PackFile.objects.create(
        pack=pack,
        wrapped_key=parts.key,
        size=parts.size,
        sha256=whole,
        manifest_sha256=manifest_sha256,
        files=len(packer.files),
    )
    PackPart.objects.bulk_create(
        [PackPart(file=file, position=n, name=each.name, sha256=each.sha256) for n, each in enumerate(parts.stored)]
    )
    return file


def content_of(file: PackFile) -> Iterator[bytes]:
    """The pack, part after part. VaultError when one is missing or altered."""
    key = bytes(file.wrapped_key)
    for part in file.parts.order_by("position"):
        yield load(key, part.name, part_aad(part.position), part.sha256)
