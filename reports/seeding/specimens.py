"""Pictures that stand for the papers a family brings: plainly marked as specimens, showing nobody's document."""

import io

from PIL import Image, ImageDraw, ImageFont

CHINESE_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
)
PAPER, INK, MARK = (250, 248, 240), (90, 90, 90), (190, 60, 60)


def specimen(label: str) -> bytes:
    """A JPEG of a sheet with the name of the paper, as far as this machine has a font for it."""
    page = Image.new("RGB", (620, 870), PAPER)
    pen = ImageDraw.Draw(page)
    font = _font(26)
    pen.rectangle((30, 30, 590, 840), outline=INK, width=2)
    pen.text((60, 60), label[:20] if font else "SPECIMEN", fill=INK, font=font)
    for line in range(14):
        pen.line((60, 160 + line * 44, 560 - line % 3 * 60, 160 + line * 44), fill=(200, 200, 195), width=2)
    pen.text((200, 780), "演示样张" if font else "DEMO", fill=MARK, font=_font(48))
    output = io.BytesIO()
    page.save(output, "JPEG", quality=70)
    return output.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | None:
    for path in CHINESE_FONTS:
        try:
            return ImageFont.truetype(path, size)
        except OSError:
            continue
    return None
