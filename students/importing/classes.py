"""班号: the many ways to write a class, resolved against the classes that the school really has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from students.importing.cells import folded

_LAST_PRIMARY = 6
_HAN = {han: number for number, han in enumerate("零一二三四五六七八九")}
_NUMBER = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_COHORT_CLASS = re.compile(rf"(\d{{4}}|\d{{2}})[级届]\(?{_NUMBER}\)?班?")
_GRADE_CLASS = re.compile(r"([一二三四五六七八九1-9])年级?\(?" + _NUMBER + r"\)?班?")
_GRADE_SHORT = re.compile(r"([一二三四五六七八九])\(?" + _NUMBER + r"\)?班")
_JUNIOR_CLASS = re.compile(r"初([一二三])年?级?\(?" + _NUMBER + r"\)?班?")
_ONLY_NUMBER = re.compile(rf"\(?{_NUMBER}\)?班?")
_NAMED = 12  # as many classes a message lists
_DIGITS = re.compile(r"(\d{4})(\d{2})|([1-9])(\d{2})|0([1-9])(\d{2})")


@dataclass(frozen=True, slots=True)
class ClassRef:
    """A class as the import needs it: `key` is the caller's own (primary key), `stage` "primary" or "junior"."""

    key: object
    stage: str
    cohort: int
    number: int

    def grade_in(self, year: int) -> int:
        """Grade in the school year that begins in `year`."""
        return year - self.cohort + 1 + (_LAST_PRIMARY if self.stage == "junior" else 0)


class ClassBook:
    """All living classes of one school; answers are remembered, a sheet repeats few texts."""

    def __init__(self, classes: Iterable[ClassRef], school_year: int):
        self._classes = list(classes)
        self._year = school_year
        self._known: dict[tuple[str, str], list[ClassRef]] = {}

    def find(self, text: str, entered_month: str = "") -> list[ClassRef]:
        """The classes that `text` may mean; [] unknown, more than one unclear.

        `entered_month` ("202409") tells the cohort when the text is only a number (1班, 一班, (1)班).
        """
        key = (text, entered_month[:4])
        if key not in self._known:
            self._known[key] = self._search(_plain(text), entered_month[:4])
        return self._known[key]

    def offered(self, entered_month: str = "") -> str:
        """The classes a child may be meant for, in words: of its own cohort, else of the school."""
        of_school = sorted(self._classes, key=lambda each: (each.cohort, each.number))
        known = _of_cohort(of_school, entered_month[:4]) or of_school
        return (
            "本校有" + "、".join(f"{each.cohort}级{each.number}班" for each in known[:_NAMED])
            if known
            else "本校还没有班级"
        )

    def _search(self, text: str, entered_year: str) -> list[ClassRef]:
        for cohort, grade, number in _readings(text):
            found = [each for each in self._classes if self._fits(each, cohort, grade, number)]
            if cohort is None and grade is None:
                found = _of_cohort(found, entered_year)
            if found:
                return found
        return []

    def _fits(self, each: ClassRef, cohort: int | None, grade: int | None, number: int) -> bool:
        return (
            each.number == number
            and (cohort is None or each.cohort == cohort)
            and (grade is None or each.grade_in(self._year) == grade)
        )


def _of_cohort(found: list[ClassRef], entered_year: str) -> list[ClassRef]:
    """A bare number means the class of the child's own cohort; without an entry month it must be the only one."""
    if not entered_year:
        return found
    return [each for each in found if str(each.cohort) == entered_year]


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", folded(text)).replace("第", "").replace("小学", "").replace("班级", "班")


def _readings(text: str):
    """(cohort, grade, number) in the order in which a text is likely meant."""
    if found := _COHORT_CLASS.fullmatch(text):
        yield _year(found[1]), None, _count(found[2])
    if found := _JUNIOR_CLASS.fullmatch(text):
        yield None, _HAN[found[1]] + _LAST_PRIMARY, _count(found[2])
    if found := _GRADE_CLASS.fullmatch(text) or _GRADE_SHORT.fullmatch(text):
        yield None, _count(found[1]), _count(found[2])
    if found := _DIGITS.fullmatch(text.removesuffix("班")):
        cohort, number, *short = found.groups()
        if cohort:
            yield int(cohort), None, int(number)
        else:
            grade, of_grade = [part for part in short if part]
            yield None, int(grade), int(of_grade)
    if found := _ONLY_NUMBER.fullmatch(text):
        yield None, None, _count(found[1])


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _count(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, units = text.rpartition("十")
    return (_HAN.get(tens, 1) * 10 if ten else 0) + (_HAN.get(units, 0) if units else 0)
