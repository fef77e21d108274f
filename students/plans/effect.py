"""What an approved plan does: so many seats, so many classes; and the way back."""

from approvals.common_rules import of_level
from approvals.errors import Refused, RulesBroken
from approvals.rules import Level, judge
from law import clock

from ..classing import ledger
from .case import latest_lines


def give_seats(case) -> None:
    """下达: the grade has classes × size seats, each class `size`; missing classes open, empty ones above it close.

    The rules are asked again under the school's lock: seats may have been taken since. Raises RulesBroken, Refused.
    """
    school = ledger.lock_school(case.lead_school_id)
    ledger.open_year(school, case.year)
    ledger.lock_rows(school.pk, case.year, [line.grade for line in case.lines.all()])
    verdict = judge(of_level(case.RULES, Level.HARD), case.build_facts(clock.today()))
    if verdict.broken:
        raise RulesBroken(verdict)
    for line in case.lines.order_by("grade"):
        plan_grade(case, line)


def plan_grade(case, line) -> None:
    """One grade: its classes opened or closed, its seats set. The rows are locked already."""
    school, year, grade, size = case.lead_school_id, case.year, line.grade, line.size
    here = ledger.classes_in(school, grade, year)
    row = ledger.row_of(school, year, grade)
    rows = [(each, ledger.row_of(school, year, grade, each)) for each in here]
    empty = [each for each, seats in rows if not seats.used + seats.reserved]
    closing = empty[::-1][: max(len(here) - line.classes, 0)]
    for each in closing:
        ledger.close_class(case, each, year=year)
    for each, seats in rows:
        if each not in closing:
            ledger.set_capacity(case, seats, size)
    for _ in range(line.classes - len(here)):
        ledger.open_class(case, grade=grade, year=year, seats=size)
    ledger.set_capacity(case, row, line.seats)


def take_back_seats(case) -> None:
    """更正：撤销. Raises Refused when a later plan stands on this one, or somebody sits where it made room."""
    ledger.lock_school(case.lead_school_id)
    grades = {line.grade for line in case.lines.all()}
    in_force = latest_lines([case.lead_school_id], case.year)
    later = {line.case.number for (_, grade), line in in_force.items() if grade in grades and line.case_id != case.pk}
    if later:
        raise Refused(f"{case.number}之后又下达了{'、'.join(sorted(later))}，请先更正后来的计划（第三十八条）。")
    ledger.restore(case)
