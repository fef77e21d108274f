"""The list somebody brings: pasted lines or a workbook; a line names a child by a number, a name, or both."""

import re
from dataclasses import dataclass

from .. import idnumber
from ..importing import listing
from ..importing.child_lists import ID, ID_HEADERS, NAME
from ..importing.listing import Column, Listing, read_list
from ..importing.names import clean_name

MOST = 5_000
# A word with a digit in it is meant as a number, however badly it is typed.
_NUMBER = re.compile(r"\d")
_APART = re.compile(r"[\s,，、;；\t]+")


@dataclass(slots=True)
class Line:
    """One child as asked about; `fault` says why the number cannot be read."""

    row: int
    name: str = ""
    id_number: str = ""
    fault: str = ""

    @property
    def number(self) -> str:
        return self.id_number

    @property
    def empty(self) -> bool:
        return not (self.name or self.id_number or self.fault)


ASKED = Listing(
    title="核查名单",
    columns=(
        Column(NAME, "姓名", ("姓名", "学生姓名")),
        Column(ID, "号码", (*ID_HEADERS, "号码", "学籍号"), listing.number, private=True),
    ),
    needs=((NAME, ID),),
    line=Line,
)


def pasted(text: str) -> list[Line]:
    """One child a line; of several words the one with digits is the number, the rest the name."""
    found = []
    for row, written in enumerate(text.splitlines(), 1):
        words = [word for word in _APART.split(written.strip()) if word]
        numbers = [idnumber.normalise(word) for word in words if _NUMBER.search(word)]
        name = clean_name("".join(word for word in words if not _NUMBER.search(word)))
        fault = "一行里有几个号码，请每行只写一名学生" if len(set(numbers)) > 1 else ""
        line = Line(row, name[:60], "" if fault else (numbers[0][:40] if numbers else ""), fault)
        if not line.empty:
            found.append(line)
    return found


def uploaded(data: bytes) -> list[Line]:
    """The lines of a workbook; cells that could not be read are faults of their lines. Raises WorkbookRefused."""
    sheet = read_list(data, ASKED)
    faults = {finding.row: f"{finding.message}。{finding.remedy}" for finding in sheet.findings if finding.raw}
    for line in sheet.lines:
        line.name, line.fault = clean_name(line.name), faults.get(line.row, "")
    return [line for line in sheet.lines if not line.empty]
