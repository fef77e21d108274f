"""What a registration batch does to the records, set-based: fill with pending children, enrol all, or let all go.

Two guards keep a child from being registered twice: the number index of `StudentNumber` and the exclusion constraint of
`Enrolment`; the rules here only say it in words beforehand.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from approvals.rules import Finding, judge
from law import articles, clock, parameters
from law.school_time import first_day, grade_name, school_year_of
from schools import seats
from schools.models import SchoolClass, Seats, Stage

from . import enrolments
from .importing.bulk import blank_line, copy_in
from .intake.facts import BatchFacts, ChildFacts
from .intake.rules import SHOWN, school_year_has_begun
from .intake.years import intake_year
from .models.child import Student, StudentNumber
from .models.intake import Application
from .problems.detection import recheck

# How many children a sentence names before it only counts them.
NAMED = 10


@dataclass
class RegistrationFacts:
    """What the rules of registration look at: the children one by one, and how full the classes are."""

    on: date
    newcomers: int = 0
    crowded: list[str] = field(default_factory=list)
    crowded_classes: frozenset[int] = frozenset()
    begins: date | None = None
    children: dict[int, ChildFacts] = field(default_factory=dict)

    def at(self, day):
        return None

    @cached_property
    def findings(self) -> dict[int, list[Finding]]:
        """child id → what the rules of a child object to."""
        judged = {pk: list(judge(SHOWN, facts).broken) for pk, facts in self.children.items()}
        return {pk: broken for pk, broken in judged.items() if broken}

    @cached_property
    def words(self) -> dict[str, str]:
        """rule → sentences about the children who break it; `school_year_has_begun` is asked beside the shown ones."""
        said = defaultdict(list)
        for broken in self.findings.values():
            for finding in broken:
                said[finding.rule.code].append(finding.message)
        waiting = [f for f in self.children.values() if not school_year_has_begun.holds(f)]
        said[school_year_has_begun.code] = [school_year_has_begun.message.format(f=f) for f in waiting[:1]]
        return {code: in_brief(sentences) for code, sentences in said.items()}

    @cached_property
    def crowded_names(self) -> str:
        return "、".join(self.crowded)


def in_brief(sentences: list[str]) -> str:
    """The first of them, and how many there are; the list of the batch shows every one."""
    more = f"……共{len(sentences)}名，见名册" if len(sentences) > NAMED else ""
    return "；".join(sentences[:NAMED]) + more


def facts_of(case, day: date) -> RegistrationFacts:
    """The children of an open batch, and entry classes and grades that would overflow."""
    if not case.is_open:
        return RegistrationFacts(day)
    batch = BatchFacts.of(case, day)
    classes, grade = crowded(case, batch, day)
    names = [f"{c.name_in(c.cohort)}（拟编{wanted}人，空余{free}）" for c, wanted, free in classes]
    return RegistrationFacts(
        on=day,
        newcomers=len(batch.entries),
        crowded=[*names, *grade],
        crowded_classes=frozenset(c.pk for c, _, _ in classes),
        children=batch.children,
        begins=batch.frame.begins,
    )


def crowded(case, batch: BatchFacts, day: date) -> tuple[list[tuple[SchoolClass, int, int]], list[str]]:
    """Where the batch asks for more seats than are free: entry classes (class, wanted, free), and grade one's plan."""
    year, cap = school_year_of(day), batch.frame.params["class.cap"]
    wanted = Counter(entry.school_class for entry in batch.entries if entry.school_class)
    entering = {each.cohort for each in wanted if each.cohort >= year} | {case.intake_year} - {None}
    rows = list(Seats.objects.filter(school_id=case.lead_school_id, year__in=entering))
    free = {(row.school_class_id, row.year): row.free_seats for row in rows}
    classes = [(c, n, free.get((c.pk, c.cohort), cap)) for c, n in wanted.items() if c.cohort >= year]
    full = [(c, n, max(left, 0)) for c, n, left in classes if n > left]
    plan = next((r for r in rows if (r.school_class_id, r.grade, r.year) == (None, 1, case.intake_year)), None)
    first = sum(facts.enters_school for facts in batch.children.values())
    if plan is None or first <= plan.free_seats:
        return full, []
    return full, [f"{grade_name(1)}（登记{first}人，招生计划空余{max(plan.free_seats, 0)}）"]


def fill(case, plan) -> dict:
    """Write the pending children of an import plan and its non-key updates; returns the counts for the signed step."""
    written = plan.write(case)
    open_applications(case)
    return written


def open_applications(case) -> None:
    """Everybody in the batch has an application; a newcomer of grade one with the community its address names."""
    from .intake.of_rows import communities_of_children

    bare = case.entries.filter(student__application=None).order_by()  # the order of the sheet costs three joins
    entering = bare.filter(school_class__cohort=intake_year(clock.today()), school_class__stage=Stage.PRIMARY)
    addresses = list(entering.values_list("student", "student__home_address"))
    living = communities_of_children(case.lead_school, addresses) if addresses else {}
    own = ("student_id", "grade", "community_id")
    rest = {name: blank for name, blank in blank_line(Application).items() if name not in own and blank is not None}
    children = list(bare.values_list("student", flat=True))
    copy_in(Application, [*own, *rest], ([*own_values(pk, living), *rest.values()] for pk in children))


def own_values(child: int, living: dict) -> tuple[int, int | None, str | None]:
    """What an application says that the registrar has not touched yet: child, grade, community."""
    community = living.get(child)
    return child, 1 if child in living else None, community.pk if community else None


def enrol_all(case) -> None:
    """The children of the batch begin to live: enrolment, class, seat, temporary number (第六条), one look (第八条)."""
    day, year = clock.today(), school_year_of(clock.today())
    entries = list(case.entries.select_related("student", "school_class").order_by("student_id"))
    take_seats(case, entries, year, day)
    for began, group in by_entry_day(entries, day).items():
        enrolments.begin(
            [(e.student, e.school_class) for e in group], school=case.lead_school, on=began, case=case, how="建籍"
        )
    enrolments.issue_temporary_numbers([e.student for e in entries], on=day, area=case.lead_school.division_id[:6])
    children = [e.student_id for e in entries]
    Student.objects.filter(pk__in=children).update(status=Student.Status.ENROLLED)
    recheck(children)


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


def take_back(case) -> None:
    """Everything an import did: its new children leave the pending list, the others get their former values back.

    Raises Refused when something else has been written there since.
    """
    from . import journal

    reject_all(case)
    journal.restore(case, though_busy=True)
