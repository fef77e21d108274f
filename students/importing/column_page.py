"""The page on which people say what the columns of their list are: headers, three samples, fields to choose from."""

from dataclasses import dataclass

from students.dictionary.fields import FIELDS, by_attribute
from students.importing.choosing import choice_of
from students.importing.findings import shown
from students.importing.headers import SEARCHED_ROWS, Choice, Column, bare_columns, find_heading, mapping_of
from students.importing.prescan import SheetScan
from students.models import ImportFile

SAMPLES = 3
_GROUPS = tuple(dict.fromkeys(field.group for field in FIELDS))
FIELDS_BY_GROUP = [(group, [each for each in FIELDS if each.group == group]) for group in _GROUPS]
_ATTRIBUTES = frozenset(field.attribute for field in FIELDS)


@dataclass(frozen=True)
class Shown:
    """One column as drawn: letter, header, samples, what it is read as, and whether anybody has to look at it."""

    letter: str
    header: str
    samples: list[str]
    attribute: str
    doubtful: bool


@dataclass
class ColumnPage:
    """The columns of one sheet of an upload under one header row."""

    file: ImportFile
    sheets: list[str]
    sheet: str
    head: int
    columns: list[Column]
    rows: list[list[str]]

    @classmethod
    def of(cls, file: ImportFile, sheet: str = "", head: str = "") -> "ColumnPage | None":
        """Of the sheet and row asked for, else of those the reading took; None when the file could not be opened."""
        merges = {each["name"]: each.get("merges", []) for each in file.report.get("outline", ())}
        outline = {each["name"]: each["top"] for each in file.report.get("outline", ())}
        if not outline:
            return None
        name = next(
            (each for each in (sheet, file.sheet, file.choice.get("sheet")) if each in outline), next(iter(outline))
        )
        top = outline[name]
        said = choice_of(file)
        same = name == file.sheet or not file.sheet
        row = _row_asked(head, top) or (file.head if same and file.head else _fullest(top))
        choice = Choice(name, row, said.columns if same and row == (file.head or row) else {}, said.known)
        heading = find_heading(top, SheetScan(name, merges=merges[name]), choice, partial=True) if top else None
        columns = heading.columns if heading else bare_columns(top[row - 1] if row <= len(top) else [], choice)
        return cls(file, list(outline), name, row, columns, top)

    @property
    def shown(self) -> list[Shown]:
        """The columns, those to be looked at first."""
        read_as = [column.field.attribute for column in self.columns if column.field]
        drawn = [
            Shown(
                column.letter,
                shown(column.header, False),
                self.samples(column.index),
                column.field.attribute if column.field else "",
                column.said or not column.field or read_as.count(column.field.attribute) > 1,
            )
            for column in self.columns
        ]
        return sorted(drawn, key=lambda each: not each.doubtful)

    def samples(self, index: int) -> list[str]:
        """The first cells below the header that hold something."""
        cells = [row[index] for row in self.rows[self.head :] if index < len(row)]
        return [shown(cell, False) for cell in cells if cell.strip()][:SAMPLES]

    @property
    def mapping(self) -> list[dict]:
        """As `ImportFile.mapping` has it."""
        return mapping_of(self.columns)

    def said_in(self, posted) -> tuple[dict, list[dict]]:
        """What a person has said, as `ImportFile.choice` keeps it, and what is wrong with it."""
        meant = {column.letter: posted.get(f"column_{column.letter}", "") for column in self.columns}
        faults = [
            {"message": f"{letter} 列的选项不存在，请重新选择。"}
            for letter, name in meant.items()
            if name not in {*_ATTRIBUTES, ""}
        ]
        for attribute in sorted({name for name in meant.values() if name in _ATTRIBUTES}):
            letters = [letter for letter, name in meant.items() if name == attribute]
            if len(letters) > 1:
                label = by_attribute(attribute).label
                faults.append(
                    {
                        "message": f"“{label}”指了 {len(letters)} 列（{'、'.join(letters)} 列），"
                        "请只留一列，其余选“不导入”。"
                    }
                )
        return {"sheet": self.sheet, "head": self.head, "columns": meant}, faults


def _row_asked(head: str, top: list) -> int:
    return int(head) if head.isdecimal() and len(head) < 3 and 0 < int(head) <= min(len(top), SEARCHED_ROWS) else 0


def _fullest(top: list[list[str]]) -> int:
    """The row of the first ten with most words in it."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in top[:SEARCHED_ROWS]]
    return filled.index(max(filled)) + 1 if filled else 1
