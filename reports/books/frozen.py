"""From a reading to bytes that stay: canonical content, its keyed digest, sealed rows; and back again."""

import json
from collections.abc import Iterable

from approvals.signing import canonical_bytes
from jianping_xueji.vault import open_bytes, seal_bytes

from ..services import keyed_digest
from .models import BookPart, BookRow
from .reading import Line, Reading, Scope

ADD, STRIKE, AMEND = "add", "strike", "amend"
WORDS = {"": "", ADD: "补记", STRIKE: "注销", AMEND: "更正"}


def content_of(scope: Scope, kind: str, reading: Reading, acts: dict[str, str] | None = None) -> dict:
    """Everything a closed book says, as plain values: what its digest is made of."""
    acts = acts or {}
    return {
        "school": scope.school.name,
        "code": scope.school.code,
        "kind": kind,
        "year": scope.year,
        "term": scope.period.term,
        "first": f"{scope.first:%Y-%m-%d}",
        "until": f"{scope.until:%Y-%m-%d}",
        "figures": reading.figures,
        "ends": reading.ends,
        "heads": reading.heads,
        "lines": [
            {"key": line.key, "act": acts.get(line.key, ""), "section": line.section, "cells": line.cells}
            for line in reading.lines
        ],
    }


def digest_of(content: dict) -> str:
    return keyed_digest(content)


def seal_rows(part: BookPart, lines: Iterable[Line], acts: dict[str, str]) -> None:
    """The lines of a part in one go, each sealed for its own place."""
    key = bytes(part.wrapped_key)
    BookRow.objects.bulk_create(
        [
            BookRow(
                part=part,
                position=position,
                key=line.key,
                act=acts.get(line.key, ""),
                child_id=line.child,
                section=line.section,
                cells=seal_bytes(key, canonical_bytes(line.cells), place(position)),
            )
            for position, line in enumerate(lines, 1)
        ],
        batch_size=1000,
    )


def place(position: int) -> str:
    return f"book.row/{position}"


def line_of(part: BookPart, row: BookRow) -> Line:
    """A kept line as it was written. VaultError when it was altered."""
    cells = json.loads(open_bytes(bytes(part.wrapped_key), bytes(row.cells), place(row.position)))
    return Line(row.key, row.child_id, cells, row.section)


def reading_of(part: BookPart) -> tuple[Reading, dict[str, str]]:
    """What a part says, and which of its lines add, strike or amend."""
    rows = list(part.rows.order_by("position"))
    reading = Reading([line_of(part, row) for row in rows], part.figures, {}, part.ends, [], part.heads)
    return reading, {row.key: row.act for row in rows if row.act}


def scope_of(part: BookPart) -> Scope:
    return Scope(part.book.school, part.book.period, part.first, part.until)


def is_whole(part: BookPart) -> bool:
    """Whether the kept lines still are what the digest says."""
    reading, acts = reading_of(part)
    content = content_of(scope_of(part), part.kind, reading, acts) | {"school": part.school_name}
    return digest_of(content) == part.digest


def standing_lines(parts: Iterable[BookPart]) -> dict[str, Line]:
    """The lines of a book with its correction pages read in, by key."""
    found: dict[str, Line] = {}
    for part in parts:
        reading, acts = reading_of(part)
        for line in reading.lines:
            if acts.get(line.key) == STRIKE:
                found.pop(line.key, None)
            else:
                found[line.key] = line
    return found


def differences(kept: dict[str, Line], now: Reading, watched: tuple[str, ...]) -> tuple[list[Line], dict[str, str]]:
    """The lines of a correction page: what is wanting, what should not stand, what reads otherwise now."""
    lines, acts = [], {}
    present = {line.key: line for line in now.lines}
    for key, line in present.items():
        former = kept.get(key)
        if former is None:
            lines.append(told(line, ADD, ""))
        elif was := changed(former, line, watched):
            lines.append(told(line, AMEND, was))
        else:
            continue
        acts[key] = ADD if former is None else AMEND
    for key in [key for key in kept if key not in present]:
        lines.append(told(kept[key], STRIKE, ""))
        acts[key] = STRIKE
    return lines, acts


def changed(former: Line, line: Line, watched: tuple[str, ...]) -> str:
    """What stood there before, of the watched values that differ."""
    pairs = [(former.cells.get(name, ""), line.cells.get(name, "")) for name in watched]
    return "、".join(str(was) for was, now in pairs if was != now and was) if any(a != b for a, b in pairs) else ""


def told(line: Line, act: str, was: str) -> Line:
    """The line with its act in the remark, as the page prints it."""
    words = f"{WORDS[act]}{f'（原：{was}）' if was else ''}"
    remark = "；".join(filter(None, (words, line.cells.get("remark", ""))))
    return Line(line.key, line.child, line.cells | {"remark": remark}, line.section)
