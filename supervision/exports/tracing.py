"""Whose copy is this? A leaked list names its export by code, and without one by the order of its children."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from students.importing.container import MEGABYTE, Limits
from students.importing.prescan import scan
from students.importing.reader import read_sheets
from students.models import Student

from ..models import ExportFile, ExportRequest

LIMITS = Limits(5 * MEGABYTE, 50 * MEGABYTE, rows=70_000, columns=50, cells=2_000_000)
CODE = re.compile(r"(?<![0-9A-Z])[2-9A-HJ-NP-Z]{8}(?![0-9A-Z])")
WORDS = re.compile(r"[\s,，;；、|]+")
# So many children in a row, and so few steps backwards among them, are no accident.
FEWEST, IN_ORDER = 12, 0.9


@dataclass(frozen=True)
class Trace:
    """One export a leaked text points to, by what."""

    file: ExportFile
    by: str


def text_of(data: bytes) -> str:
    """All cells of an uploaded workbook, row by row. Raises WorkbookRefused."""
    book = scan(data, LIMITS)
    sheets = read_sheets(data, [sheet.name for sheet in book.visible], LIMITS)
    return "\n".join(" ".join(map(str, row)) for rows in sheets.values() for row in rows)


def traced(text: str, user: User) -> list[Trace]:
    """The exports in this person's sight that the text may come from, the surest first."""
    files = ExportFile.objects.filter(request__in=ExportRequest.objects.visible_to(user))
    files = files.select_related("request__asked_by").defer("request__children")
    by_code = list(files.filter(code__in=set(CODE.findall(text))))
    if by_code:
        return [Trace(file, "追溯码") for file in by_code]
    words = [word for word in WORDS.split(text) if word]
    named = dict(Student.objects.filter(name__in=set(words)).values_list("pk", "name"))
    return [Trace(file, "学生次序") for file in files if ordered_as(file, words, named)]


def ordered_as(file: ExportFile, words: Iterable[str], named: dict[int, str]) -> bool:
    """Do the children named in the text follow one another as in this file? Names two children share say nothing."""
    names: dict[str, int] = {}
    twice: set[str] = set()
    for place, pk in enumerate(file.order):
        if name := named.get(pk):
            twice |= {name} if name in names else set()
            names[name] = place
    found = [names[word] for word in words if word in names and word not in twice]
    if len(found) < FEWEST:
        return False
    forward = sum(earlier < later for earlier, later in zip(found, found[1:], strict=False))
    return forward >= IN_ORDER * (len(found) - 1)
