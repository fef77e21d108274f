"""The life of a record as one time line: coming, going, classes, numbers, cases; newest first."""

from approvals.models import Case
from law.school_time import grade_name, school_year_name

from .models import Enrolment, NumberKind, Placement, Student, StudentNumber


def events_of(child: Student, user) -> list[dict]:
    """Events for `components/time_line.html`; cases only where the user may see them. Four queries."""
    seen = Case.objects.visible_to(user)
    cases = {case.pk: case for case in seen.filter(subjects__child=child)}
    events = [event for enrolment in enrolments_of(child) for event in _enrolment_events(enrolment, cases)]
    events += [_placement_event(placement) for placement in _placements(child)]
    events += [event for case in cases.values() for event in _case_events(case)]
    events += [_number_event(number) for number in child.numbers.all()]
    return [event for _, event in sorted(events, key=lambda pair: pair[0], reverse=True)]


def enrolments_of(child: Student) -> list[Enrolment]:
    return list(child.enrolments.select_related("school"))


def _placements(child: Student) -> list[Placement]:
    rows = Placement.objects.filter(enrolment__student=child, enrolment__voided=False)
    return list(rows.select_related("school_class__school"))


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
