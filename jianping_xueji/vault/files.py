"""Encrypted files on disk: random names, two levels of folders, sealed under the child's key.

The row that points to a file keeps ``StoredFile``; a file whose row was rolled back is only noise on the disk
(:func:`discard` removes it). The hash is that of the content, so it proves what was handed in. What is too large to be
held whole goes through :mod:`growing`.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from .errors import VaultError
from .sealing import open_bytes, seal_bytes

NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class StoredFile:
    """What the row keeps: the random name, the SHA-256 of the content in hex and its size in bytes."""

    name: str
    sha256: str
    size: int


def store(wrapped_key: bytes, data: bytes, aad: str) -> StoredFile:
    """Seal ``data`` and put it on disk for good before returning. VaultError when the disk refuses."""
    name = new_name()
    sealed = seal_bytes(wrapped_key, data, aad)
    with appearing(path_of(name)) as file:
        file.write(sealed)
    return StoredFile(name, hashlib.sha256(data).hexdigest(), len(data))


def load(wrapped_key: bytes, name: str, aad: str, sha256: str) -> bytes:
    """The content of a stored file. VaultError when missing, altered, or not the one the row proves."""
    try:
        sealed = path_of(name).read_bytes()
    except OSError as fault:
        raise VaultError("密件不在盘上") from fault
    data = open_bytes(wrapped_key, sealed, aad)
    if not secrets.compare_digest(hashlib.sha256(data).hexdigest(), sha256):
        raise VaultError("密件与登记的摘要不符")
    return data


def new_name() -> str:
    return secrets.token_hex(16)


def discard(name: str) -> None:
    """Remove a file whose row never came to be; silent if it is gone."""
    path_of(name).unlink(missing_ok=True)


def path_of(name: str) -> Path:
    # Names come from our own rows; the pattern keeps a forged row from leaving the folder.
    if not NAME.fullmatch(name):
        raise VaultError("密件名不合规")
    return Path(settings.MEDIA_DIR) / name[:2] / name[2:4] / name


@contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """A file that is there whole or not at all: a temporary neighbour is written and flushed, then renamed, then the
    folders are flushed. VaultError when the disk refuses."""
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        for folder in path.parents[:3]:
            _flush(folder)
    except BaseException as fault:
        part.unlink(missing_ok=True)
        if isinstance(fault, OSError):
            raise VaultError("密件未能存盘，请检查磁盘空间与权限") from fault
        raise


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
