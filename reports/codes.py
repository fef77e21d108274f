"""QR codes as plain drawings, for papers that fetch nothing."""

from dataclasses import dataclass

import segno


@dataclass(frozen=True)
class QrCode:
    """A QR code as one SVG path in module units."""

    size: int
    path: str


def qr_code(address: str) -> QrCode:
    """The address as a QR code that survives a fold or a stain (level M)."""
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=2))
    dots = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return QrCode(len(rows), "".join(dots))
