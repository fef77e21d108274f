"""The sheet of a class: one row a child, every cell read by its column, what was typed kept until it is right."""

from dataclasses import dataclass, field

from django.utils.functional import cached_property

from students.models import Student

from .columns import Column
from .entries import values_of
from .kinds import Kind, Sitting, Values
from .models import Entry


@dataclass
class Cell:
    """One box: the column, what stands in it, and what is wrong with it."""

    name: str
    column: Column
    text: str
    whose: str
    error: str = ""

    def __str__(self) -> str:
        attrs = {"id": f"c-{self.name}", "aria-label": f"{self.whose} {self.column.label}"}
        if self.error:
            attrs |= {"aria-invalid": "true", "title": self.error}
        return self.column.widget().render(self.name, self.text, attrs)


@dataclass
class Row:
    """One child with its boxes, what the child has already, and its values when they can be taken."""

    child: Student
    cells: list[Cell]
    held: list[Entry] = field(default_factory=list)
    values: Values = field(default_factory=dict)
    nothing: bool = False

    @property
    def blank(self) -> bool:
        return all(not cell.text.strip() for cell in self.cells)


class Grid:
    """All rows of a class for one kind and period; `data` is what was sent."""

    def __init__(self, kind: Kind, children: list[Student], standing: dict, *, grade: int | None, data=None):
        self.kind, self.grade, self.data, self.standing = kind, grade, data, standing
        self.columns = kind.columns_for(grade)
        self.rows = [self.row_of(child) for child in children]

    def row_of(self, child: Student) -> Row:
        held = self.standing.get(child.pk, [])
        before = values_of(held[-1]) if held and not self.kind.many else {}
        cells = [
            Cell(name, column, self.text_of(name, column, before), child.name)
            for column in self.columns
            for name in [f"{child.pk}-{column.key}"]
        ]
        return Row(child, cells, held, nothing=bool(self.data) and f"none-{child.pk}" in self.data)

    def text_of(self, name: str, column: Column, before: Values) -> str:
        """As typed; else as it stands."""
        return self.data.get(name, "") if self.data is not None else column.typed(before.get(column.key))

    @cached_property
    def errors(self) -> list[dict]:
        """Every sentence about a cell, with the box it is about; reading fills `values` on the way."""
        return [said for row in self.rows for said in self.judged(row)]

    def judged(self, row: Row) -> list[dict]:
        if row.blank:
            if row.held and not self.kind.many:
                return [self.said(row, row.cells[0], "已登记的内容不能清空", "登错的请打开该生档案作废，并写明原因")]
            return []
        found = []
        for cell in row.cells:
            value, verdict = cell.column.read(cell.text, cell.column.label)
            row.values[cell.column.key] = value
            if verdict:
                found.append(self.said(row, cell, verdict.message, verdict.remedy))
        if found:
            return found
        cells = {cell.column.key: cell for cell in row.cells}
        objections = self.kind.objections_to(row.values, Sitting(self.grade, row.child.sex))
        return [self.said(row, cells.get(key, row.cells[0]), *said) for key, *said in objections]

    def said(self, row: Row, cell: Cell, message: str, remedy: str) -> dict:
        cell.error = message
        return {"message": f"{row.child.name}：{message}。{remedy}。", "url": f"#c-{cell.name}"}

    @property
    def lines(self) -> list[tuple[Student, Values]]:
        """The children something was entered for; ask `errors` first."""
        return [(row.child, row.values) for row in self.rows if not row.blank]

    @property
    def nothings(self) -> list[Student]:
        """The children of whom it was said that there is nothing."""
        return [row.child for row in self.rows if row.nothing and row.blank]
