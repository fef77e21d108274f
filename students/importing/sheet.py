"""The sheet on its way through the rules: columns of values, and everything said about them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from students import idnumber
from students.importing.cells import Verdict
from students.importing.findings import ERROR, FIXED, Finding, shown
from students.importing.headers import Column

# So many cells of one column and one kind are listed as put right; the rest is only counted.
_LISTED_FIXES = 100


@dataclass(slots=True)
class ColumnData:
    """One column: cells as typed, values as stored, what the normaliser said by position."""

    column: Column
    cells: list[object]
    values: list[Any]
    verdicts: dict[int, Verdict]


@dataclass(slots=True)
class SheetData:
    """The data rows of one sheet by column. A position counts data rows from 0."""

    name: str
    row_numbers: list[int]
    columns: dict[str, ColumnData]
    said: list[tuple[int, str, Verdict]] = field(default_factory=list)
    _cards: list[str | None] | None = None

    def cards(self) -> list[str | None]:
        """The children's numbers that are well-formed, of 18 characters; several rules read them."""
        if self._cards is None:
            shaped = idnumber.is_citizen_shaped
            self._cards = [n if n and shaped(n) else None for n in self.values("id_number")]
        return self._cards

    @property
    def positions(self) -> range:
        """All positions."""
        return range(len(self.row_numbers))

    def values(self, attribute: str) -> list[Any]:
        """The values of a column; all None when the sheet has no such column."""
        data = self.columns.get(attribute)
        return data.values if data else [None] * len(self.row_numbers)

    def is_blank(self, attribute: str, position: int) -> bool:
        """True when the cell was left empty (an unreadable one is not empty)."""
        data = self.columns.get(attribute)
        return data is None or (data.values[position] is None and position not in data.verdicts)

    def say(self, position: int, attribute: str, level: str, code: str, message: str, remedy: str = "") -> None:
        """Record a finding of a rule about one cell."""
        self.said.append((position, attribute, Verdict(level, code, message, remedy)))

    def verdicts(self) -> Iterator[tuple[int, str, Verdict]]:
        """Everything said, by normalisers and rules: (position, attribute, verdict)."""
        for attribute, data in self.columns.items():
            for position, verdict in data.verdicts.items():
                yield position, attribute, verdict
        yield from self.said

    def findings(self) -> tuple[list[Finding], Counter, set[int]]:
        """Findings in reading order, number of repaired cells by (label, code), positions of rows with errors."""
        order = {attribute: place for place, attribute in enumerate(self.columns)}
        fixes, bad, found = Counter(), set(), []
        for position, attribute, verdict in self.verdicts():
            if verdict.level == FIXED:
                key = (self.columns[attribute].column.field.label, verdict.code)
                fixes[key] += 1
                if fixes[key] > _LISTED_FIXES:
                    continue
            elif verdict.level == ERROR:
                bad.add(position)
            place = (position, order.get(attribute, -1))
            found.append((place, self.finding(position, attribute, verdict)))
        found.sort(key=lambda each: each[0])
        return [finding for _, finding in found], fixes, bad

    def finding(self, position: int, attribute: str, verdict: Verdict) -> Finding:
        """A verdict with its place and the cell as typed, ID numbers masked."""
        data = self.columns.get(attribute)
        letter = data.column.letter if data else ""
        label = data.column.field.label if data else ""
        raw = shown(data.cells[position], data.column.field.confidential) if data else ""
        return Finding(
            verdict.level, self.name, self.row_numbers[position], letter, label,
            verdict.code, raw, verdict.message, verdict.remedy,
        )  # fmt: skip
