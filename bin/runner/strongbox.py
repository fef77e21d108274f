"""Files closed with the backup key: AES-256-GCM in numbered pieces, so that none can be altered, moved or left out."""

import base64
import hashlib
import os
import struct
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from places import Refused

PIECE = 1 << 20
MAGIC = b"XUEJI1\n\0"


def key_of(text: str) -> bytes:
    """The 32 bytes of a key written as base64."""
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Refused("备份密钥（BACKUP_KEY）须为32字节的base64，例如 openssl rand -base64 32。")
    return key


def close(source: Path, target: Path, key: bytes) -> dict:
    """Encrypt a file; gives size and digest of what it held."""
    box, stamp, total, size = AESGCM(key), os.urandom(4), hashlib.sha256(), 0
    with source.open("rb") as plain, target.open("wb") as closed:
        target.chmod(0o600)
        closed.write(MAGIC + stamp)
        number, piece = 0, plain.read(PIECE)
        while True:
            following = plain.read(PIECE)
            total.update(piece)
            size += len(piece)
            closed.write(_framed(box.encrypt(_nonce(stamp, number), piece, _place(source.name, number, not following))))
            if not following:
                break
            number, piece = number + 1, following
    return {"size": size, "sha256": total.hexdigest()}


def open_(source: Path, target: Path, key: bytes, name: str) -> dict:
    """Decrypt a file that was closed under this name. Raises Refused when anything of it is not as it was."""
    box, total, size, number, ended = AESGCM(key), hashlib.sha256(), 0, 0, False
    with source.open("rb") as closed, target.open("wb") as plain:
        target.chmod(0o600)
        head = closed.read(len(MAGIC) + 4)
        if not head.startswith(MAGIC) or len(head) != len(MAGIC) + 4:
            raise _spoiled(source)
        framed = _read(closed)
        while framed is not None:
            following = _read(closed)
            ended = following is None
            piece = _opened(box, source, _nonce(head[-4:], number), framed, _place(name, number, ended))
            total.update(piece)
            size += len(piece)
            plain.write(piece)
            number, framed = number + 1, following
    if not ended:
        raise _spoiled(source)
    return {"size": size, "sha256": total.hexdigest()}


def _opened(box: AESGCM, source: Path, nonce: bytes, framed: bytes, place: bytes) -> bytes:
    try:
        return box.decrypt(nonce, framed, place)
    except InvalidTag:
        raise _spoiled(source) from None


def _spoiled(source: Path) -> Refused:
    return Refused(f"备份文件 {source.name} 无法打开：被改动、残缺，或备份密钥不对。请换另一份备份。")


def _nonce(stamp: bytes, number: int) -> bytes:
    return stamp + struct.pack(">Q", number)


def _place(name: str, number: int, last: bool) -> bytes:
    return f"{name}|{number}|{'last' if last else 'more'}".encode()


def _framed(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _read(file) -> bytes | None:
    """The next piece; None at the end. A piece cut short fails when it is opened."""
    length = file.read(4)
    if not length:
        return None
    return file.read(min(struct.unpack(">I", length.ljust(4, b"\0"))[0], 2 * PIECE))
