"""Beginning 招生入学: who is expected at a junior school, the batch of one click, the newcomer from outside."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.policies import powers_behind
from approvals.common_rules import of_level
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.materials import lay_out
from approvals.models import CaseSubject
from approvals.rules import Level, judge
from approvals.services import lock_children, open_case
from law import clock, parameters
from law.school_time import first_day, school_year_of
from schools.models import Division, School, SchoolClass, cohort_of

from ..classing import seating
from ..classing.balance import TooFewSeats, propose
from ..models.child import Student
from ..models.enrolment import Placement
from ..pending import Origin, checked_numbers, recognise, take_in
from .cohort import expected_school, last_in_grade_six, waiting_places
from .intake_case import Grade7Intake, IntakeRow
from .taking_over import GRADE


def expected_at(school: School, year: int) -> QuerySet[Placement]:
    """The grade-six places of those this junior school answers for and nobody has taken over yet."""
    return expected_anywhere(year).filter(expected=school.pk)


def expected_anywhere(year: int) -> QuerySet[Placement]:
    """Everybody nobody has taken over yet, each place with the junior school `expected` to, by primary school."""
    busy = CaseSubject.objects.filter(child=OuterRef("enrolment__student"), blocking=True)
    found = waiting_places(year).annotate(expected=expected_school(year), busy=Exists(busy))
    named = found.select_related("enrolment__student", "enrolment__school", "school_class")
    return named.order_by("enrolment__school__code", "school_class__number", "enrolment__student__name_pinyin", "pk")


def classes_of(school: School) -> list[SchoolClass]:
    """The school's open classes of grade seven."""
    stage, cohort = cohort_of(GRADE, school_year_of(clock.today()))
    return list(school.classes.filter(stage=stage, cohort=cohort, closed_on=None).order_by("number"))


def free_seats(school: School, classes: list[SchoolClass]) -> dict[int | None, int]:
    """Free seats by class (None: the whole grade); the cap where the ledger is not open yet."""
    cap = parameters.on(clock.today())["class.cap"]
    return {each.pk: cap for each in classes} | seating.free_seats(school.pk, GRADE, school_year_of(clock.today()))


def dealt(children: Iterable[Student], school: School, seed: int) -> dict[int, SchoolClass]:
    """均衡编班: child id → class. Raises Refused when there are too few seats."""
    today = clock.today()
    cap = parameters.on(today)["class.cap"]
    rooms = seating.rooms_of(school.pk, GRADE, school_year_of(today), unopened=cap, dealt=True)
    try:
        found = propose([seating.newcomer(child) for child in children], rooms, seed)
    except TooFewSeats as short:
        raise Refused(
            f"七年级各班空余学位合计少{short.short}个，不能全部编入；请增设班级或报教育局（第八条）。"
        ) from short
    classes = {each.pk: each for each in classes_of(school)}
    return {child: classes[pk] for child, pk in found.items()}


@transaction.atomic
def open_intake(school: School, seated: dict[int, SchoolClass], *, by, begins_on: date | None = None) -> Grade7Intake:
    """One click: a batch that takes these leavers (child id → class) over. Raises RulesBroken, ChildBusy."""
    lock_children(seated)
    places = last_in_grade_six(Q(year__lt=school_year_of(clock.today()), enrolment__student__in=seated))
    places = list(places.select_related("enrolment__student", "enrolment__school").order_by("enrolment__student"))
    rows = [
        IntakeRow(
            child=place.enrolment.student,
            school_class=seated[place.enrolment.student_id],
            from_school=place.enrolment.school,
            from_name=place.enrolment.school.name,
            from_code=place.enrolment.school.code,
            from_division=place.enrolment.school.division_id[:6],
        )
        for place in places
    ]
    if not rows:
        raise Refused("请至少勾选一名待接收的小学毕业生（第六条第三款）。")
    return opened(school, rows, by=by, begins_on=begins_on)


def opened(school: School, rows: list[IntakeRow], *, by, begins_on: date | None) -> Grade7Intake:
    """The draft with its rows and papers; what no signature could pass is not begun."""
    year = school_year_of(clock.today())
    case = open_case(
        Grade7Intake,
        by=by,
        lead=school,
        children=[row.child for row in rows],
        state=Grade7Intake.State.DRAFT,
        year=year,
        begins_on=begins_on or first_day(year),
    )
    for row in rows:
        row.case = case
    IntakeRow.objects.bulk_create(rows, batch_size=1000)
    verdict = judge(of_level(Grade7Intake.RULES, Level.HARD), case.facts)
    if verdict.broken:
        raise RulesBroken(verdict)
    lay_out(case, case.papers())
    return case


def take_in_outsider(
    school: School, to_class: SchoolClass, *, by, basics: dict, origin: Origin, begins_on: date | None = None
) -> Grade7Intake:
    """A leaver of another county (毕业后跨省就学): found by number first, else taken in as pending, and its own case.

    It is neither a transfer nor a new registration: the record of the primary school goes on under its number.
    """
    if not powers_behind(by, Grade7Intake.OPENER.right, school.pk):
        raise NotYourHand(f"您在{school}没有办理七年级招生入学的经办职权。")
    check_origin(origin, school)
    basics = basics | checked_numbers(basics)
    if not basics["registry_number"]:
        raise Refused(
            "请填写原小学的学籍号：七年级新生接续小学学籍，不新建学籍；没有学籍号的报教育局核查（第六条第三款）。"
        )
    known = recognise(school=school, by=by, **basics)
    with transaction.atomic():
        child = take_in(school=school, known=known, **basics)
        whence = {"from_name": origin.school_name, "from_code": origin.school_code, "from_division": origin.division}
        row = IntakeRow(child=child, school_class=to_class, **whence)
        return opened(school, [row], by=by, begins_on=begins_on)


def check_origin(origin: Origin, school: School) -> None:
    """The primary school lies outside the county, in a place that exists. Raises Refused."""
    if origin.division[:6] == school.bureau.division_id[:6]:
        raise Refused("毕业小学在本县，请在本页名单中接收；名单里没有的，请教育局核对招生分配（第六条第三款）。")
    if not Division.objects.filter(code=f"{origin.division[:2]}0000").exists():
        raise Refused(f"区划代码“{origin.division}”不存在，请核对前两位（如辽宁 21、内蒙古 15）。")
