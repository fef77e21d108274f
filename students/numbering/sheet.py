"""The answer sheet: 姓名, 身份证件号 and/or 现学籍号, 新学籍号."""

from dataclasses import dataclass

from students.importing import listing
from students.importing.listing import Column, Listing, ListSheet, read_list

NAME, ID, OLD, NEW = "name", "id_number", "old_number", "new_number"


@dataclass(slots=True)
class Line:
    """One child as the sheet names it; a number that could not be read is ""."""

    row: int
    name: str = ""
    id_number: str = ""
    old_number: str = ""
    new_number: str = ""


ANSWERS = Listing(
    title="编发结果",
    columns=(
        Column(NAME, "姓名", ("姓名", "学生姓名"), listing.name),
        Column(
            ID,
            "身份证件号",
            ("身份证件号", "身份证号", "身份证件号码", "身份证号码"),
            listing.number,
            private=True,
        ),
        Column(OLD, "现学籍号", ("现学籍号", "原学籍号", "临时学籍号"), listing.number, private=True),
        Column(NEW, "新学籍号", ("新学籍号", "正式学籍号", "全国学籍号"), listing.number, private=True),
    ),
    needs=((NAME,), (NEW,), (ID, OLD)),
    line=Line,
)


def read_answer(data: bytes) -> ListSheet:
    """Read an uploaded answer sheet. Raises WorkbookRefused when it is none or cannot be opened."""
    return read_list(data, ANSWERS)
