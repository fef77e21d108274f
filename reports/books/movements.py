"""学生增加(减少)情况登记表 of a term: who came and who went, child by child, and the balance of both numbers."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from django.db.models import Max, OuterRef, Subquery

from approvals.models import Case, CaseSubject, CeimsFiling
from students.dictionary.codes import table
from students.models import Enrolment, Placement, Student

from ..balance.lines import UNTOLD, line_of
from ..balance.spells import Book, Move, Span, moves
from ..contact import in_full
from ..rosters import Column
from .reading import Line, Reading, Scope

COLUMNS = (
    Column("order", "序号", 7), Column("name", "姓名", 23), Column("sex", "性别", 7), Column("ethnicity", "民族", 11),
    Column("birth_date", "出生日期", 17), Column("registry_number", "学籍号", 34), Column("place", "年级班级", 18),
    Column("kind", "增/减类别", 22), Column("reason", "原因", 26), Column("where", "来自（去往）学校", 28),
    Column("day", "变动日期", 17), Column("filed_on", "系统办理日期", 19), Column("case", "证明材料编号", 20),
    Column("remark", "备注", 14),
)  # fmt: skip
# Kinds that say a ground, a place or a day of their own, by the name under which a case knows them.
TOLD = {
    "transfer": "transfer", "outward": "outwardtransfer", "suspension": "suspension", "extension": "extension",
    "resumption": "resumption", "dropout": "dropout", "return_to_school": "returntoschool", "abroad": "abroad",
    "incapacity": "incapacity",
}  # fmt: skip
SIGN = {"in": "增", "out": "减"}
ONLY = {Book.RECORDS: "只计学籍数", Book.CHAIRS: "只计在校生数"}


def read(scope: Scope) -> Reading:
    """Lines by day; 期初 + 增 − 减 = 期末 of both numbers; who is here before and after, by child."""
    span = Span((scope.school.pk,), scope.first, scope.until)
    found = moves(span)
    events = together(found)
    told = Told({move.child for _, move in events}, scope)
    reading = Reading([told.line(number, books, move) for number, (books, move) in enumerate(events, 1)])
    for book in Book:
        reading.opening[book.value] = members(found[book], "open")
        reading.ends[book.value] = members(found[book], "close")
        counted = Counter(move.side for move in found[book])
        reading.figures[book.value] = {
            "opening": len(reading.opening[book.value]),
            "in": counted["in"],
            "out": counted["out"],
            "closing": len(reading.ends[book.value]),
        }
    reading.faults = [told.fault(move) for _, move in events if line_of(move.side, move.how) == UNTOLD]
    return reading


def members(found: list[Move], side: str) -> list[int]:
    """Ids of those counted before the first day (`open`) or at the end of the last (`close`), ascending."""
    return sorted(move.child for move in found if move.side == side)


def together(found: dict[Book, list[Move]]) -> list[tuple[set[Book], Move]]:
    """One event for what moves both numbers on one day, with the numbers it moves, by day."""
    merged: dict[tuple, tuple[set[Book], Move]] = {}
    for book, its in found.items():
        for move in its:
            if move.day is None:
                continue
            key = (move.day, move.side != "in", move.child)
            books, first = merged.get(key, (set(), move))
            # A run of places knows less than the enrolment about why it began or ended.
            kept = move if line_of(first.side, first.how) == UNTOLD else first
            merged[key] = (books | {book}, kept)
    return [merged[key] for key in sorted(merged)]


class Told:
    """What the record and the cases say about these children's movements; the same questions for any number."""

    def __init__(self, children: Iterable[int], scope: Scope):
        self.ids, self.school = list(children), scope.school
        self.cases = decided_about(self.ids)

    @cached_property
    def everywhere(self) -> list[Enrolment]:
        """Their enrolments at any school, each with its child: who only attends here is enrolled elsewhere."""
        found = Enrolment.objects.filter(student__in=self.ids, voided=False)
        return list(found.select_related("student").prefetch_related("student__numbers"))

    @cached_property
    def children(self) -> dict[int, Student]:
        return {life.student_id: life.student for life in self.everywhere}

    @cached_property
    def lives(self) -> list[Enrolment]:
        return [life for life in self.everywhere if life.school_id == self.school.pk]

    @cached_property
    def came(self) -> dict:
        return {(life.student_id, life.during.lower): life for life in self.lives}

    @cached_property
    def went(self) -> dict:
        return {(life.student_id, life.during.upper): life for life in self.lives}

    @cached_property
    def places(self) -> dict[int, list[Placement]]:
        found: dict[int, list[Placement]] = {}
        sat = Placement.objects.filter(enrolment__student__in=self.ids, school_class__school=self.school)
        for place in sat.select_related("school_class", "enrolment").order_by("starts", "pk"):
            found.setdefault(place.enrolment.student_id, []).append(place)
        return found

    def case_of(self, move: Move):
        """The case behind a movement: the one its enrolment names, else the decision of its kind nearest in time."""
        life = (self.came if move.side == "in" else self.went).get((move.child, move.day))
        named = (life.came_by_id if move.side == "in" else life.left_by_id) if life else None
        mine = self.cases.get(move.child, [])
        if move.how.startswith("kind/"):
            same = [case for case in mine if case.kind == move.how.removeprefix("kind/") and case.closed_on]
            return min(same, key=lambda case: abs((case.closed_on - move.day).days), default=None)
        return next((case for case in mine if case.pk == named), None)

    def line(self, number: int, books: set[Book], move: Move) -> Line:
        child, case = self.children[move.child], self.case_of(move)
        life = (self.came if move.side == "in" else self.went).get((move.child, move.day))
        cells = {
            "order": str(number),
            "name": child.name,
            "sex": child.sex_name,
            "ethnicity": table("mz").name_of(child.ethnicity),
            "birth_date": f"{child.birth_date:%Y-%m-%d}",
            "registry_number": in_full(child.registry_number),
            "place": self.class_at(move.child, move.side, move.day),
            "side": move.side,
            "kind": f"{SIGN[move.side]} {line_of(move.side, move.how).label}",
            "reason": reason_of(case),
            "where": whereabouts(move, life, case),
            "day": f"{move.day:%Y-%m-%d}",
            "filed_on": f"{case.last_filed:%Y-%m-%d}" if case and case.last_filed else "",
            "case": case.number if case else "",
            "remark": "" if len(books) == 2 else ONLY[next(iter(books))],
            "books": sorted(book.value for book in books),
        }
        return Line(f"{move.child}/{move.side}/{move.day:%Y-%m-%d}", move.child, cells)

    def class_at(self, child: int, side: str, on: date) -> str:
        """The class entered on a day, or the one left, by its name in that year; empty for none."""
        mine = self.places.get(child, [])
        if side == "in":
            place = next((each for each in mine if each.ends is None or each.ends > on), None)
        else:
            place = next((each for each in reversed(mine) if each.starts <= on), None)
        return place.school_class.name_in(place.year) if place else ""

    def fault(self, move: Move) -> str:
        what = "增加" if move.side == "in" else "减少"
        return f"{self.children[move.child].name}（{move.day:%Y年%-m月%-d日}{what}，没有查到办理的业务）"


def decided_about(ids: Iterable[int]) -> dict[int, list[Case]]:
    """child → the decided cases about it; those whose ground is told as their concrete kinds. One query.

    Each knows the last day on which it was entered in the national system as `last_filed`.
    """
    filed = CeimsFiling.objects.filter(case=OuterRef("case")).order_by().values("case").annotate(last=Max("filed_on"))
    rows = CaseSubject.objects.filter(child__in=list(ids)).exclude(case__closed_on=None).order_by("case")
    joined = ["case__lead_school", *(f"case__{name}" for name in TOLD.values())]
    told: dict[int, list[Case]] = {}
    for row in rows.select_related(*joined).annotate(last_filed=Subquery(filed.values("last"))):
        case = concrete(row.case)
        case.last_filed = row.last_filed
        if case.state in case.model.SUCCESS:
            told.setdefault(row.child_id, []).append(case)
    return told


def concrete(case: Case) -> Case:
    return getattr(case, TOLD[case.kind]) if case.kind in TOLD else case


def reason_of(case) -> str:
    """The ground of a case in the words of its form; a note where the ground is only “other”."""
    for name in ("ground", "why"):
        if getattr(case, name, ""):
            return str(getattr(case, f"get_{name}_display")())
    return str(getattr(case, "condition", "") or getattr(case, "country", ""))


def whereabouts(move: Move, life: Enrolment | None, case) -> str:
    """From where, or where to: what the enrolment says, else what the case knows."""
    told = (life.came_from if move.side == "in" else life.went_to) if life else ""
    return told or ("" if move.side == "in" else str(getattr(case, "whereabouts", "")))
