"""A book as a workbook: text cells in the columns of its paper, so that no formula comes alive and no number is cut."""

from students.exporting.workbook import written

from .kinds import BookKind, Kind
from .models import BookPart
from .reading import Reading

LEAST, PER_MILLIMETRE = 8, 0.55
MORE = {
    Kind.CARDS: (
        ("class", "年级班级"), ("native_place", "籍贯"), ("id_type", "证件类型"), ("local_number", "学籍辅号"),
        ("health", "健康状况"), ("household", "户籍地址"), ("address", "现住地址"), ("joined", "入本校日期"),
        ("moved_in", "转入"), ("moved_out", "转出"), ("graduated", "毕业日期及证书编号"), ("went_to", "毕业后去向"),
        ("suspended", "休学"), ("resumed", "复学"), ("dropped", "辍学、返校"), ("others", "其他学籍变更"),
    ),
    Kind.TRANSFERS: (("proofs", "证明材料"),),
}  # fmt: skip


def workbook_of(what: BookKind, reading: Reading, *, mark: str, part: BookPart | None = None) -> bytes:
    """One sheet: the class, the columns of the paper, what the paper says besides. `mark` stands on every page."""
    columns = [(column.key, column.label, column.width) for column in what.columns_of(part)]
    columns += [(key, label, 30) for key, label in MORE.get(what.kind, ())]
    named = any(line.section for line in reading.lines) and what.kind != Kind.CARDS
    heads = [*(["班级"] if named else []), *(label for _, label, _ in columns)]
    widths = [*([14] if named else []), *(max(LEAST, width * PER_MILLIMETRE) for _, _, width in columns)]
    rows = [
        [*([line.section] if named else []), *(text_of(line.cells, key) for key, _, _ in columns)]
        for line in reading.lines
    ]
    return written(what.title[:31], heads, rows, mark=mark, widths=widths)


def text_of(cells: dict, key: str) -> str:
    if key == "proofs":
        return "；".join(f"{paper['label']}（{paper['state']}）" for paper in cells.get("papers", []))
    return str(cells.get(key, ""))
