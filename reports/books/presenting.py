"""What the pages of the books draw: a school's shelf, the county's board, one book, one closing."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.policies import may
from approvals.presenting import verdict_of
from approvals.rules import judge
from law import clock, parameters
from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE
from schools.models import School
from students.change_pages import desks_of
from students.models import Placement

from . import closing
from .keeping import keeper_of, shelved_at, successors
from .kinds import BOOKS, ORDER, Kind
from .models import BookClosing, BookPart
from .paper import balance_words
from .periods import Period, announced, period_of
from .reading import Reading

CLOSED, RUNNING, DUE, OPEN, AHEAD, NONE, PAPER = "closed", "running", "due", "open", "ahead", "none", "paper"
WORDS = {
    CLOSED: ("已结", "done"),
    RUNNING: ("正在结册", "now"),
    DUE: ("应结未结", "soon"),
    OPEN: ("未结", "wait"),
    AHEAD: ("未到学期", "idle"),
    NONE: ("不立册", "idle"),
    PAPER: ("纸质留存", "idle"),
}


# How many years a stage takes.
LAST_YEARS = {"primary": LAST_PRIMARY_GRADE, "junior": LAST_GRADE - LAST_PRIMARY_GRADE}


class Shelves:
    """What is closed and what is being closed at some schools in one year; five queries for any number of them."""

    def __init__(self, schools: Iterable[School], year: int):
        self.schools, self.year, known = list(schools), year, announced()
        self.periods = {term: period_of(year, term, known) for term in (1, 2)}
        ids = [school.pk for school in self.schools]
        self.parts: dict[tuple, list[BookPart]] = {}
        found = BookPart.objects.filter(school__among=ids, year=year).select_related("book").order_by("pk")
        for part in found:
            self.parts.setdefault((part.school_id, part.kind, part.book.term), []).append(part)
        running = BookClosing.objects.filter(book__school__among=ids, book__year=year, running=True)
        self.of_paper = year < parameters.on(clock.today())["books.first_year"]
        self.written = self.rosters_of(ids)
        self.running = {(c.book.school_id, c.book.kind, c.book.term): c for c in running.select_related("book")}

    def rosters_of(self, schools: list[int]) -> set[tuple[int, str]]:
        """Which schools have anybody for the rosters of the year: who enters a stage, who leaves one, anybody."""
        year = self.year
        sat = Placement.objects.filter(year=year, enrolment__voided=False, school_class__school__among=schools)
        found = set()
        classes = sat.order_by().values_list("school_class__school", "school_class__stage", "school_class__cohort")
        for school, stage, cohort in classes.distinct():
            found.add((school, Kind.CARDS.value))
            if cohort == year:
                found.add((school, Kind.NEWCOMERS.value))
            if cohort == year - (LAST_YEARS[stage] - 1):
                found.add((school, Kind.GRADUATES.value))
        return found

    def state_of(self, school: School, kind: str, term: int) -> str:
        key, period, today = (school.pk, kind, term), self.periods[term], clock.today()
        if key in self.running:
            return RUNNING
        if key in self.parts:
            return CLOSED
        if today < period.first or school.closed_on and school.closed_on < period.first:
            return AHEAD
        if self.of_paper:
            return PAPER
        if not BOOKS[kind].nil and (school.pk, kind) not in self.written:
            return NONE
        over = min(period.over, school.closed_on) if school.closed_on else period.over
        return DUE if today > over else OPEN

    def slot(self, school: School, kind: str, term: int) -> dict:
        """One book of one term as the shelf draws it."""
        key, state = (school.pk, kind, term), self.state_of(school, kind, term)
        parts, what = self.parts.get(key, []), BOOKS[kind]
        word, tone = WORDS[state]
        address = [school.pk, kind, self.year, term]
        return {
            "title": what.title,
            "period": "全学年" if not what.continues else self.periods[term].name[-4:],
            "state": state,
            "word": word,
            "tone": tone,
            "case": self.running.get(key),
            "parts": [{"part": p, "url": reverse("reports:book_part", args=[p.pk])} for p in parts],
            "url": reverse("reports:book", args=address),
            "close_url": reverse("reports:book_close", args=address),
            "may_close": state in (DUE, OPEN, CLOSED),
        }


def shelf_of(school: School, year: int) -> list[dict]:
    """The school's books of a year, then those of every school it took over, under their own names."""
    schools = shelved_at(school)
    shelves = Shelves(schools, year)
    return [
        {
            "school": each,
            "own": each.pk == school.pk,
            "slots": [shelves.slot(each, kind, term) for kind, term in ORDER],
        }
        for each in schools
        if each.pk == school.pk or any(key[0] == each.pk for key in shelves.parts) or lived(each, shelves)
    ]


def lived(school: School, shelves: Shelves) -> bool:
    """Whether a closed school was still open in the year shown."""
    return school.closed_on is None or school.closed_on >= shelves.periods[1].first


def board_of(schools: list[School], year: int) -> list[dict]:
    """One row a school: each book's state, and how many are due and missing."""
    shelves = Shelves(schools, year)
    rows = []
    for school in schools:
        states = {(kind, term): shelves.state_of(school, kind, term) for kind, term in ORDER}
        cells = [{"word": WORDS[state][0], "tone": WORDS[state][1]} for state in states.values()]
        due = sum(state == DUE for state in states.values())
        rows.append({"school": school, "cells": cells, "missing": due, "states": states})
    return rows


def board_heads(year: int) -> list[str]:
    names = {1: "上", 2: "下"}
    short = {"newcomers": "新生", "movements": "增减", "cards": "学籍卡", "transfers": "转学", "graduates": "毕业"}
    return [f"{short[kind]}{names[term] if BOOKS[kind].continues else ''}" for kind, term in ORDER]


def chart_of(rows: list[dict], year: int) -> dict:
    """How many schools have closed each book, and how many should have."""
    count = {state: [sum(row["states"][slot] == state for row in rows) for slot in ORDER] for state in (CLOSED, DUE)}
    return {
        "kind": "bar",
        "unit": "所",
        "labels": board_heads(year),
        "series": [{"label": "已结", "values": count[CLOSED]}, {"label": "应结未结", "values": count[DUE]}],
    }


def book_facts(period: Period, reading: Reading, noun: str) -> list[dict]:
    lines = [{"label": "学年学期", "value": period.name}, {"label": "登记", "value": f"{len(reading.lines)}{noun}"}]
    return lines + figures_as_facts(reading)


def figures_as_facts(reading: Reading) -> list[dict]:
    words = [sentence.split("：") for sentence in balance_words(reading)]
    return [{"label": label, "value": value} for label, value in words]


def page_of_closing(case: BookClosing, user) -> dict:
    """Context of `reports/book_closing.html`."""
    book, part = case.book, BookPart.objects.filter(case=case).first()
    keeps = case.state == case.State.DRAFT and may(user, "make_change", case.lead_school_id)
    scope = closing.scope_of_case(case)
    address = [book.school_id, book.kind, book.year, book.term]
    facts = [
        {"label": "簿册", "value": f"{book.what.title}{f'（更正页第{case.amendment}号）' if case.amendment else ''}"},
        {"label": "学校", "value": book.school.name},
        {"label": "学年学期", "value": scope.period.name},
        {"label": "起止", "value": f"{scope.first:%Y年%-m月%-d日}至{scope.until:%Y年%-m月%-d日}"},
        *([{"label": "更正理由", "value": case.reason}] if case.reason else []),
        *([{"label": "编号", "value": part.number}] if part else []),
    ]
    return {
        "desks": desks_of(case),
        "desks_note": "学籍管理员结册，校长核对签字",
        "facts": facts,
        "book": book,
        "book_url": reverse("reports:book", args=address) if not part else "",
        "part_url": reverse("reports:book_part", args=[part.pk]) if part else "",
        "draft_url": f"{reverse('reports:book_close', args=address)}?case={case.number}" if keeps else "",
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
    }


def kept_elsewhere(school: School) -> School | None:
    """The school that keeps a closed school's books now."""
    keeper = keeper_of(school.pk, successors())
    return School.objects.get(pk=keeper) if keeper != school.pk else None
