"""The turn of one school year, lived by the people of a seeded county, from the results of grade nine to the board.

Every step goes through the services and signatures that people use on the pages, on its usual day. Whoever signs is
looked up by role and place, so any seeded county can live its year.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle
from random import Random

from django.db import transaction

from accounts.models import Appointment, User
from accounts.roles import Role
from approvals.services import open_case, perform
from law import clock
from schools.models import Bureau, School, cohort_of
from students.intake.batches import seat_evenly, sign_for
from students.leavers import assigning
from students.leavers.intake import dealt, expected_anywhere, open_intake
from students.models import Placement, Registration, Student
from students.plans.services import start_plan
from students.year import services
from students.year.calendar import finishing_grades
from students.year.papers import open_assessment
from suspensions.leavers_board.board import board
from suspensions.leavers_board.services import open_sheet

from . import SEED
from .batches import NewcomerList
from .children import ChildMaker

# Of a hundred who sit the county's assessment so many pass.
PASS_PERCENT = 98
SIZES = {1: 45, 7: 50}
DOCUMENT = "建教发〔{year}〕12号"

Say = Callable[[str], None]


@dataclass
class Office:
    """Who serves in which role at which place."""

    people: dict[tuple[str, int | None, int | None], User] = field(default_factory=dict)

    @classmethod
    def of_today(cls) -> "Office":
        rows = Appointment.objects.live(clock.today()).select_related("user").order_by("-pk")
        return cls({(row.role, row.school_id, row.bureau_id): row.user for row in rows})

    def at(self, role: str, place: School | Bureau) -> User:
        key = (role, place.pk, None) if isinstance(place, School) else (role, None, place.pk)
        return self.people[key]

    def walk(self, case, school: School, *acts: str):
        """Sign a case along its way; `acts` in order, each by whoever signs it."""
        hands = {
            "submit": Role.REGISTRAR,
            "hand_in": Role.REGISTRAR,
            "vouch": Role.HEADMASTER,
            "propose": Role.BUREAU_CLERK,
            "approve": Role.BUREAU_CHECKER,
            "register": Role.BUREAU_CHECKER,
        }
        for act in acts:
            role = hands[act]
            place = school.bureau if role in (Role.BUREAU_CLERK, Role.BUREAU_CHECKER) else school
            case = perform(case, act, by=self.at(role, place))
        return case

    def of_bureau(self, case, bureau: Bureau):
        """The two signatures of the bureau."""
        case = perform(case, "submit", by=self.at(Role.BUREAU_CLERK, bureau))
        return perform(case, "approve", by=self.at(Role.BUREAU_CHECKER, bureau))


def play(bureau: Bureau, year: int, say: Say = print) -> dict[str, int]:
    """Live the turn of school year `year` (the one that ends in summer). Returns what was counted on the way."""
    schools = list(School.objects.filter(bureau=bureau, closed_on=None).select_related("bureau").order_by("code"))
    counted: dict[str, int] = {}
    steps = (
        (date(year + 1, 7, 1), "综合考核", assess),
        (date(year + 1, 7, 5), "毕业", graduate),
        (date(year + 1, 7, 20), "招生计划", plan),
        (date(year + 1, 9, 1), "升级", promote),
        (date(year + 1, 9, 2), "招生分配", assign),
        (date(year + 1, 9, 3), "新生注册", register),
        (date(year + 1, 9, 8), "七年级入学", take_over),
        (date(year + 1, 9, 25), "小初对接", sign_pairs),
    )
    for day, name, step in steps:
        with clock.at(day), transaction.atomic():
            counted[name] = step(bureau, schools, year, Office.of_today())
        say(f"{day:%Y-%m-%d} {name}：{counted[name]}")
    return counted


def assess(bureau: Bureau, schools: list[School], year: int, office: Office) -> int:
    """Results of all of grade nine; two of a hundred do not pass."""
    finals = Placement.objects.filter(
        year=year, ends=None, school_class__cohort=cohort_of(9, year)[1], school_class__stage="junior"
    ).filter(enrolment__voided=False, enrolment__student__status="enrolled")
    rng = Random(SEED + year)
    ids = list(finals.order_by("enrolment__student").values_list("enrolment__student", flat=True))
    lines = [[pk, rng.randrange(100) < PASS_PERCENT, "", row] for row, pk in enumerate(ids, 2)]
    if not lines:
        return 0
    content = {"year": year, "file_name": f"{year + 1}年综合考核结果.xlsx", "lines": lines}
    office.of_bureau(open_assessment(content, by=office.at(Role.BUREAU_CLERK, bureau)), bureau)
    return len(lines)


def graduate(bureau: Bureau, schools: list[School], year: int, office: Office) -> int:
    """Each finishing grade of each school, by the school's two signatures. Returns how many lists were signed."""
    signed = 0
    for school in schools:
        for grade in finishing_grades(school):
            case = services.start_graduation(school, grade, by=office.at(Role.REGISTRAR, school), year=year)
            case = perform(case, "submit", by=office.at(Role.REGISTRAR, school))
            perform(case, "approve", by=office.at(Role.HEADMASTER, school))
            signed += 1
    return signed


def plan(bureau: Bureau, schools: list[School], year: int, office: Office) -> int:
    """Enough classes for newcomers (as many as leave grade six) and for the leavers. Returns the seats planned."""
    coming = wanted(bureau, schools, year)
    seats = 0
    for school in schools:
        lines = [
            (grade, max(1, -(-coming[school.pk, grade] // SIZES[grade])), SIZES[grade])
            for grade in (1, 7)
            if grade in school.grades
        ]
        document = DOCUMENT.format(year=year + 1)
        clerk = office.at(Role.BUREAU_CLERK, bureau)
        office.of_bureau(start_plan(school, by=clerk, year=year + 1, lines=lines, document=document), bureau)
        seats += sum(classes * size for _, classes, size in lines)
    return seats


def wanted(bureau: Bureau, schools: list[School], year: int) -> Counter:
    """(school, grade) → children expected: grade one as many as grade six had, grade seven by the proposal."""
    expected: Counter = Counter()
    for school in decided(bureau, year + 1).values():
        expected[school, 7] += 1
    first = {school.pk: newcomers_of(school, year) for school in schools if 1 in school.grades}
    return expected + Counter({(pk, 1): count for pk, count in first.items()})


def newcomers_of(school: School, year: int) -> int:
    """As many children come in as sat in grade six in the year that ended."""
    rows = Placement.objects.filter(year=year, school_class__school=school, enrolment__voided=False)
    return rows.filter(school_class__stage="primary", school_class__cohort=cohort_of(6, year)[1]).count()


def decided(bureau: Bureau, year: int) -> dict[int, int]:
    """child → junior school: the proposal; whom it leaves to the bureau go together, school by school in turn."""
    turn = cycle(school.pk for school in assigning.juniors_of(bureau) if school.kind != School.Kind.SPECIAL)
    together: dict[int, int] = defaultdict(lambda: next(turn))
    return {each.child.pk: each.school or together[each.primary.pk] for each in assigning.dry_run(bureau, year)}


def promote(bureau: Bureau, schools: list[School], year: int, office: Office) -> int:
    """The whole county at once. Returns the children who moved up."""
    run = services.submit_run(bureau, year, by=office.at(Role.BUREAU_CLERK, bureau))
    return services.promote_all(run, by=office.at(Role.BUREAU_CHECKER, bureau))["promoted"]


def assign(bureau: Bureau, schools: list[School], year: int, office: Office) -> int:
    """Every primary school's leavers to their junior schools. Returns how many children."""
    where, clerk, children = decided(bureau, year + 1), office.at(Role.BUREAU_CLERK, bureau), 0
    leaving = set(Student.objects.filter(pk__in=where).values_list("school", flat=True))
    for school in (each for each in schools if each.pk in leaving):
        case = assigning.open_assignment(school, by=clerk)
        chosen = {row.pk: where[row.child_id] for row in case.rows.all()}
        office.of_bureau(assigning.keep_assignment(case, chosen, by=clerk), bureau)
        children += len(chosen)
    return children


def register(bureau: Bureau, schools: list[School], year: int, office: Office) -> int:
    """A batch of newcomers at every school with a grade one, signed by guardians, school and bureau."""
    maker = ChildMaker(Random(SEED + year + 1), year + 1)
    registered = 0
    for school in schools:
        count = newcomers_of(school, year) if 1 in school.grades else 0
        if not count:
            continue
        registrar = office.at(Role.REGISTRAR, school)
        title = f"{year + 1}年秋季新生"
        case = open_case(
            Registration, by=registrar, lead=school, children=[], state="draft", title=title, intake_year=year + 1
        )
        case = perform(case, "fill", by=registrar, plan=NewcomerList(school, count, maker, seated=False))
        children = list(case.entries.values_list("student", flat=True))
        case = sign_for(case, children, by=registrar, signed_on=clock.today())
        seat_evenly(case, by=registrar)
        office.walk(Registration.objects.get(pk=case.pk), school, "hand_in", "vouch", "propose", "register")
        registered += count
    return registered


def take_over(bureau: Bureau, schools: list[School], year: int, office: Office) -> int:
    """Each junior school takes its leavers over in one batch. Returns how many children."""
    taken, waiting = 0, defaultdict(list)
    for place in expected_anywhere(year + 1):
        waiting[place.expected].append(place.enrolment.student)
    for school in schools:
        children = waiting[school.pk]
        if not children:
            continue
        case = open_intake(school, dealt(children, school, SEED), by=office.at(Role.REGISTRAR, school))
        office.walk(case, school, "submit", "vouch", "propose", "approve")
        taken += len(children)
    return taken


def sign_pairs(bureau: Bureau, schools: list[School], year: int, office: Office) -> int:
    """Every pair of a primary and a junior school signs its sheet. Returns how many sheets."""
    by_pk = {school.pk: school for school in schools}
    pairs = sorted({(row.primary, row.pair) for row in board(year + 1) if row.pair})
    for primary, junior in ((by_pk[one], by_pk[two]) for one, two in pairs):
        case = open_sheet(primary, junior, by=office.at(Role.REGISTRAR, primary))
        for act, role, school in (
            ("submit", Role.REGISTRAR, primary),
            ("vouch", Role.HEADMASTER, primary),
            ("confirm", Role.REGISTRAR, junior),
            ("countersign", Role.HEADMASTER, junior),
        ):
            case = perform(case, act, by=office.at(role, school))
    return len(pairs)
