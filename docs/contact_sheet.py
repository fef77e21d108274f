"""Prints every form blank, filled, and with the longest data, and lays the pages out side by side in docs/forms/.

Run: bin/contact_sheet. It seeds the demo county into a scratch database, which is dropped afterwards; needs pdftoppm.
With PRINTS_DIR set, the PDFs are kept there as well.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
FOLDER = ROOT / "docs" / "forms"
CELL, GAP, CAPTION, COLUMNS = (330, 440), 14, 26, 7
GREYS = 12
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SCHOOLS = {91: "富山街道小学", 92: "铁南街道小学", 93: "红山街道小学"}


def demo_county():
    """The demo county with three more primary schools, where no business is open yet: there the specimens live."""
    from django.core.management import call_command

    from schools.models import Bureau, School
    from tests.county import make_school
    from tests.reports.filled import small_county

    call_command("seed_county", verbosity=0)
    bureau = Bureau.objects.get(pk=School.objects.filter(kind=School.Kind.PRIMARY).first().bureau_id)
    return small_county(bureau, *(make_school(bureau, number, name) for number, name in SCHOOLS.items()))


def prints_of(county, code: str):
    """(what it is called, PDF) of one form: blank, filled, and filled with the longest data."""
    from django.db import transaction

    from accounts.roles import Role
    from reports.forms import FORMS
    from reports.services import print_form
    from tests.county import staff_member
    from tests.reports.filled import FILLED, LONG, SHORT, printed_filled

    by = staff_member(Role.BUREAU_CLERK, county.bureau)
    yield "blank", print_form(FORMS[code], None, by=by, address_of=address_of).pdf
    for name, words in (("filled", SHORT), ("long", LONG)) if code in FILLED else ():
        with transaction.atomic():  # the next form begins with the county as it was
            pdf = printed_filled(code, county, words, address_of).pdf
            transaction.set_rollback(True)
        yield name, pdf


def address_of(token: str) -> str:
    return f"https://xueji.example.gov.cn/verify/{token}/"


def pages_of(pdf: bytes) -> list[Image.Image]:
    """The pages as pictures."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", "72", "-gray", "-", f"{folder}/page"]
        subprocess.run(command, input=pdf, capture_output=True, check=True)
        return [Image.open(page).copy() for page in sorted(Path(folder).glob("page*"))]


def sheet_of(cells: list[tuple[str, Image.Image]]) -> Image.Image:
    """The pages in rows, each under its caption."""
    rows = -(-len(cells) // COLUMNS)
    width, height = CELL[0] + GAP, CELL[1] + CAPTION + GAP
    sheet = Image.new("L", (COLUMNS * width + GAP, rows * height + GAP), 205)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(FONT, 15)
    for at, (caption, page) in enumerate(cells):
        x, y = GAP + at % COLUMNS * width, GAP + at // COLUMNS * height
        page.thumbnail(CELL, Image.LANCZOS)
        pen.text((x, y), caption, fill=0, font=font)
        sheet.paste(page, (x, y + CAPTION))
    return sheet


def keep(name: str, cells: list[tuple[str, Image.Image]]) -> None:
    sheet_of(cells).quantize(GREYS).save(FOLDER / f"{name}.png", optimize=True)


def index(counts: dict[str, dict[str, int]]) -> str:
    """The list of forms with article, who may print, paper, and how many pages each has."""
    from reports.forms import FORMS

    lines = [
        "# 全部表格 · every form",
        "",
        "由 `bin/contact_sheet` 从演示县生成：空白表、填好的、填最长内容的。不要手工修改。",
        "",
        "![空白表](blank.png)",
        "",
        "![填好的](filled.png)",
        "",
        "![最长内容](long.png)",
        "",
        "| 表格 | 代号 | 依据 | 批量 | 页数：空白、填好、最长 |",
        "|---|---|---|---|---|",
    ]
    for code, form in FORMS.items():
        pages = "、".join(str(counts[code].get(name, "—")) for name in ("blank", "filled", "long"))
        lines.append(f"| {form.title} | `{code}` | {form.article} | {'能' if form.in_batches else '—'} | {pages} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    from clone import scratch_database

    with scratch_database():
        from law import clock
        from reports.forms import FORMS
        from tests.county import LEGAL_DAY
        from tests.reports.conftest import keep as keep_pdf

        with clock.at(LEGAL_DAY):
            county, sheets, counts = demo_county(), {}, {}
            for code, form in FORMS.items():
                counts[code] = {}
                for name, pdf in prints_of(county, code):
                    keep_pdf(f"{code}-{name}", pdf)
                    pages = pages_of(pdf)
                    counts[code][name] = len(pages)
                    caption = form.title if len(form.title) < 20 else form.title[:18] + "…"
                    sheets.setdefault(name, []).extend((caption, page) for page in pages[:2])
                print(form.title, counts[code], flush=True)
        FOLDER.mkdir(exist_ok=True)
        for name, cells in sheets.items():
            keep(name, cells)
        (FOLDER / "README.md").write_text(index(counts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
