"""From a CEIMS workbook to plain lines for COPY: numbers as fingerprints, values as the record keeps them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from jianping_xueji import vault
from jianping_xueji.vault import columns
from law import clock
from law.school_time import school_year_of
from schools.models import Bureau, School, SchoolClass

from .. import idnumber
from ..dictionary.fields import SYSTEM
from ..importing.cells import CLEAR
from ..importing.classes import ClassBook, ClassRef
from ..importing.container import BUREAU, SCHOOL, Limits
from ..importing.findings import ERROR, Finding, WorkbookRefused
from ..importing.records import OWN_FIELDS, blank_of
from ..importing.sheet import SheetData
from ..importing.workbook import Table, read_table
from ..models.child import NumberKind

PIECE = 5_000
TOLD = 2_000  # so many cells that could not be read are listed; the rest is counted
NUMBERS = ("id_number", "registry_number")
# The child's own columns that both systems keep; the rest of what is compared stands in tables of its own.
COMPARED = {each.attribute: each for each in OWN_FIELDS if each.route != SYSTEM}
PLACES = ("school_code", "class_number")
COLUMNS = (
    "row", "name", "sex", "birth", "id_index", "id_tail", "says", "registry_index", "registry_shown", "school_id",
    "class_id", "class_text", "given", "unread",
)  # fmt: skip


@dataclass
class Reader:
    """One upload: its table, the schools and classes its codes mean, and what could not be used."""

    bureau: Bureau
    school: School | None
    table: Table
    places: "Places"
    findings: list[Finding] = field(default_factory=list)
    rows: int = 0
    unread_cells: int = 0

    @classmethod
    def of(cls, data: bytes, bureau: Bureau, school: School | None, phase) -> "Reader":
        """Raises WorkbookRefused when the file cannot be read, or does not say who the children are."""
        limits: Limits = SCHOOL if school else BUREAU
        table = read_table(data, today=clock.today(), limits=limits, phase=phase)
        reader = cls(bureau, school, table, Places.of(bureau, school), list(table.findings))
        if "name" not in reader.compared or not {*NUMBERS} & reader.compared:
            raise WorkbookRefused("no_identity", "须有“姓名”，以及“身份证件号”或“学籍号”列，才能与本县学籍逐人比对")
        return reader

    @cached_property
    def compared(self) -> set[str]:
        """Attributes this file speaks of: known to both sides, and filled somewhere."""
        return {*COMPARED, *NUMBERS, *PLACES} & self.table.filled

    def tell_twice(self, twice: list[tuple[int, int]]) -> None:
        """Rows that mean a child another row has named already."""
        sheet, remedy = self.table.scanned.name, "请查明全国系统是否重复建籍"
        for row, first in twice[:TOLD]:
            message = f"与第 {first} 行是同一名学生，没有比对"
            self.findings.append(Finding(ERROR, sheet, row, "", "", "child_twice", "", message, remedy))

    def lines(self) -> Iterator[tuple]:
        """One tuple per child in the order of COLUMNS; a row without name and number is told and left out.

        Asks the database nothing: it is read while the connection is busy with COPY.
        """
        compared = self.compared
        for piece in self.table.pieces(PIECE):
            yield from self._lines_of(piece, compared)

    def _lines_of(self, piece: SheetData, compared: set[str]) -> Iterator[tuple]:
        columns = {name: piece.values(name) for name in compared}
        unread: dict[int, list[str]] = {}
        for position, attribute, verdict in piece.verdicts():
            if verdict.level == ERROR and attribute in compared:
                unread.setdefault(position, []).append(attribute)
                self.unread_cells += 1
                if self.unread_cells <= TOLD:
                    self.findings.append(piece.finding(position, attribute, verdict))
        own = [name for name in compared if name in COMPARED]
        for position, row in enumerate(piece.row_numbers):
            cells = {name: values[position] for name, values in columns.items() if values[position] != CLEAR}
            if not (cells.get("name") or cells.get("id_number") or cells.get("registry_number")):
                message = "读不出姓名和号码，没有比对"
                self.findings.append(Finding(ERROR, piece.name, row, "", "", "nobody", "", message, "请改正后重新导出"))
                continue
            self.rows += 1
            bad = unread.get(position, [])
            given = {name: stored(name, cells.get(name)) for name in own if name not in bad}
            yield (row, *identity_of(cells), *self.places.of_row(cells), as_json(given), bad)


@dataclass(slots=True)
class Places:
    """Which school a code means, and which class of it a text."""

    school: School | None
    schools: dict[str, int]
    classes: dict[int, ClassBook]

    @classmethod
    def of(cls, bureau: Bureau, school: School | None) -> "Places":
        known = dict(School.objects.filter(bureau=bureau).values_list("code", "pk"))
        of_school: dict[int, list[ClassRef]] = {}
        rows = SchoolClass.objects.filter(school__bureau=bureau, closed_on=None)
        for school_id, *ref in rows.values_list("school_id", "pk", "stage", "cohort", "number"):
            of_school.setdefault(school_id, []).append(ClassRef(*ref))
        year = school_year_of(clock.today())
        return cls(school, known, {pk: ClassBook(refs, year) for pk, refs in of_school.items()})

    def of_row(self, cells: dict[str, Any]) -> tuple[int | None, int | None, str]:
        """School, class and the class as written; a text that may mean several classes, or none, says nothing."""
        school = self.school.pk if self.school else self.schools.get(cells.get("school_code") or "")
        text = cells.get("class_number") or ""
        book = self.classes.get(school)
        found = book.find(text, cells.get("entered_month") or "") if text and book else []
        return school, found[0].key if len(found) == 1 else None, text[:60]


def identity_of(cells: dict[str, Any]) -> tuple:
    """name … registry_shown of COLUMNS."""
    number, registry = cells.get("id_number") or "", cells.get("registry_number") or ""
    return (
        cells.get("name") or "",
        cells.get("sex"),
        cells.get("birth_date"),
        vault.index(number, NumberKind.ID) if number else None,
        vault.tail(number) if number else "",
        as_json(said_by(number)),
        vault.index(registry, NumberKind.REGISTRY) if registry else None,
        f"{registry[0]}{'*' * 14}{vault.tail(registry)}" if registry else "",
    )


def said_by(number: str) -> dict[str, Any]:
    """Sex and birth date as a right resident number has them; {} for any other."""
    if not idnumber.is_citizen_shaped(number):
        return {}
    return {"sex": idnumber.sex_of(number), "birth_date": idnumber.birth_of(number)}


def stored(name: str, value: Any) -> Any:
    """A cell as `to_jsonb` of the record shows it."""
    if value is None:
        return blank_of(COMPARED[name])
    return value.isoformat() if isinstance(value, date) else value


def as_json(values: dict[str, Any]) -> str:
    """Decimals as JSON numbers: text would never equal the number in the record. What its column seals is sealed."""
    plain = {name: float(v) if COMPARED.get(name) and COMPARED[name].type == "distance" and v is not None else v
             for name, v in values.items()}  # fmt: skip
    return json.dumps(columns.sealed(plain), ensure_ascii=False, cls=DjangoJSONEncoder)
