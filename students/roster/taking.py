"""From an uploaded roster to its rows: the dry run with every finding, the confirmation, the writing.

The same file again changes nothing; a line that says something else updates the child, whose history keeps before and
after. Nothing is removed: a child the new list leaves out stays.
"""

import json
from dataclasses import dataclass, field

from django.db import connection, transaction

from accounts.policies import Powers
from approvals.bureaus import bureau_behind
from approvals.errors import NotYourHand, Refused
from jianping_xueji import vault
from jianping_xueji.jobs.services import start
from jianping_xueji.vault import files
from law import clock
from schools.catchments import communities_of
from schools.models import Bureau
from students.importing.findings import Finding
from students.importing.listing import ListSheet

from ..models.child import new_slugs
from ..spelling import initials_of, pinyin_of
from .models import RosterChild, RosterFile
from .sheet import TYPED, Line, Neighbours, objections_to, read_roster

AT_ONCE = 1_000
_LOCK = 5_208_817_202
NOT_THE_CLERK = "适龄儿童名册由教育局经办人员导入。"
MOVED = "核对之后名册有了变动，没有入册。已重新核对，请看新的结果后再确认。"


@dataclass
class Plan:
    """What a sheet would do to the roster of a year."""

    fresh: list[Line] = field(default_factory=list)
    changed: list[tuple[Line, RosterChild, dict]] = field(default_factory=list)
    same: int = 0
    findings: list[Finding] = field(default_factory=list)
    hidden: list[Finding] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        bad = len({finding.row for finding in self.findings})
        without = sum(not line.number for line in self.fresh)
        return {
            "fresh": len(self.fresh),
            "changed": len(self.changed),
            "same": self.same,
            "bad": bad,
            "without": without,
        }

    @property
    def digest(self) -> str:
        """Equal for equal plans; keyed, because it speaks of numbers."""
        said = [
            *([line.number, *map(str, line.values.values())] for line in self.fresh),
            *([child.slug, *map(str, new.values())] for _, child, new in self.changed),
        ]
        return vault.index(json.dumps(said, ensure_ascii=False), "roster.plan").hex()


@dataclass
class Known:
    """The roster of a year as it stands, by number and, for children without one, by person."""

    numbered: dict[bytes, RosterChild]
    nameless: dict[tuple, RosterChild]
    persons: dict[tuple, list[RosterChild]]

    @classmethod
    def of(cls, bureau: Bureau, year: int) -> "Known":
        found = cls({}, {}, {})
        for child in RosterChild.objects.filter(bureau=bureau, year=year).defer("number_cipher").order_by("pk"):
            person = (child.name, child.sex, child.birth_date)
            if child.index is None:
                found.nameless[person] = child
            else:
                found.numbered[bytes(child.index)] = child
                found.persons.setdefault(person, []).append(child)
        return found

    def child_of(self, line: Line) -> tuple[RosterChild | None, str]:
        """The child of a line, or why it cannot be told."""
        if line.number:
            return self.numbered.get(vault.index(line.number, "id")) or self.nameless.get(line.person), ""
        alike = self.persons.get(line.person, [])
        if len(alike) > 1:
            return None, f"没有证件号，名册中有{len(alike)}名同名、同性别、同日出生的儿童"
        return (alike[0] if alike else self.nameless.get(line.person)), ""


def plan_of(sheet: ListSheet, bureau: Bureau, year: int) -> Plan:
    """Every line held against the others and the roster; two questions however long the sheet is."""
    plan, known = Plan(findings=list(sheet.findings), hidden=sheet.hidden), Known.of(bureau, year)
    communities = set(communities_of(bureau).values_list("pk", flat=True))
    spoilt, beside = {finding.row for finding in sheet.findings}, Neighbours.of(sheet.lines)
    for line in sheet.lines:
        objections = objections_to(line, beside, communities)
        if line.row in spoilt:  # what could not be read has been said already
            objections = [each for each in objections if getattr(line, each[0])]
        child, unclear = known.child_of(line)
        if unclear:
            objections.append(("name", unclear, "请补上证件号"))
        plan.findings += [sheet.finding(line.row, key, line.shown(key), *said) for key, *said in objections]
        if not objections and line.row not in spoilt:
            _settle(plan, line, child)
    plan.findings.sort(key=lambda finding: (finding.row, finding.column))
    return plan


def _settle(plan: Plan, line: Line, child: RosterChild | None) -> None:
    """New, changed or the same as before."""
    if child is None:
        plan.fresh.append(line)
        return
    new = {name: value for name, value in line.values.items() if getattr(child, name) != value}
    if line.number and child.index is None:
        new["number"] = line.number
    if new:
        plan.changed.append((line, child, new))
    else:
        plan.same += 1


def clerks_bureau(user) -> Bureau:
    """The bureau for which this person makes. Raises NotYourHand."""
    return bureau_behind(Powers.of(user), "bureau_make", refusal=NOT_THE_CLERK)


@transaction.atomic
def take_in(data: bytes, name: str, year: int, *, by) -> RosterFile:
    """Keep an upload and what it would do; nothing is on the roster yet. Raises WorkbookRefused, NotYourHand."""
    bureau = clerks_bureau(by)
    plan = plan_of(read_roster(data), bureau, year)
    file = RosterFile(bureau=bureau, year=year, uploaded_by=by, uploaded_on=clock.today())
    file.hold(data, name)
    return keep_preview(file, plan)


def keep_preview(file: RosterFile, plan: Plan) -> RosterFile:
    """Note what the file would do."""
    file.counts, file.digest = plan.counts, plan.digest
    file.note([*plan.findings, *plan.hidden])
    file.save()
    return file


@transaction.atomic
def confirm(file: RosterFile, *, by) -> RosterFile:
    """Write what the dry run showed: at once, or by a job when the file is long. Raises Refused, NotYourHand."""
    file = locked(file, by)
    if file.counts["fresh"] + file.counts["changed"] <= AT_ONCE:
        return write(file, by=by)
    arguments = {"file": file.pk, "url": file.get_absolute_url()}
    file.job_id = start("roster.write", arguments, by=by).pk
    file.save(update_fields=["job_id"])
    return file


def locked(file: RosterFile, by) -> RosterFile:
    """The file under lock, waiting, in the hands of its bureau's clerk."""
    if clerks_bureau(by).pk != file.bureau_id:
        raise NotYourHand("名册由收到它的教育局经办人员确认。")
    file = RosterFile.objects.select_for_update().get(pk=file.pk)
    if file.state != RosterFile.State.WAITING:
        raise Refused(f"“{file.name}”现为“{file.get_state_display()}”，不能再办理。")
    return file


class Moved(Refused):
    """The roster is no longer as the dry run saw it; `plan` is what the file would do now."""

    def __init__(self, plan: Plan):
        super().__init__(MOVED)
        self.plan = plan


@transaction.atomic
def write(file: RosterFile, *, by) -> RosterFile:
    """Put the good lines on the roster. Raises Moved, Refused, NotYourHand."""
    file = locked(file, by)
    with connection.cursor() as cursor:  # children without a number have no key of their own to wait for
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    plan = plan_of(read_roster(file.content()), file.bureau, file.year)
    if plan.digest != file.digest:
        raise Moved(plan)
    add(plan.fresh, file)
    update(plan.changed)
    file.state = RosterFile.State.TAKEN
    file.save(update_fields=["state"])
    return file


def add(lines: list[Line], file: RosterFile) -> None:
    slugs = new_slugs(len(lines))
    rows = []
    for line, slug in zip(lines, slugs, strict=True):
        child = RosterChild(bureau_id=file.bureau_id, year=file.year, slug=slug, wrapped_key=vault.new_child_key())
        _put(child, line.values | ({"number": line.number} if line.number else {}))
        rows.append(child)
    RosterChild.objects.bulk_create(rows, batch_size=1000)


def update(changed: list[tuple[Line, RosterChild, dict]]) -> None:
    for _, child, new in changed:
        _put(child, new)
    names = [*TYPED, "name_pinyin", "name_initials"]
    columns = [name.removesuffix("_id") for name in names]
    RosterChild.objects.bulk_update([child for _, child, _ in changed], columns, batch_size=500)
    numbered = [child for _, child, new in changed if "number" in new]
    RosterChild.objects.bulk_update(numbered, ["number_cipher", "index", "tail"], batch_size=500)


def _put(child: RosterChild, values: dict) -> None:
    for name, value in values.items():
        if name == "number":
            child.hold(value)
        else:
            setattr(child, name, value)
    if "name" in values:
        child.name_pinyin, child.name_initials = pinyin_of(child.name), initials_of(child.name)


@transaction.atomic
def give_up(file: RosterFile, *, by) -> RosterFile:
    """The upload is erased before it did anything; the line in the list stays. Raises Refused, NotYourHand."""
    file = locked(file, by)
    file.state, file.sealed_report = RosterFile.State.DISCARDED, b""
    file.save(update_fields=["state", "sealed_report"])
    transaction.on_commit(lambda: files.discard(file.stored_name))
    return file
