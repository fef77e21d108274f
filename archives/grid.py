"""The sheet of a class: one row a child, every cell read by its column, what was typed kept until it is right.

Each row says which version it was drawn with. Where another one holds by now, a row nobody touched shows that one, and
a row somebody typed into is asked about: a sheet left open over noon takes nothing back that was entered meanwhile.
"""

from dataclasses import dataclass, field

from django.utils.functional import cached_property

from students.models import Student

from .columns import Column
from .entries import values_of, with_details
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
    stands: Entry | None = None
    sent: bool = True
    overtaken: bool = False

    @property
    def seen(self) -> str:
        """The version the boxes are drawn with, as the page sends it back; "" for none."""
        return str(self.stands.pk) if self.stands else ""

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
        stands = held[-1] if held and not self.kind.many else None
        names = [f"{child.pk}-{column.key}" for column in self.columns]
        row = Row(child, [], held, stands=stands, nothing=bool(self.data) and f"none-{child.pk}" in self.data)
        if self.data is not None:
            row.sent = f"seen-{child.pk}" in self.data or any(name in self.data for name in names)
        texts = self.texts_of(row, names)
        row.cells = [
            Cell(name, column, text, child.name) for name, column, text in zip(names, self.columns, texts, strict=True)
        ]
        return row

    def texts_of(self, row: Row, names: list[str]) -> list[str]:
        """As typed; else as it stands."""
        standing = self.typed(row.stands)
        if self.data is None or not row.sent:
            return standing
        given = [self.data.get(name, "") for name in names]
        if self.data.get(f"seen-{row.child.pk}", row.seen) == row.seen:
            return given
        shown = self.typed(self.shown.get(row.child.pk))
        row.overtaken = [_bare(text) for text in given] != [_bare(text) for text in shown]
        return given if row.overtaken else standing

    def typed(self, entry: Entry | None) -> list[str]:
        """The boxes of one version as they are drawn."""
        values = values_of(entry) if entry else {}
        return [column.typed(values.get(column.key)) for column in self.columns]

    @cached_property
    def shown(self) -> dict[int, Entry]:
        """child → the version its row had been drawn with."""
        sent = [value for name, value in self.data.items() if name.startswith("seen-")]
        keys = [key_of(value) for value in sent]
        found = Entry.objects.filter(pk__in=keys, kind=self.kind.code, child__in=self.standing)
        return {entry.child_id: entry for entry in with_details(found)}

    @property
    def departed(self) -> int:
        """How many rows were sent of children who are not in the class any more, with something in them."""
        here = {str(row.child.pk) for row in self.rows}
        gone = {name.removeprefix("seen-") for name in self.data or () if name.startswith("seen-")} - here
        return sum(any(self.data.get(f"{pk}-{column.key}", "").strip() for column in self.columns) for pk in gone)

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
        if row.overtaken and row.stands:
            return [self.overtaken(row)]
        cells = {cell.column.key: cell for cell in row.cells}
        objections = self.kind.objections_to(row.values, Sitting(self.grade, row.child.sex))
        return [self.said(row, cells.get(key, row.cells[0]), *said) for key, *said in objections]

    def overtaken(self, row: Row) -> dict:
        """Somebody else entered this child after the page was opened: what stands now, before it is changed."""
        pairs = zip(row.cells, self.typed(row.stands), strict=True)
        differs = [(cell, text) for cell, text in pairs if _bare(cell.text) != _bare(text)]
        now = "、".join(f"{cell.column.label}现为{text or '空'}" for cell, text in differs)
        message = f"您打开本页以后，{row.stands.by.name}已登记新的一版（{now or '与您填的相同'}）"
        return self.said(row, (differs or [(row.cells[0], "")])[0][0], message, "请核对，仍要改的再保存一次")

    def said(self, row: Row, cell: Cell, message: str, remedy: str) -> dict:
        cell.error = message
        return {"message": f"{row.child.name}：{message}。{remedy}。", "url": f"#c-{cell.name}"}

    @property
    def lines(self) -> list[tuple[Student, Values]]:
        """The children something was entered for; ask `errors` first."""
        return [(row.child, row.values) for row in self.rows if not row.blank]

    @property
    def seen(self) -> dict[int, int]:
        """child → the version its line was judged against."""
        return {row.child.pk: row.stands.pk for row in self.rows if row.stands}

    @property
    def nothings(self) -> list[Student]:
        """The children of whom it was said that there is nothing."""
        return [row.child for row in self.rows if row.nothing and row.blank]


def key_of(value: str) -> int:
    """A version as a page sends it back; 0, which is none, for anything else."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 18 else 0


def _bare(text: str) -> str:
    """A text without what a browser does to its ends and line breaks."""
    return text.replace("\r\n", "\n").strip()
