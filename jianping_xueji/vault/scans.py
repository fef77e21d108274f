"""Which uploaded files are accepted as scans, and what of them is shown.

The original is kept as it came, because it is evidence; what a page shows is a picture that this module
encoded anew, upright, without EXIF (place and time of the photo) and without anything hidden behind the pixels.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageFile, ImageOps

from .errors import ScanRefused
from .pdf import refuse_active_pdf

LIMIT = 2 * 1024 * 1024
# An A4 sheet at 600 dpi has 35 million; beyond 40 million a small file may unpack into gigabytes.
PIXELS = 40_000_000
PREVIEW_SIDE = 3000
MAGIC = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"))
REMEDY_RETAKE = "请重新拍照或扫描为 JPG、PNG 后再传"


@dataclass(frozen=True)
class AcceptedScan:
    """``data`` the original bytes, ``preview`` the bytes for the screen (same type), size in pixels (0 for PDF)."""

    mime: str
    data: bytes
    preview: bytes
    width: int
    height: int


def sniff(data: bytes) -> str | None:
    """The type by its first bytes; names and announced types of uploads are not believed."""
    return next((mime for magic, mime in MAGIC if data.startswith(magic)), None)


def accept_scan(data: bytes, *, name: str = "未命名", limit: int = LIMIT) -> AcceptedScan:
    """Check one uploaded scan and make its preview. ScanRefused says what to do instead."""
    name = _display_name(name)
    if len(data) > limit:
        reason = f"大小 {len(data) / 2**20:.1f} MB，超过 {limit / 2**20:.1f} MB"
        raise ScanRefused(name, "size", reason, "请降低分辨率或压缩后再传")
    mime = sniff(data)
    if mime is None:
        raise ScanRefused(name, "type", "内容不是 JPG、PNG 或 PDF（以内容为准，与扩展名无关）", REMEDY_RETAKE)
    if mime == "application/pdf":
        refuse_active_pdf(data, name)
        return AcceptedScan(mime, data, data, 0, 0)
    return _accept_image(data, mime, name)


def _accept_image(data: bytes, mime: str, name: str) -> AcceptedScan:
    # The print engine lets Pillow draw half a picture, for the whole process; half a proof is none.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            width, height = image.size
            if width * height > PIXELS:
                raise _too_many_pixels(name, f"{width}×{height} 像素")
            return AcceptedScan(mime, data, _encoded(_upright(image), mime), *_turned(image, width, height))
    except ScanRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(name, "像素过多") from None
    except Exception as fault:
        # A parser fed by strangers raises whatever it likes; all of it means the same to the one who uploads.
        raise ScanRefused(name, "broken", "图片不完整或已损坏", REMEDY_RETAKE) from fault


def _too_many_pixels(name: str, measured: str) -> ScanRefused:
    return ScanRefused(name, "pixels", f"{measured}，超过 {PIXELS // 10_000} 万像素", "请降低分辨率后再传")


def _turned(image: Image.Image, width: int, height: int) -> tuple[int, int]:
    """The size as a reader sees it: orientations 5 to 8 lie on their side."""
    return (height, width) if image.getexif().get(0x0112, 1) in range(5, 9) else (width, height)


def _upright(image: Image.Image) -> Image.Image:
    """A small upright copy. The thumbnail comes first: a JPEG is then decoded at reduced size."""
    if image.mode.startswith("I"):  # 16-bit grey of some scanners
        image = image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    elif image.mode not in ("L", "LA", "RGB", "RGBA"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    upright = ImageOps.exif_transpose(image)
    upright.info.clear()
    return upright


def _encoded(image: Image.Image, mime: str) -> bytes:
    output = io.BytesIO()
    if mime == "image/jpeg":
        image.save(output, "JPEG", quality=85)
    else:
        image.save(output, "PNG")
    return output.getvalue()


def _display_name(name: str) -> str:
    """The file's name as it may stand in a message: printable, short, without folders."""
    name = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[:60] or "未命名"
