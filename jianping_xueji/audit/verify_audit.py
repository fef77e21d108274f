#!/usr/bin/env python3
"""核验审计链，离线，只用 Python 标准库：

    python3 verify_audit.py 审计导出.jsonl [锚文件.json …]

The export (bin/manage audit_export) holds every event and every seal, one JSON array a line; an anchor says what the
head of the chain was on its day. Anchors must come from where the database cannot reach: the file copied elsewhere, or
typed from the sheet of paper that carries the bureau's seal. Exit code 0: all as it was; 1: something was altered;
2: the file cannot be read.
"""

import gzip
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

START = "0" * 64
MARK = 8
# An event younger than this may still wait for its seal.
PATIENCE = 900.0
MOST_NAMED = 20


@dataclass
class Seal:
    height: int
    previous: str
    at: str
    members: str
    number: int
    hash: str
    marks: bytes
    digest: object = field(default_factory=hashlib.sha256)
    seen: int = 0
    altered: list = field(default_factory=list)

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """[(first, one after the last), …] of a PostgreSQL multirange such as {[1,5),[7,8)}."""
        inside = self.members.strip("{}")
        return [
            tuple(map(int, part.strip("[)").split(","))) for part in inside.replace("),[", ");[").split(";") if part
        ]

    def take(self, number: int, line: bytes) -> None:
        digest = hashlib.sha256(line).digest()
        mark = self.marks[self.seen * MARK : self.seen * MARK + MARK]
        if digest[:MARK] != mark and len(self.altered) < MOST_NAMED:
            self.altered.append(number)
        self.digest.update(digest)
        self.seen += 1

    def computed(self) -> str:
        parts = (self.height, self.previous, self.at, self.members, self.number, self.digest.hexdigest())
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


@dataclass
class Report:
    """What was found; `faults` empty means that nothing was altered."""

    faults: list[str] = field(default_factory=list)
    events: int = 0
    seals: int = 0
    waiting: int = 0
    head: str = START
    anchors: int = 0


def verify(seal_lines: Iterable[str], event_lines: Iterable[str], anchors: Iterable[dict] = ()) -> Report:
    """Compare events, seals and anchors. Lines are those of the export, without their first word."""
    report = Report()
    seals = [_seal(line) for line in seal_lines]
    _events(seals, event_lines, report)
    _chain(seals, report)
    for anchor in anchors:
        _anchor(anchor, seals, report)
    return report


def _seal(line: str) -> Seal:
    height, previous, at, members, number, digest, marks = json.loads(line)
    return Seal(height, previous, at, members, number, digest, bytes.fromhex(marks))


def _events(seals: list[Seal], lines: Iterable[str], report: Report) -> None:
    """One walk over the events in the order of their numbers, beside the ranges that name them."""
    spans = sorted(((first, end, seal) for seal in seals for first, end in seal.ranges), key=lambda span: span[:2])
    settled, newest = _settled(seals), 0.0
    missing, place, before = Missing(report), 0, 0
    for line in lines:
        number = int(line[1 : line.index(",")])
        report.events += 1
        if number <= before:
            report.faults.append(f"事件{number}重复或次序颠倒")
        while place < len(spans) and spans[place][1] <= number:
            missing.until(spans[place], before + 1, spans[place][1])
            place += 1
        if place < len(spans) and spans[place][0] <= number:
            missing.until(spans[place], before + 1, number)
            seal = spans[place][2]
            seal.take(number, line.encode())
            floor = settled[seal.height - 1]
        else:
            report.waiting += 1
            floor = settled[-1]
        # Number and time are drawn together: neither can lie far before what was drawn or settled earlier.
        if number < floor or _time(line) < newest - PATIENCE:
            report.faults.append(f"事件{number}的时间早于已封的事件，却晚于它们封存：事后插入")
        before, newest = number, max(newest, _time(line))
    for span in spans[place:]:
        missing.until(span, before + 1, span[1])
    missing.tell()


def _time(line: str) -> float:
    """The second value of an event: when it was written, in seconds."""
    return float(line.split(", ", 2)[1].strip('"'))


class Missing:
    """Numbers that a seal names and that are no longer there."""

    def __init__(self, report: Report):
        self.report, self.numbers, self.total = report, [], 0

    def until(self, span: tuple, first: int, end: int) -> None:
        """Every number of this range from `first` to before `end` is missing."""
        first = max(first, span[0])
        if end > first:
            self.total += end - first
            self.numbers.extend(range(first, min(end, first + MOST_NAMED)))

    def tell(self) -> None:
        if self.total:
            named = "、".join(map(str, self.numbers[:MOST_NAMED]))
            self.report.faults.append(
                f"已封存的事件缺少{self.total}条：{named}{'…' if self.total > MOST_NAMED else ''}"
            )


def _settled(seals: list[Seal]) -> list[int]:
    """By seal the number below which none of its events may lie: the top of what was sealed well before it.

    A backlog that is sealed at once in many seals settles nothing among them. The last entry is for unsealed events:
    what was sealed well before the last seal.
    """
    tops, place, top = [], 0, 0
    for seal in seals:
        while float(seals[place].at) < float(seal.at) - PATIENCE:
            top = max([top, *(end for _, end in seals[place].ranges)])
            place += 1
        tops.append(top)
    return [*tops, top]


def _chain(seals: list[Seal], report: Report) -> None:
    previous = START
    for place, seal in enumerate(seals, start=1):
        if seal.height != place:
            report.faults.append(f"缺少第{place}封（下一封是第{seal.height}封）")
            break
        if seal.previous != previous:
            report.faults.append(f"第{place}封与上一封不相连")
        if seal.altered:
            report.faults.append(f"第{place}封内的事件被改动：{'、'.join(map(str, seal.altered))}")
        if seal.computed() != seal.hash:
            report.faults.append(f"第{place}封的哈希与内容不符")
        previous = seal.hash
    report.seals, report.head = len(seals), previous


def _anchor(anchor: dict, seals: list[Seal], report: Report) -> None:
    report.anchors += 1
    height, on = anchor["height"], anchor["on"]
    if height > len(seals):
        report.faults.append(f"{on}的锚到第{height}封，现在只有{len(seals)}封：尾部被删除")
        return
    if height and seals[height - 1].hash != anchor["hash"]:
        report.faults.append(f"第{height}封与{on}的锚不符：整条链被重写")
    if sum(seal.number for seal in seals[:height]) != anchor["events"]:
        report.faults.append(f"到第{height}封的事件数与{on}的锚不符")


# --- files -----------------------------------------------------------------------------------------------------------


def lines_of(path: str, word: str) -> Iterator[str]:
    """The lines of an export that begin with `word` (E event, S seal), without it."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            if line.startswith(word):
                yield line[2:].rstrip("\n")


def told(report: Report) -> str:
    """The report in words."""
    head = (
        f"事件{report.events}条，封存{report.seals}封，待封{report.waiting}条，锚{report.anchors}份，链头 {report.head}"
    )
    if not report.anchors:
        head += "\n注意：没有提供锚文件，尾部删除和整链重写无法发现。"
    if report.faults:
        return "\n".join([head, *(f"✗ {fault}" for fault in report.faults), "结论：被改动过。"])
    return f"{head}\n结论：完好。"


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    export, *files = arguments
    try:
        anchors = [json.loads(Path(path).read_text("utf-8")) for path in files]
        report = verify(lines_of(export, "S "), lines_of(export, "E "), anchors)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        print(f"文件无法读取：{fault}", file=sys.stderr)
        return 2
    print(told(report))
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
