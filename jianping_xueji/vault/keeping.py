"""Scans of papers from upload to screen: checked, sealed under the child's key, the picture without the photo's traces.

What is a proof keeps its original beside the picture; what merely illustrates is kept as the picture alone, so that
place and time of the photo are nowhere.
"""

import hashlib
from dataclasses import dataclass

from .files import load, store
from .scans import accept_scan


@dataclass(frozen=True)
class KeptScan:
    """The columns of the row that points to the files: `name` is the original ("" when only the picture is kept).

    `sha256` is that of what was handed in; `preview_name` is "" where the original itself is shown (a PDF).
    """

    name: str
    sha256: str
    preview_name: str
    preview_sha256: str
    mime: str
    size: int


def keep_scan(key: bytes, aad: str, data: bytes, filename: str, *, limit: int, original: bool = True) -> KeptScan:
    """Check one upload and put it on disk for good. Raises ScanRefused with what to do, VaultError."""
    accepted = accept_scan(data, limit=limit, name=filename)
    keeps = original or accepted.preview == accepted.data
    first = store(key, accepted.data, aad) if keeps else None
    picture = store(key, accepted.preview, aad) if accepted.preview != accepted.data else None
    return KeptScan(
        name=first.name if first else "",
        sha256=first.sha256 if first else sha256_of(data),
        preview_name=picture.name if picture else "",
        preview_sha256=picture.sha256 if picture else "",
        mime=accepted.mime,
        size=len(accepted.data),
    )


def sha256_of(data: bytes) -> str:
    """By what a content is known, in hex."""
    return hashlib.sha256(data).hexdigest()


def shown_scan(key: bytes, aad: str, scan) -> bytes:
    """What a page shows of a row with the columns of `KeptScan`. Raises VaultError when missing or altered."""
    if scan.preview_name:
        return load(key, scan.preview_name, aad, scan.preview_sha256)
    return load(key, scan.name, aad, scan.sha256)
