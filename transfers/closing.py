"""What the closing of a school does, in one act: children, classes, seats, cases, offices. Back: `closing_undo.py`.

Everything is set-based: the number of statements does not grow with the number of children. Locks are taken children
first (ascending), then the two schools: whoever would bring a child, a case or a class to the closing school waits for
the school's row, and finds it closed.
"""

from django.apps import apps
from django.db.models import Max, Q

from accounts.appointments import leave_offices_at
from approvals.common_rules import of_level
from approvals.errors import Refused, RulesBroken
from approvals.kinds import by_kind
from approvals.models import Case, CaseSubject, CeimsFiling, Step
from approvals.rules import Level, judge
from approvals.services import lock_children
from law import articles, clock, parameters
from law.school_time import school_year_of
from schools import seats
from schools.models import FormerName, School, SchoolClass, Seats
from students import enrolments, journal
from students.models import Enrolment, Placement, Student
from students.problems.detection import recheck

from .closing_record import change, keep, swapped

LAW = articles.MERGED_SCHOOLS
SIDES = ("lead_school_id", "peer_school_id", "desk_school_id")


def hand_over_school(case) -> None:
    """准予撤并: all of it or nothing. Raises RulesBroken, Refused."""
    locked = lock_everybody(case)
    lock_schools(case)
    verdict = judge(of_level(case.RULES, Level.HARD), case.build_facts(clock.today()))
    if verdict.broken:
        raise RulesBroken(verdict)
    children = list(Student.objects.filter(pk__in=living_at(case.lead_school_id)).order_by("pk"))
    guests = list(attending(case.lead_school_id).values_list("student", flat=True))
    everybody = [*(child.pk for child in children), *guests]
    if set(everybody) - locked:
        raise Refused("签批的同时有学生转入撤并学校，请刷新后核对人数，再行签批（第十一条第二款）。")
    CaseSubject.objects.bulk_create(
        [CaseSubject(case_id=case.pk, child_id=pk, blocking=False) for pk in everybody], batch_size=1000
    )
    open_ledgers(case)
    classes = open_classes(case)
    cases = rehome_cases(case, classes)
    sitting = enrolments.places_taken(case.lead_school)
    with journal.kept(case):
        move_children(case, children, classes)
        move_guests(case, classes)
        move_seats(case, classes, sitting)
    close_school(case, classes)
    recheck(everybody)
    counts = {"children": children, "guests": guests, "classes": classes}
    case.handed_over = {**{name: str(len(each)) for name, each in counts.items()}, "open_cases": str(cases)}


def living_at(school_id: int):
    """Ids of all children whose record lives at a school: in class, suspended, dropped out, abroad."""
    return Enrolment.objects.living().filter(school=school_id).values("student")


def attending(school_id: int):
    """The enrolments of those who attend this school while their record is at another (第二十五条)."""
    return Enrolment.objects.living().filter(attends=school_id)


def lock_everybody(case) -> set[int]:
    """Lock the children of the school, its guests, and those of every open case in which it takes part."""
    school = case.lead_school_id
    busy = CaseSubject.objects.filter(blocking=True).filter(Q(case__lead_school=school) | Q(case__peer_school=school))
    here = Q(pk__in=living_at(school)) | Q(pk__in=attending(school).values("student"))
    ids = set(Student.objects.filter(here | Q(pk__in=busy.values("child"))).values_list("pk", flat=True))
    lock_children(ids)
    return ids


def lock_schools(case) -> None:
    """The closing school takes nobody any more; the receiving one cannot be closed meanwhile. Ascending ids."""
    for pk in sorted({case.lead_school_id, case.receiving_id}):
        School.objects.select_for_update(no_key=pk == case.receiving_id).get(pk=pk)


def open_ledgers(case) -> None:
    """Both schools' seat ledgers of this year exist, whatever was planned."""
    today = clock.today()
    for school in (case.lead_school, case.receiving):
        enrolments.open_ledger(school, school_year_of(today), parameters.on(today)["class.cap"])


def open_classes(case) -> dict[int, SchoolClass]:
    """Each class of the closing school goes on at the receiving one under the next free number: old id → new class."""
    year = school_year_of(clock.today())
    former = case.lead_school.classes.filter(closed_on=None).order_by("stage", "cohort", "number")
    numbers = case.receiving.classes.order_by().values_list("stage", "cohort").annotate(last=Max("number"))
    last = {(stage, cohort): number for stage, cohort, number in numbers}
    made = {}
    for old in former:
        if old.grade_in(year) is None:
            continue
        key = (old.stage, old.cohort)
        last[key] = last.get(key, 0) + 1
        made[old.pk] = SchoolClass(
            school=case.receiving, stage=old.stage, cohort=old.cohort, number=last[key], kind=old.kind
        )
    SchoolClass.objects.bulk_create(made.values())
    keep(case, SchoolClass, {new.pk: (None, {"school_id": new.school_id}) for new in made.values()})
    return made


def move_children(case, children: list[Student], classes: dict[int, SchoolClass]) -> None:
    """One day on which every child leaves the one school's books and enters the other's, in the class it sat in.

    Who attends a third school (第二十五条) keeps its chair there.
    """
    today = clock.today()
    left = enrolments.end(children, on=today, case=case, how="学校撤并", went_to=case.receiving.name)
    elsewhere = {p.school_class_id: p.school_class for p in left if p.school_class.school_id != case.lead_school_id}
    sat_in = {place.enrolment.student_id: (classes | elsewhere).get(place.school_class_id) for place in left}
    enrolments.begin(
        [(child, sat_in.get(child.pk)) for child in children],
        school=case.receiving,
        on=today,
        case=case,
        how="学校撤并",
        came_from=case.lead_school.name,
    )


def move_guests(case, classes: dict[int, SchoolClass]) -> None:
    """Who only attends the closing school goes along with its class; the record stays where it is (第二十五条)."""
    today, there = clock.today(), attending(case.lead_school_id)
    left = list(Placement.objects.filter(enrolment__in=there, ends=None))
    for place in left:
        place.ends = max(today, place.starts)
    Placement.objects.bulk_update(left, ["ends"])
    Placement.objects.bulk_create(
        [
            Placement(enrolment_id=p.enrolment_id, school_class=classes[p.school_class_id], year=p.year, starts=p.ends)
            for p in left
            if p.school_class_id in classes
        ]
    )
    there.filter(school=case.receiving_id).update(attends=None)
    there.update(attends=case.receiving_id)


def move_seats(case, classes: dict[int, SchoolClass], sitting: dict[int, int]) -> None:
    """The old ledger is empty; each class brings its seats along, and the receiving grades grow by numbered grants."""
    year = school_year_of(clock.today())
    rows = Seats.objects.filter(school=case.lead_school, year__gte=year)
    old = {row.school_class_id: row for row in rows.filter(year=year).exclude(school_class=None)}
    rows.update(used=0)
    grades: dict[int, tuple[int, int]] = {}
    for former, new in classes.items():
        capacity, here = old[former].capacity, sitting.get(former, 0)
        row = Seats.objects.create(
            school=case.receiving, year=year, grade=old[former].grade, school_class=new, capacity=capacity
        )
        settle(case, row, max(here - capacity, 0), here)
        if not new.at_home:
            more, used = grades.get(row.grade, (0, 0))
            grades[row.grade] = (more + max(capacity, here), used + here)
    for grade, (more, used) in sorted(grades.items()):
        row, _ = Seats.objects.get_or_create(
            school=case.receiving, year=year, grade=grade, school_class=None, defaults={"capacity": 0}
        )
        settle(case, row, more, used)


def settle(case, row: Seats, more: int, used: int) -> None:
    """`more` seats by a numbered grant citing the article, then `used` of them taken."""
    if more:
        reason = f"{case.lead_school}撤并，班级整体移交"
        seats.grant(row, more, article=LAW, reason=reason, on=clock.today(), case_number=case.number)
    if used:
        seats.occupy([row], used)


def rehome_cases(case, classes: dict[int, SchoolClass]) -> int:
    """Open cases go on at the receiving school: sides and desk, and every school and class they name.

    What was decided before and is not yet confirmed in the national system lies on its desk too.
    """
    old, new = case.lead_school_id, case.receiving_id
    running = Case.objects.open().exclude(pk=case.pk)
    here = list(running.filter(Q(lead_school=old) | Q(peer_school=old) | Q(desk_school=old)).values("pk", *SIDES))
    schools = {old: new}
    change(case, Case, swapped(here, SIDES, schools))
    filings = CeimsFiling.objects.filter(school=old, confirmed_on=None, needless=False).values("pk", "school_id")
    change(case, CeimsFiling, swapped(filings, ("school_id",), schools))
    of_classes = {former: each.pk for former, each in classes.items()}
    for kind, model in by_kind().items():
        for field in model._meta.local_fields:
            table = {School: schools, SchoolClass: of_classes}.get(field.related_model)
            if table and kind != case.kind_code:
                rows = model._base_manager.filter(closed_on=None, **{f"{field.attname}__in": list(table)})
                change(case, model, swapped(rows.values("pk", field.attname), (field.attname,), table))
    return len(here)


def close_school(case, classes: dict[int, SchoolClass]) -> None:
    """School, classes and offices end today; name and code stay for ever as those of a former school."""
    today, school = clock.today(), case.lead_school
    ending = school.classes.filter(closed_on=None).values("pk", "closed_on")
    change(case, SchoolClass, {row["pk"]: ({"closed_on": None}, {"closed_on": today}) for row in ending})
    change(case, School, {school.pk: ({"closed_on": None}, {"closed_on": today})})
    former = FormerName.objects.create(
        school=school, name=school.name, code=school.code, until=today, successor_id=case.receiving_id
    )
    keep(case, FormerName, {former.pk: (None, {"revoked": False})})
    signed = Step.objects.filter(acted_on=today, appointment__school=school).values_list("appointment", flat=True)
    ended = leave_offices_at(school, on=today, signed_today=set(signed))
    table = apps.get_model("accounts", "Appointment")
    keep(case, table, {each.pk: ({"ends": before}, {"ends": each.ends}) for each, before in ended})
