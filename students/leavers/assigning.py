"""Beginning 招生分配: the proposal of one school as a draft, changed by hand, handed in on the case page."""

from collections import Counter

from django.db import transaction
from django.db.models import Q

from approvals.errors import Refused
from approvals.models import CaseSubject
from approvals.services import lock_children, lock_draft, open_case
from law import clock
from schools.models import Bureau, School

from .assignment import Assignment, AssignmentRow
from .cohort import beginning_year
from .destination import Why
from .proposal import Proposed, propose, waiting


def dry_run(bureau: Bureau, year: int) -> list[Proposed]:
    """Where every leaver of the bureau would go."""
    return propose(waiting(year, bureau), year, bureau)


def list_of(school: School, year: int) -> list[Proposed]:
    """One case's leavers: all of this primary school; or, of a junior school, all whom the proposal brings there."""
    if school.kind == School.Kind.JUNIOR:
        return [each for each in dry_run(school.bureau, year) if each.school == school.pk]
    own = waiting(year, school.bureau, Q(enrolment__school=school))
    return propose(own, year, school.bureau)


@transaction.atomic
def open_assignment(school: School, *, by) -> Assignment:
    """The proposal of one school as a draft. Raises Refused when nobody waits, NotYourHand."""
    year = beginning_year(clock.today())
    rows = list_of(school, year)
    if not rows:
        raise Refused(f"{school}没有待分配的毕业生（第四条）。")
    running = Assignment.objects.filter(lead_school=school, year=year, closed_on=None).first()
    if running:
        raise Refused(
            f"{school}有未办结的招生分配{running.number}，现为“{running.state_name}”，请先办结或撤回（第四条）。"
        )
    lock_children([each.child.pk for each in rows])
    case = open_case(Assignment, by=by, lead=school, children=[], state=Assignment.State.DRAFT, year=year)
    CaseSubject.objects.bulk_create(
        [CaseSubject(case_id=case.pk, child=each.child, blocking=False) for each in rows], batch_size=1000
    )
    AssignmentRow.objects.bulk_create(
        [
            AssignmentRow(case=case, child=each.child, primary=each.primary, school_id=each.school, why=each.why)
            for each in rows
        ],
        batch_size=1000,
    )
    return case


@transaction.atomic
def keep_assignment(case: Assignment, chosen: dict[int, int | None], *, by) -> Assignment:
    """Write what the bureau chose by hand (row → school). Raises Refused once handed in, NotYourHand."""
    case = lock_draft(case, by=by)
    rows = list(case.rows.order_by("pk"))
    changed = [row for row in rows if row.pk in chosen and chosen[row.pk] != row.school_id]
    for row in changed:
        row.school_id, row.why = chosen[row.pk], Why.DECIDED
    AssignmentRow.objects.bulk_update(changed, ["school", "why"], batch_size=1000)
    return case


def juniors_of(bureau: Bureau) -> list[School]:
    """The bureau's open schools that teach grade seven."""
    return list(School.objects.filter(bureau=bureau, closed_on=None).exclude(kind=School.Kind.PRIMARY).order_by("code"))


def by_primary(rows: list[Proposed], assigned: set[int]) -> list[dict]:
    """Per primary school: leavers that wait, how many are assigned, how many the proposal leaves to the bureau."""
    schools = {each.primary.pk: each.primary for each in rows}
    total = Counter(each.primary.pk for each in rows)
    done = Counter(each.primary.pk for each in rows if each.child.pk in assigned)
    unsure = Counter(each.primary.pk for each in rows if each.school is None)
    return [
        {"school": schools[pk], "total": total[pk], "done": done[pk], "unsure": unsure[pk]}
        for pk in sorted(schools, key=lambda pk: schools[pk].code)
    ]
