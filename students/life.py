"""The life of a record as one time line: coming, going, classes, numbers, cases; newest first."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from approvals.models import Case, CaseSubject
from law import clock
from law.school_time import grade_name, school_year_name, school_year_of

from .models import Enrolment, NumberKind, Placement, Student, StudentNumber
from .presenting import Seat


@dataclass(frozen=True)
class Life:
    """What one child has lived through at the schools of the county, as one user may see it."""

    enrolments: list[Enrolment]
    placements: list[Placement]
    cases: dict[int, Case]
    numbers: list[StudentNumber]
    absorbed: list[Student]

    @property
    def place(self) -> Seat | None:
        """The class in which the child sits now."""
        now = next((placement for placement in self.placements if placement.ends is None), None)
        return now and Seat(now, school_year_of(clock.today()))

    @property
    def open_case(self) -> Case | None:
        return next((case for case in self.cases.values() if case.blocking), None)


def life_of(child: Student, user) -> Life:
    """Everything the time line tells, with what records merged into this one lived through; four queries.

    Cases only where the user may see them.
    """
    records = [child, *child.absorbed.select_related("school")]
    about = CaseSubject.objects.filter(child__in=records).values("case")
    holding = CaseSubject.objects.filter(case=OuterRef("pk"), child=child, blocking=True)
    seen = Case.objects.visible_to(user).filter(pk__in=about).annotate(blocking=Exists(holding))
    placements = Placement.objects.filter(enrolment__student__in=records, enrolment__voided=False)
    return Life(
        list(Enrolment.objects.filter(student__in=records).select_related("school")),
        list(placements.select_related("school_class__school", "enrolment")),
        {case.pk: case for case in seen.select_related("lead_school")},
        [*child.numbers.all(), *(StudentNumber.objects.filter(student__in=records[1:]) if records[1:] else [])],
        records[1:],
    )


def events_of(child: Student, life: Life) -> list[dict]:
    """Events for `components/time_line.html`, newest first."""
    cases = life.cases
    events = [event for enrolment in life.enrolments for event in _enrolment_events(enrolment, cases)]
    events += [_placement_event(placement) for placement in life.placements]
    events += [event for case in cases.values() for event in _case_events(case)]
    events += [_number_event(number) for number in life.numbers]
    return [event for _, event in sorted(events, key=lambda pair: pair[0], reverse=True)]


# The second part of the key puts what belongs together in order on one day.
def _enrolment_events(enrolment: Enrolment, cases) -> list:
    void = "（已作废）" if enrolment.voided else ""
    begun, ended = enrolment.during.lower, enrolment.during.upper
    came = {
        "on": begun,
        "title": f"{enrolment.came_how or '入学'}，在{enrolment.school}建立在校记录{void}",
        "text": f"来自{enrolment.came_from}" if enrolment.came_from else "",
        "tone": "idle" if enrolment.voided else "done",
        "url": _address(cases, enrolment.came_by_id),
    }
    events = [((begun, 2), came)]
    if ended:
        left = {
            "on": ended,
            "title": f"{enrolment.left_how or '离校'}，离开{enrolment.school}{void}",
            "text": f"去往{enrolment.went_to}" if enrolment.went_to else "",
            "tone": "idle",
            "url": _address(cases, enrolment.left_by_id),
        }
        events.append(((ended, 1), left))
    return events


def _address(cases: dict[int, Case], pk: int | None) -> str:
    return cases[pk].get_absolute_url() if pk in cases else ""


def _placement_event(placement: Placement) -> tuple:
    school_class = placement.school_class
    name = f"{grade_name(placement.grade)}{school_class.number}班"
    text = f"至{placement.ends:%Y年%-m月%-d日}" if placement.ends else ""
    title = f"编入{school_class.school}{name}"
    return (placement.starts, 3), {
        "on": placement.starts,
        "title": title,
        "text": text,
        "who": school_year_name(placement.year),
        "tone": "idle",
    }


def _case_events(case: Case) -> list:
    url, name = case.get_absolute_url(), f"{case.kind_name} {case.number}"
    opened = {"on": case.opened_on, "title": f"{name} 建立", "who": str(case.lead_school), "url": url, "tone": "now"}
    events = [((case.opened_on, 0), opened)]
    if case.closed_on:
        closed = {"on": case.closed_on, "title": f"{name} {case.state_name}", "url": url, "tone": case.tone}
        events.append(((case.closed_on, 4), closed))
    return events


def _number_event(number: StudentNumber) -> tuple:
    title = f"{NumberKind(number.kind).label} {number.masked} 启用"
    text = f"{number.until:%Y年%-m月%-d日}停用" if number.until else ""
    return (number.since, 3), {"on": number.since, "title": title, "text": text, "tone": "idle"}
