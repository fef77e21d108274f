"""The plan of an import: what each row will do to the records, before anything is done."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from schools.models import School
from students.dictionary.fields import by_attribute
from students.importing import differences, matching, writing
from students.importing.cells import CLEAR, Verdict
from students.importing.collector import collector_paused
from students.importing.differences import Change, Remark
from students.importing.findings import ERROR, WARNING, Finding, shown
from students.importing.partial import Classmates
from students.importing.records import Fingerprint, KnownChild, look_up
from students.importing.workbook import ParsedBook, ParsedRow
from students.intake.of_rows import Newcomers

# Hears how far the work is: phase, rows done, rows in all. What it raises (the user gave up) ends the work.
Tell = Callable[[str, int, int], None]


def nobody_listens(phase: str, done: int, total: int) -> None:
    """For whoever waits without a bar."""


# An empty cell of a child on record means "no change", so these are no errors there.
_ONLY_FOR_NEW = frozenset({"required", "id_empty", "guardian_id_required"})


@dataclass(slots=True)
class Update:
    """A child on record and the fields in which the row differs."""

    row: ParsedRow
    child: KnownChild
    changes: list[Change]


@dataclass(slots=True)
class Wish:
    """A child on record and the key fields a row gives otherwise: attribute → new value."""

    row: ParsedRow
    child: KnownChild
    wanted: dict[str, Any]

    def as_dict(self) -> dict:
        """For the sealed preview."""
        labels = [by_attribute(attribute).label for attribute in self.wanted]
        name, slug = self.child.values["name"], self.child.values["slug"]
        return {"row": self.row.row_no, "name": name, "slug": slug, "labels": labels, "wanted": self.wanted}


@dataclass(slots=True)
class Plan:
    """New children, changes of children on record, and everything said about the workbook."""

    school: School
    sheet: str
    creates: list[ParsedRow] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    unchanged: int = 0
    bad_rows: int = 0
    rows: int = 0
    fixed: int = 0
    stopped: bool = False
    findings: list[Finding] = field(default_factory=list)
    # Children of other schools whose number a row gives to another name: (child, name).
    claims: list[tuple[int, str]] = field(default_factory=list)
    # Rows that say otherwise than the record in fields only a case may change (第十二条).
    corrections: list[Wish] = field(default_factory=list)
    # By row: what its child was looked for by; a new one is written down with the same indexes.
    marks: dict[int, Fingerprint] = field(default_factory=dict)
    tell: Tell = nobody_listens

    @property
    def errors(self) -> list[Finding]:
        return [each for each in self.findings if each.level == ERROR]

    @property
    def warnings(self) -> list[Finding]:
        return [each for each in self.findings if each.level == WARNING]

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome, and how much was said."""
        return {
            "rows": self.rows,
            "create": len(self.creates),
            "update": len(self.updates),
            "unchanged": self.unchanged,
            "error": self.bad_rows,
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "fixed": self.fixed,
        }

    @property
    def changes_nothing(self) -> bool:
        """True when the records say all this already."""
        return not (self.creates or self.updates)

    @property
    def digest(self) -> str:
        """Equal for plans that would do the same with the same file: what was confirmed is what is written."""
        decided = [
            [row.row_no for row in self.creates],
            [
                [each.row.row_no, each.child.pk, [(c.field.attribute, c.new) for c in each.changes]]
                for each in self.updates
            ],
            [[each.row, each.code] for each in self.findings],
        ]
        return hashlib.sha256(json.dumps(decided, cls=DjangoJSONEncoder).encode()).hexdigest()

    def differences(self) -> list[dict]:
        """Per child on record: row, name, and old and new of every field (numbers masked), for the preview."""
        return [
            {
                "row": each.row.row_no,
                "name": each.child.values["name"],
                "slug": each.child.values["slug"],
                "changes": [change.as_dict() for change in each.changes],
            }
            for each in self.updates
        ]

    def write(self, case) -> dict:
        """Carry the plan out within the case's transaction; the figures go into the signed step."""
        return writing.write(self, case)


class Planner:
    """Goes through the rows of one parsed workbook."""

    def __init__(self, parsed: ParsedBook, school: School, tell: Tell = nobody_listens):
        self.parsed = parsed
        self.records = look_up(parsed.rows)
        self.columns = {each["attribute"]: each["column"] for each in parsed.mapping}
        self.errors_of: dict[int, list[Finding]] = defaultdict(list)
        for each in parsed.of_level(ERROR):
            self.errors_of[each.row].append(each)
        self.excused = {row.row_no for row in parsed.rows} if parsed.partial else set()
        self.said: list[Finding] = []
        self.rows_of_child: dict[int, int] = {}
        self.plan = Plan(school, parsed.sheet, rows=len(parsed.rows), fixed=sum(parsed.fixes.values()), tell=tell)

    def run(self) -> Plan:
        """Judge every row; rows with errors are counted and left out."""
        marked = list(zip(self.parsed.rows, self.records.prints, strict=True))
        for row, mark in writing.counted("比对", marked, self.plan.tell):
            if not self.judge(row, self.whom(row, mark)):
                self.plan.bad_rows += 1
            self.plan.marks[row.row_no] = mark
        self.plan.findings = self.all_findings()
        return self.plan

    def whom(self, row: ParsedRow, mark: Fingerprint) -> matching.Match:
        """The child a row means; a list of children on record may also know it by class and name."""
        match = matching.match(mark, self.records, self.plan.school)
        return self.classmates.match(row) if self.parsed.partial and not match.child and not match.refused else match

    @cached_property
    def classmates(self) -> Classmates:
        return Classmates.of(self.plan.school, self.parsed.rows, self.records)

    def judge(self, row: ParsedRow, match: matching.Match) -> bool:
        """Put one row where it belongs; False when it cannot be imported."""
        child = match.child
        if match.verdict:
            self.say(row, "id_number", match.verdict)
        if match.refused:
            self.claim(row, match.child)
            return False
        if child and not self.seen_once(row, child):
            return False
        if child:
            self.excused.add(row.row_no)
        faults = differences.incomplete(row.values, child)
        self.say_all(row, faults)
        if faults or self.broken(row, child):
            return False
        return self.compare(row, child) if child else self.welcome(row)

    def claim(self, row: ParsedRow, holder: KnownChild | None) -> None:
        """A number that another school's child holds under another name is a 问题学籍, not a transfer."""
        name = row.values.get("name")
        if holder and name and holder.school_id != self.plan.school.pk and holder.values["name"] != name:
            self.plan.claims.append((holder.pk, name))

    def welcome(self, row: ParsedRow) -> bool:
        """A new child, unless the rules of intake say that it is too young (第四条)."""
        remarks = self.newcomers.remarks_on(row.values)
        self.say_all(row, remarks)
        if any(verdict.level == ERROR for _, verdict in remarks):
            return False
        self.plan.creates.append(row)
        return True

    @cached_property
    def newcomers(self) -> Newcomers:
        return Newcomers(self.plan.school)

    def compare(self, row: ParsedRow, child: KnownChild) -> bool:
        changes, remarks = differences.compare(row.values, child)
        if changes and child.batch and child.status == "pending" and not matching.still_with_registrar(child.batch):
            message = f"该生在注册批次{child.batch.number}中，现为“{child.batch.state_name}”，不能再改"
            remedy = "请等该批办结，或请审核人退回学校后再导入"
            self.say(row, changes[0].field.attribute, Verdict(ERROR, "batch_signed", message, remedy))
            return False
        self.say_all(row, remarks)
        if wanted := differences.key_changes(row.values, remarks):
            self.plan.corrections.append(Wish(row, child, wanted))
        if changes:
            self.plan.updates.append(Update(row, child, changes))
        else:
            self.plan.unchanged += 1
        return True

    def seen_once(self, row: ParsedRow, child: KnownChild) -> bool:
        """Two rows may not mean the same child."""
        first = self.rows_of_child.setdefault(child.pk, row.row_no)
        if first == row.row_no:
            return True
        message = f"与第 {first} 行是同一名学生"
        self.say(row, "id_number", Verdict(ERROR, "child_twice", message, "请删去重复的行"))
        return False

    def broken(self, row: ParsedRow, child: KnownChild | None) -> bool:
        """True when the reading found an error that counts for this row."""
        errors = self.errors_of.get(row.row_no, ())
        return any(not (child and each.code in _ONLY_FOR_NEW) for each in errors)

    def say_all(self, row: ParsedRow, remarks: Iterable[Remark]) -> None:
        for attribute, verdict in remarks:
            self.say(row, attribute, verdict)

    def say(self, row: ParsedRow, attribute: str, verdict: Verdict) -> None:
        label, column = by_attribute(attribute).label, self.columns.get(attribute, "")
        self.said.append(
            Finding(
                verdict.level,
                self.plan.sheet,
                row.row_no,
                column,
                label,
                verdict.code,
                typed_in(row, attribute),
                verdict.message,
                verdict.remedy,
            )  # fmt: skip
        )

    def all_findings(self) -> list[Finding]:
        """What the reading said, without what is excused for children on record, and what the records add, by row."""
        kept = [
            each
            for each in self.parsed.findings
            if not (each.level == ERROR and each.code in _ONLY_FOR_NEW and each.row in self.excused)
        ]
        return sorted([*kept, *self.said], key=lambda each: each.row)


def typed_in(row: ParsedRow, attribute: str) -> str:
    """A cell as a message shows it: as typed where that was kept, else what it was read as; numbers masked."""
    field, value = by_attribute(attribute), row.values.get(attribute)
    if attribute in row.raw or attribute == "class_number":  # of a class only its key is left
        return row.raw.get(attribute, "")
    return "" if value == CLEAR else shown(differences.shown(field, value), False)


@collector_paused()
def make_plan(parsed: ParsedBook, school: School, tell: Tell = nobody_listens) -> Plan:
    """Compare a parsed workbook with the records of the county. Reads only."""
    if parsed.stopped:
        return Plan(school, parsed.sheet, stopped=True, findings=list(parsed.findings))
    return Planner(parsed, school, tell).run()
