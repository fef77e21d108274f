"""A small county for stories: one bureau, a few schools, people by role, children with numbers nobody owns."""

from datetime import date

import pytest

from accounts.appointments import appoint, grant_new_school
from accounts.models import User
from accounts.roles import Role
from approvals import materials
from approvals.services import perform
from jianping_xueji import vault
from law import clock
from law.school_time import school_year_of
from schools import seats
from schools.models import Bureau, Division, School, SchoolClass, Seats, cohort_of
from students import enrolments
from students.idnumber import check_character
from students.models import Student
from students.spelling import initials_of, pinyin_of
from transfers.services import Origin, start_transfer

LEGAL_DAY = date(2026, 9, 15)


@pytest.fixture(autouse=True)
def legal_day():
    """Every story is lived on 15 September 2026 unless it says otherwise."""
    with clock.at(LEGAL_DAY) as day:
        yield day


@pytest.fixture
def bureau(db):
    return Bureau.objects.create(name="建平县教育局", division=Division.objects.get(code="211322"))


def make_school(bureau, number, name, kind=School.Kind.PRIMARY, *, direct=False, division="211322101"):
    prefix = "31" if kind in (School.Kind.JUNIOR, School.Kind.NINE_YEAR) else "21"
    school = School.objects.create(
        code=f"{prefix}21{number:06d}",
        name=f"建平县{name}",
        short_name=name,
        kind=kind,
        county_direct=direct,
        bureau=bureau,
        division_id=division,
    )
    grant_new_school(school)
    year = school_year_of(clock.today())
    for grade in school.grades:
        stage, cohort = cohort_of(grade, year)
        SchoolClass.objects.create(school=school, stage=stage, cohort=cohort, number=1)
    seats.ensure_rows(school.pk, year, 55)
    return school


@pytest.fixture
def no1(bureau):
    """转出校 of most stories."""
    return make_school(bureau, 1, "第一小学")


@pytest.fixture
def no2(bureau):
    """转入校 of most stories."""
    return make_school(bureau, 2, "第二小学", division="211322103")


@pytest.fixture
def no3(bureau):
    """A school that has nothing to do with the case: the stranger."""
    return make_school(bureau, 3, "第三小学", division="211322106")


def another_county():
    """The bureau of 凌源市, with one school: its people are strangers here, whatever their office."""
    abroad = Bureau.objects.create(name="凌源市教育局", division_id="211382")
    make_school(abroad, 21, "凌源21小", division="211382")
    return abroad


def staff_member(role, place, name=None):
    """The person in this role at this place, appointed on first call."""
    username = f"{role}_{type(place).__name__.lower()}{place.pk}{name or ''}"
    user, made = User.objects.get_or_create(username=username, defaults={"name": name or f"{place}{Role(role).label}"})
    if made:
        more = {"trained_on": date(2024, 8, 20)} if role == Role.REGISTRAR else {}
        if role == Role.CLASS_TEACHER:
            more["school_class"] = place.classes.first()
        appoint(user, role, place, starts=date(2024, 9, 1), **more)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def staff(db):
    return staff_member


@pytest.fixture
def as_(client, staff):
    """The browser of somebody who holds this role there."""

    def enter(role, place):
        client.force_login(staff(role, place))
        return client

    return enter


def id_number(birth: date, sequence: int, sex: str) -> str:
    """A number of the unassigned county code 211399 with a right check character."""
    order = sequence * 2 + (1 if sex == "1" else 0)
    body = f"211399{birth:%Y%m%d}{order:03d}"
    return body + check_character(body)


@pytest.fixture
def child_at(db):
    """Make children who live at a school: child_at(school, grade=3, name='张小禾')."""
    return child_maker()


def child_maker():
    """A function that makes children, each with a number of its own."""
    made = 0

    def make(school, *, grade=3, name="样例甲", sex="1", **more):
        nonlocal made
        made += 1
        today = clock.today()
        year = school_year_of(today)
        birth = date(year - 6 - grade + 1, 3, 1 + made % 27)
        child = Student.objects.create(
            school=school,
            wrapped_key=vault.new_child_key(),
            status=Student.Status.ENROLLED,
            name=name,
            name_pinyin=pinyin_of(name),
            name_initials=initials_of(name),
            sex=sex,
            birth_date=birth,
            id_type="1",
            **more,
        )
        enrolments.sealed_number(child, "id", id_number(birth, made, sex), date(year, 9, 1)).save()
        stage, cohort = cohort_of(grade, year)
        place = SchoolClass.objects.filter(school=school, stage=stage, cohort=cohort).first()
        enrolments.begin([(child, place)], school=school, on=date(year, 9, 1), how="建籍")
        enrolments.issue_temporary_numbers([child], on=date(year, 9, 1), area="211399")
        seats.occupy(seats.rows_for(school.pk, year, grade, place))
        return Student.objects.get(pk=child.pk)

    return make


def class_of(school, grade):
    stage, cohort = cohort_of(grade, school_year_of(clock.today()))
    return school.classes.get(stage=stage, cohort=cohort, number=1)


def papers_in_order(case, by):
    """Every required paper handed in and checked by the school."""
    for material in case.materials.filter(required=True):
        materials.hand_in_paper(material, by=by)
        materials.check_paper(material, by=by, ok=True)


def originals_seen(case, by):
    """The bureau has looked at every required original."""
    for material in case.materials.filter(required=True):
        materials.see_original(material, by=by)


@pytest.fixture
def transfer(no1, no2, child_at, staff):
    """A draft from no1 to no2 with all papers checked."""
    registrar = staff(Role.REGISTRAR, no2)
    case = start_transfer(child_at(no1, grade=3), no2, by=registrar, ground="T4", grade=3, to_class=class_of(no2, 3))
    papers_in_order(case, registrar)
    return case


@pytest.fixture
def transfer_from_outside(no2, staff):
    """A draft for a child from 宁城县, across the province border."""
    from students.pending import take_in

    registrar = staff(Role.REGISTRAR, no2)
    birth = date(2018, 3, 2)
    child = take_in(
        school=no2, id_number=id_number(birth, 301, "2"), name="样例乙", sex="2", birth_date=birth, id_type="1"
    )
    case = start_transfer(
        child,
        no2,
        by=registrar,
        ground="T1",
        grade=3,
        household_moved=True,
        to_class=class_of(no2, 3),
        origin=Origin("150429", "宁城县实验小学", "2115000001", "三年级2班"),
    )
    papers_in_order(case, registrar)
    return case


# The whole way: action, role, and the side whose school or bureau the person belongs to.
WAY = [
    ("submit", Role.REGISTRAR, "lead"),
    ("vouch", Role.HEADMASTER, "lead"),
    ("review", Role.BUREAU_CLERK, "bureau"),
    ("pass_review", Role.BUREAU_CHECKER, "bureau"),
    ("apply", Role.REGISTRAR, "lead"),
    ("accept_child", Role.HEADMASTER, "lead"),
    ("propose_entry", Role.BUREAU_CLERK, "bureau"),
    ("approve_entry", Role.BUREAU_CHECKER, "bureau"),
    ("propose_release", Role.REGISTRAR, "peer"),
    ("release", Role.HEADMASTER, "peer"),
    ("complete", Role.BUREAU_CHECKER, "bureau"),
]


def hand_for(case, role, side):
    place = {"lead": case.lead_school, "peer": case.peer_school, "bureau": case.lead_school.bureau}[side]
    return staff_member(role, place)


def walk(case, *, until=None):
    """Walk a transfer along its way by the right hands, up to and including the action `until`."""
    for action, role, side in WAY:
        case = perform(case, action, by=hand_for(case, role, side))
        if action == until:
            break
    return case


def seats_of(school, grade):
    return Seats.objects.of_grade(school, school_year_of(clock.today()), grade).get()
