"""Automatic repairs that people do not want: the cell stands as it was typed, and what it says is not imported."""

import re
from collections.abc import Iterable

from students.dictionary.fields import KEY, Field
from students.importing.cells import Verdict
from students.importing.findings import ERROR, FIXED, WARNING
from students.importing.sheet import SheetData

TAKEN_BACK = "repair_taken_back"
MOST = 500
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def is_cell(text: str) -> bool:
    """True for an address such as C25."""
    return bool(_CELL.fullmatch(text))


def take_back(sheet: SheetData, cells: Iterable[str]) -> None:
    """Undo the repairs of these cells; an address under which nothing was repaired changes nothing."""
    positions = {number: position for position, number in enumerate(sheet.row_numbers)}
    by_letter = {data.column.letter: data for data in sheet.columns.values()}
    for cell in cells:
        letter, number = _CELL.fullmatch(cell).groups()
        data, position = by_letter.get(letter), positions.get(int(number))
        verdict = data.verdicts.get(position) if data else None
        if verdict and verdict.level == FIXED:
            data.values[position] = None
            data.verdicts[position] = _said_of(data.column.field, verdict)


def _said_of(field: Field, repair: Verdict) -> Verdict:
    """What tells who a child is, or must be filled in, is not guessed away: without it the row waits."""
    if field.required != "N" or field.route == KEY or field.confidential:
        message = f"未采用自动规范（{repair.message}），本行不导入"
        return Verdict(ERROR, TAKEN_BACK, message, "请改正单元格后重新上传，或点“仍按自动规范”")
    message = f"未采用自动规范（{repair.message}），该格不导入"
    return Verdict(WARNING, TAKEN_BACK, message, "请改正单元格后重新上传；要采用的点“仍按自动规范”")
