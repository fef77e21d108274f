"""What a registration batch does to the records, set-based: fill with pending children, enrol all, or let all go.

Two guards keep a child from being registered twice: the number index of `StudentNumber` and the exclusion constraint of
`Enrolment`; the rules here only say it in words beforehand.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from law import articles, clock, parameters
from law.school_time import first_day, grade_name, school_year_of
from schools import seats
from schools.models import SchoolClass, Seats

from . import enrolments
from .models.child import Student, StudentNumber
from .models.enrolment import Enrolment


@dataclass
class RegistrationFacts:
    """What the rules of registration look at."""

    on: date
    newcomers: int = 0
    taken: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)

    def at(self, day):
        return None

    @cached_property
    def taken_names(self) -> str:
        return "、".join(self.taken[:10])

    @cached_property
    def crowded_names(self) -> str:
        return "、".join(self.crowded)


def facts_of(case, day: date) -> RegistrationFacts:
    """Children of the batch who already live somewhere, and entry classes that would overflow."""
    names = [f"{e.student.name}（{e.school}）" for e in taken(case).select_related("student", "school")[:20]]
    year = school_year_of(day)
    crowded = [f"{c.name_in(year)}（拟编{wanted}人，空余{free}）" for c, wanted, free in crowded_classes(case, day)]
    return RegistrationFacts(day, case.entries.count(), names, crowded)


def taken(case):
    """Living enrolments that children of an open batch have already."""
    living = Enrolment.objects.living().filter(student__registration_entry__registration=case)
    return living.exclude(came_by=case.pk)


def crowded_classes(case, day: date) -> list[tuple[SchoolClass, int, int]]:
    """This year's entry classes in which an open batch would take more seats than are free: class, wanted, free."""
    if not case.is_open:
        return []
    year = school_year_of(day)
    wanted = Counter(entry.school_class for entry in case.entries.select_related("school_class"))
    free = {
        row.school_class_id: row.free_seats
        for row in Seats.objects.filter(school_id=case.lead_school_id, year=year, school_class__in=wanted)
    }
    cap = parameters.on(day)["class.cap"]
    return [
        (c, n, max(free.get(c.pk, cap), 0)) for c, n in wanted.items() if c.cohort == year and n > free.get(c.pk, cap)
    ]


def fill(case, plan) -> dict:
    """Write the pending children of an import plan and its non-key updates; returns the counts for the signed step."""
    return plan.write(case)


def enrol_all(case) -> None:
    """All children of the batch begin to live: enrolment, class, seat, temporary number (第六条)."""
    day, year = clock.today(), school_year_of(clock.today())
    entries = list(case.entries.select_related("student", "school_class").order_by("student_id"))
    take_seats(case, entries, year, day)
    for began, group in by_entry_day(entries, day).items():
        enrolments.begin(
            [(e.student, e.school_class) for e in group], school=case.lead_school, on=began, case=case, how="建籍"
        )
    enrolments.issue_temporary_numbers([e.student for e in entries], on=day, area=case.lead_school.division_id[:6])
    Student.objects.filter(pk__in=[e.student_id for e in entries]).update(status=Student.Status.ENROLLED)


def by_entry_day(entries: list, today: date) -> dict[date, list]:
    """Entries by the first day of the month of entry: the record begins then, not when it is approved."""
    groups = defaultdict(list)
    for entry in entries:
        month = entry.student.entered_month
        began = date(int(month[:4]), int(month[4:]), 1) if month else first_day(school_year_of(today))
        groups[min(began, today)].append(entry)
    return groups


def take_seats(case, entries, year: int, day: date) -> None:
    """Use seats per grade and class; older classes larger than the cap are recorded as they are, by a grant."""
    enrolments.open_ledger(case.lead_school, year, parameters.on(day)["class.cap"])
    wanted: Counter = Counter()
    for entry in entries:
        grade = entry.school_class.grade_in(year)
        wanted[grade, None] += not entry.school_class.at_home
        wanted[grade, entry.school_class_id] += 1
    entering = {e.school_class.grade_in(year) for e in entries if e.school_class.cohort == year}
    rows = Seats.objects.filter(school_id=case.lead_school_id, year=year).select_for_update().order_by("pk")
    for row in rows:
        count = wanted.get((row.grade, row.school_class_id), 0)
        short = count - row.free_seats
        if short > 0 and row.grade not in entering:
            reason = f"{grade_name(row.grade)}原有人数登记"
            seats.grant(row, short, article=articles.NO_FALSE_RECORD, reason=reason, on=day, case_number=case.number)
        if count:
            seats.occupy([row], count)


def reject_all(case) -> None:
    """The batch ends without a record: its children leave the pending list and their numbers are free again."""
    children = case.entries.values("student")
    Student.objects.filter(pk__in=children, status=Student.Status.PENDING).update(status=Student.Status.REJECTED)
    StudentNumber.objects.filter(student__in=children, until=None).update(until=clock.today())
