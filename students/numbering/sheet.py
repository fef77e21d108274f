"""The answer sheet: 姓名, 身份证件号 and/or 现学籍号, 新学籍号."""

from dataclasses import dataclass

from students.importing import listing
from students.importing.child_lists import ID, NAME, OLD, ChildLine, child_columns
from students.importing.listing import Column, Listing, ListSheet, read_list

NEW = "new_number"


@dataclass(slots=True)
class Line(ChildLine):
    """One child and the number it gets; a number that could not be read is ""."""

    new_number: str = ""


ANSWERS = Listing(
    title="编发结果",
    columns=(
        *child_columns("现学籍号", "现学籍号", "原学籍号", "临时学籍号"),
        Column(NEW, "新学籍号", ("新学籍号", "正式学籍号", "全国学籍号"), listing.number, private=True),
    ),
    needs=((NAME,), (NEW,), (ID, OLD)),
    line=Line,
)


def read_answer(data: bytes) -> ListSheet:
    """Read an uploaded answer sheet. Raises WorkbookRefused when it is none or cannot be opened."""
    return read_list(data, ANSWERS)
