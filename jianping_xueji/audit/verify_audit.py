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
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count, islice
from pathlib import Path

START = "0" * 64
MARK = 8
# An event younger than this may still wait for its seal.
PATIENCE = 900.0
MOST_NAMED = 20
# Beyond every number of an event.
NEVER = 2**63 - 1


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
    # The number below which none of its events may lie: see `Settled`.
    floor: int = 0
    # Ranges the walk has not passed yet.
    ahead: int = 0

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

    def faults(self) -> Iterator[str]:
        """What is wrong with it, when all its events have been taken."""
        if self.altered:
            yield f"第{self.height}封内的事件被改动：{'、'.join(map(str, self.altered))}"
        parts = (self.height, self.previous, self.at, self.members, self.number, self.digest.hexdigest())
        if hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest() != self.hash:
            yield f"第{self.height}封的哈希与内容不符"


@dataclass
class Report:
    """What was found; `faults` empty means that nothing was altered."""

    faults: list[str] = field(default_factory=list)
    events: int = 0
    seals: int = 0
    waiting: int = 0
    head: str = START
    anchors: int = 0


def verify(seals: Callable[[], Iterable[str]], events: Iterable[str], anchors: Iterable[dict] = ()) -> Report:
    """Compare events, seals and anchors. Lines are those of the export, without their first word.

    `seals` gives the lines anew each time it is called, and is called twice: once for the chain by itself, then beside
    the events. However many events there are, only the seals that the walk is in the midst of are held.
    """
    report = Report()
    chain = Chain(report, list(anchors))
    for line in seals():
        chain.add(_seal(line))
    lowest = chain.end()
    beside = Beside(map(_seal, islice(seals(), len(lowest))), lowest, report)
    _events(beside, events, chain.settled.top, report)
    report.faults += chain.faults
    return report


def _seal(line: str) -> Seal:
    height, previous, at, members, number, digest, marks = json.loads(line)
    return Seal(height, previous, at, members, number, digest, bytes.fromhex(marks))


class Settled:
    """The number below which no event of a seal may lie: the top of what was sealed well before that seal.

    A backlog that is sealed at once in many seals settles nothing among them.
    """

    def __init__(self):
        self.top, self._recent = 0, deque()

    def by(self, seal: Seal) -> int:
        """For the next seal of the chain."""
        now = float(seal.at)
        self._recent.append((now, max((end for _, end in seal.ranges), default=0)))
        while self._recent[0][0] < now - PATIENCE:
            self.top = max(self.top, self._recent.popleft()[1])
        return self.top


class Chain:
    """The seals by themselves, in their order: does each follow the one before, do the anchors know them?"""

    def __init__(self, report: Report, anchors: list[dict]):
        self.report, self.anchors, self.faults, self.settled = report, anchors, [], Settled()
        self._first, self._events, self._broken = array("q"), 0, False
        report.anchors = len(anchors)

    def add(self, seal: Seal) -> None:
        self.report.seals += 1
        self._events += seal.number
        self._first.append(min((first for first, _ in seal.ranges), default=NEVER))
        self.settled.by(seal)
        if not self._broken:
            self._follows(seal, self.report.seals)
        for anchor in self.anchors:
            if anchor["height"] == self.report.seals:
                self.faults += self._held(seal, anchor)

    def _follows(self, seal: Seal, place: int) -> None:
        if seal.height != place:
            self.faults.append(f"缺少第{place}封（下一封是第{seal.height}封）")
            self._broken = True
            return
        if seal.previous != self.report.head:
            self.faults.append(f"第{place}封与上一封不相连")
        self.report.head = seal.hash

    def _held(self, seal: Seal, anchor: dict) -> Iterator[str]:
        height, on = anchor["height"], anchor["on"]
        if seal.hash != anchor["hash"]:
            yield f"第{height}封与{on}的锚不符：整条链被重写"
        if self._events != anchor["events"]:
            yield f"到第{height}封的事件数与{on}的锚不符"

    def end(self) -> array:
        """For each seal the lowest number it or any later one names: until then the walk need not read it."""
        many = self.report.seals
        for each in self.anchors:
            if each["height"] > many:
                self.faults.append(f"{each['on']}的锚到第{each['height']}封，现在只有{many}封：尾部被删除")
            if not each["height"] and each["events"]:
                self.faults.append(f"到第0封的事件数与{each['on']}的锚不符")
        for place in range(many - 2, -1, -1):
            self._first[place] = min(self._first[place], self._first[place + 1])
        return self._first


class Beside:
    """The seals beside the walk over the events: read when it comes near, judged and let go when it has passed."""

    def __init__(self, seals: Iterator[Seal], lowest: array, report: Report):
        self._seals, self._lowest, self._place = seals, lowest, 0
        self._settled, self._spans, self.report = Settled(), [], report
        self.missing, self._wrong, self._turn = Missing(), [], count()

    def holding(self, number: int, before: int) -> Seal | None:
        """The seal that names this number. What seals name between the event before and this one is missing."""
        self._read(number)
        while self._spans and self._spans[0][1] <= number:
            self._pass(before)
        if not self._spans or self._spans[0][0] > number:
            return None
        first, *_, seal = self._spans[0]
        self.missing.between(max(first, before + 1), number)
        return seal

    def end(self, before: int) -> None:
        """The events are at their end."""
        self._read(NEVER)
        while self._spans:
            self._pass(before)
        self.report.faults += [*self.missing.told(), *(fault for _, fault in sorted(self._wrong))]

    def _read(self, number: int) -> None:
        while self._place < len(self._lowest) and self._lowest[self._place] <= number:
            seal, self._place = next(self._seals), self._place + 1
            seal.floor, seal.ahead = self._settled.by(seal), len(seal.ranges)
            for first, end in seal.ranges:
                heappush(self._spans, (first, end, next(self._turn), seal))
            if not seal.ahead:
                self._judge(seal)

    def _pass(self, before: int) -> None:
        first, end, _, seal = heappop(self._spans)
        self.missing.between(max(first, before + 1), end)
        seal.ahead -= 1
        if not seal.ahead:
            self._judge(seal)

    def _judge(self, seal: Seal) -> None:
        self._wrong += [(seal.height, fault) for fault in seal.faults()]


def _events(beside: Beside, lines: Iterable[str], settled: int, report: Report) -> None:
    """One walk over the events in the order of their numbers. `settled`: below it no event may wait for a seal."""
    newest, before = 0.0, 0
    for line in lines:
        number, at = int(line[1 : line.index(",")]), _time(line)
        report.events += 1
        if number <= before:
            report.faults.append(f"事件{number}重复或次序颠倒")
        seal = beside.holding(number, before)
        if seal:
            seal.take(number, line.encode())
        else:
            report.waiting += 1
        # Number and time are drawn together: neither can lie far before what was drawn or settled earlier.
        if number < (seal.floor if seal else settled) or at < newest - PATIENCE:
            report.faults.append(f"事件{number}的时间早于已封的事件，却晚于它们封存：事后插入")
        before, newest = number, max(newest, at)
    beside.end(before)


def _time(line: str) -> float:
    """The second value of an event: when it was written, in seconds."""
    return float(line.split(", ", 2)[1].strip('"'))


class Missing:
    """Numbers that a seal names and that are no longer there."""

    def __init__(self):
        self.numbers, self.total = [], 0

    def between(self, first: int, end: int) -> None:
        """Every number from `first` to before `end` is missing."""
        if end > first:
            self.total += end - first
            self.numbers.extend(range(first, min(end, first + MOST_NAMED - len(self.numbers))))

    def told(self) -> list[str]:
        if not self.total:
            return []
        named = "、".join(map(str, self.numbers[:MOST_NAMED]))
        return [f"已封存的事件缺少{self.total}条：{named}{'…' if self.total > MOST_NAMED else ''}"]


# --- files -----------------------------------------------------------------------------------------------------------


def lines_of(path: str, word: str) -> Iterator[str]:
    """The lines of an export that begin with `word` (E event, S seal), without it; seals come before events."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            if line.startswith(word):
                yield line[2:].rstrip("\n")
            elif word == "S ":
                return


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
        report = verify(lambda: lines_of(export, "S "), lines_of(export, "E "), anchors)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        print(f"文件无法读取：{fault}", file=sys.stderr)
        return 2
    print(told(report))
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
