"""What is printed onto a certificate, where on the paper, and the page by which a printer is measured."""

from dataclasses import dataclass
from decimal import Decimal

from jianping_xueji.vault import mask_name
from students.models import Certificate

from ..contact import in_full
from ..errors import NotPrintable
from ..subject import Sheet
from .models import Printer

WIDTH, HEIGHT = 297, 210  # A4 landscape
LAST_MONTH = "7"
MM_A_POINT, LEADING, LEAST_POINTS = 0.3528, 1.25, 10.5
FIGURE = 0.6


@dataclass(frozen=True)
class Spot:
    """A value's place: millimetres from the left and upper edge of the paper to its box, and the box's width."""

    key: str
    label: str
    x: int
    y: int
    width: int
    points: int = 16


SPOTS = (
    Spot("name", "姓名", 58, 74, 52),
    Spot("sex", "性别", 122, 74, 14),
    Spot("birth_year", "出生年", 146, 74, 20),
    Spot("birth_month", "出生月", 174, 74, 12),
    Spot("birth_day", "出生日", 194, 74, 12),
    Spot("entered_year", "入学年", 58, 90, 20),
    Spot("entered_month", "入学月", 86, 90, 12),
    Spot("left_year", "毕业年", 112, 90, 20),
    Spot("left_month", "毕业月", 140, 90, 12),
    Spot("school", "学校", 58, 106, 110),
    Spot("number", "证书编号", 58, 150, 84, 12),
    Spot("registry", "学籍号", 58, 162, 84, 12),
    Spot("issued_year", "发证年", 196, 162, 20),
    Spot("issued_month", "发证月", 224, 162, 12),
    Spot("issued_day", "发证日", 244, 162, 12),
)
PHOTO = Spot("photo", "照片（2寸）", 228, 62, 35)


def test_page(about: None) -> dict:
    """The page with a grid of millimetres, printed by a printer as it is."""
    return measured(Decimal(0), Decimal(0)) | {"decision": "测试页"}


def test_of(printer: Printer) -> Sheet:
    """The test page with the offsets kept for a printer: its crosses must now lie where they say."""
    content = measured(printer.right, printer.down) | {
        "printer": printer.name,
        "school": printer.school.name,
        "decision": "测试页",
    }
    return Sheet(content, (printer.school_id,), f"{printer.school.name}{printer.name}测试页", school=printer.school)


def measured(right: Decimal, down: Decimal) -> dict:
    return {
        "test": True,
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "right": f"{right:.1f}",
        "down": f"{down:.1f}",
        "fine": grid(1),
        "coarse": grid(10),
        "columns": [str(x) for x in range(10, WIDTH, 10)],
        "rows": [str(y) for y in range(10, HEIGHT, 10)],
        "spots": [placed(spot, spot.label, right, down) for spot in (*SPOTS, PHOTO)],
    }


def grid(step: int) -> str:
    """Lines every `step` millimetres over the whole paper, as one SVG path."""
    upright = "".join(f"M{x} 0V{HEIGHT}" for x in range(0, WIDTH + 1, step))
    return upright + "".join(f"M0 {y}H{WIDTH}" for y in range(0, HEIGHT + 1, step))


def placed(spot: Spot, value: str, right: Decimal, down: Decimal) -> dict:
    """A value at its place; one too long for its box is set smaller, then in two lines about the same middle."""
    points, lines = size_of(value, spot)
    up = (points * lines - spot.points) * MM_A_POINT * LEADING / 2 if lines > 1 else 0
    return {
        "key": spot.key,
        "value": value,
        "x": f"{spot.x + right:.1f}",
        "y": f"{float(spot.y + down) - up:.1f}",
        "width": str(spot.width),
        "points": f"{points:.1f}",
        "wraps": lines > 1,
    }


def size_of(value: str, spot: Spot) -> tuple[float, int]:
    """Points and lines in which the value fits into its box."""
    room, ems = spot.width / MM_A_POINT, ems_of(value)
    points = min(spot.points, room / max(ems, 1))
    if points >= LEAST_POINTS or ems < LEAST_POINTS:
        return max(points, LEAST_POINTS), 1
    return min(LEAST_POINTS, room / (ems // 2 + 1)), 2


def ems_of(value: str) -> float:
    """How wide a value is, in characters: figures and Latin letters take less than a Chinese one."""
    return sum(FIGURE if sign.isascii() else 1 for sign in value)


def overprint_of(paper: Certificate, printer: Printer | None = None) -> Sheet:
    """What goes onto one 毕业证书. Raises NotPrintable for another paper, a void one, or one without its number."""
    if paper.kind != Certificate.Kind.GRADUATION or paper.voided or not paper.number:
        raise NotPrintable("只有市教育局已编号、未作废的毕业证书可以套打；修业证明直接打印（第三十二条）。")
    right, down = (printer.right, printer.down) if printer else (Decimal(0), Decimal(0))
    values = values_of(paper)
    content = {
        "spots": [placed(spot, values[spot.key], right, down) for spot in SPOTS],
        "decision": f"毕业证书{paper.number}",
    }
    child = paper.student
    subject = f"毕业证书{paper.number}，{mask_name(child.name)}"
    return Sheet(content, (paper.school_id,), subject, school=paper.school, children=(child,), child=child)


def values_of(paper: Certificate) -> dict[str, str]:
    child, issued = paper.student, paper.issued_on
    entered = child.entered_month
    return {
        "name": child.name,
        "sex": child.sex_name,
        **dict(zip(("birth_year", "birth_month", "birth_day"), parts(child.birth_date), strict=True)),
        "entered_year": entered[:4],
        "entered_month": str(int(entered[4:])) if entered[4:].isdecimal() else "",
        "left_year": str(paper.year + 1),
        "left_month": LAST_MONTH,
        "school": paper.school.name,
        "number": paper.number,
        "registry": in_full(child.registry_number),
        **dict(zip(("issued_year", "issued_month", "issued_day"), parts(issued), strict=True)),
    }


def parts(day) -> tuple[str, str, str]:
    """Year, month and day as the certificate asks for them; empty for no date."""
    return (str(day.year), str(day.month), str(day.day)) if day else ("", "", "")
