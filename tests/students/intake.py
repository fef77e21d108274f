"""Newcomers in stories: a community mapped to a school, a child asked about, entered, signed for, put into a class."""

from datetime import date

from accounts.roles import Role
from law import clock
from schools.models import Catchment, Division
from students.intake import batches, duplicates, years
from students.intake.newcomers import Newcomer
from students.models import Registration, Student
from tests.county import id_number, staff_member

COMMUNITY = "211322101001"


def community(name="样例社区", code=COMMUNITY, township="211322101") -> Division:
    return Division.objects.get_or_create(
        code=code, defaults={"name": name, "kind": "村（社区）", "parent_id": township}
    )[0]


def mapped(school, place=None, year=None) -> Division:
    """The community belongs to the catchment of this school."""
    place = place or community()
    given = {"year": year or years.intake_year(clock.today()), "stage": "primary", "document": "学区划分通知"}
    Catchment.objects.create(community=place, school=school, **given)
    return place


def asked(name="新苗甲", birth=date(2020, 3, 5), sex="1", sequence=401, number=None, id_type="1"):
    number = id_number(birth, sequence, sex) if number is None else number
    return duplicates.Asked(name, sex, birth, id_type, number)


def newcomer(place=None, *, basics=None, guardian="苗父", **written) -> Newcomer:
    basics = {"home_address": "样例街1号", "phone": "13800000000", **(basics or {})}
    family = {1: {"name": guardian, "relation": "51", "phone": "13800000000", "is_guardian": True}}
    return Newcomer(basics, family, {"community": place, **written})


def registrar(school):
    return staff_member(Role.REGISTRAR, school)


def searched(school, who=None, grade=1, by=None):
    return duplicates.search(who or asked(), school, grade, by or registrar(school))


def entered(school, who=None, place=None, *, grade=1, by=None, **more) -> Registration:
    """Searched for and entered into the school's batch."""
    by = by or registrar(school)
    return batches.register_newcomer(searched(school, who, grade, by), newcomer(place, **more), by=by)


def child_of(case, name=None) -> Student:
    rows = Student.objects.filter(registration_entry__registration=case)
    return rows.get(name=name) if name else rows.latest("pk")


def ready(case, grade=1) -> Registration:
    """Everybody signed for and in a class."""
    by, children = registrar(case.lead_school), list(case.entries.values_list("student", flat=True))
    batches.sign_for(case, children, by=by, signed_on=clock.today())
    unseated = case.entries.filter(school_class=None).values_list("student", flat=True)
    return batches.seat(case, dict.fromkeys(unseated, class_for(case, grade).pk), by=by)


def class_for(case, grade=1):
    """The school's class of this grade in the year of the batch."""
    return case.lead_school.classes.get(stage="primary", cohort=case.intake_year - grade + 1, number=1)
