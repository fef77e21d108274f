"""Paper files of the demo: two that left in August and are overdue, one on its way, one that has arrived."""

from datetime import date

from accounts.models import User
from approvals import materials
from approvals.models import CaseSubject
from approvals.services import perform
from archives.custody import services
from archives.custody.owed import owed
from law import clock
from law.school_time import first_day
from schools.models import School, cohort_of
from students import places
from students.changes import start_change
from students.models import Enrolment, Placement, Student
from transfers.models import OutwardTransfer

from . import SEED_YEAR

LEFT = date(SEED_YEAR, 8, 20)
GIVEN = date(SEED_YEAR, 9, 11)
OUT = {"to_division": "150429", "to_school_name": "宁城县（演示）实验小学", "evidence": "盖章的转学联系表"}
WAY = (("submit", "{0}_registrar"), ("vouch", "{0}_deputy"), ("propose", "jyj_clerk1"), ("approve", "jyj_checker"))
LEAVERS = (("hsxx", 5), ("jpxx", 4))
SENT = ("hsxx", "cl")  # whose completed transfer has its slip; the first of them has been signed for


def move_papers(schools: dict[str, School]) -> None:
    """Live it up to the seed day."""
    people = {user.username: user for user in User.objects.all()}
    for code, grade in LEAVERS:
        with clock.at(LEFT):
            leave(schools[code], code, grade, people)
    for code in SENT:
        send(schools[code], code, people, arrives=code == SENT[0])


def leave(school: School, code: str, grade: int, people: dict[str, User]) -> None:
    """A child of the school moves out of the county; its paper file stays behind."""
    case = start_change(OutwardTransfer, pupil(school, grade), by=people[f"{code}_registrar"], received_on=LEFT, **OUT)
    for material in case.materials.filter(required=True):
        materials.hand_in_paper(material, by=people[f"{code}_registrar"])
        materials.check_paper(material, by=people[f"{code}_registrar"], ok=True)
    for action, login in WAY:
        case = perform(case, action, by=people[login.format(code)])
    # The ledger of the new year was opened with this child still in it.
    sat = Placement.objects.filter(enrolment__student=case.child, year=SEED_YEAR).select_related("school_class")
    places.give_up_seats(sat, first_day(SEED_YEAR))


def pupil(school: School, grade: int) -> Student:
    """The last child of the grade by name that has no case yet."""
    stage, cohort = cohort_of(grade, SEED_YEAR)
    living = Enrolment.objects.living().filter(
        school=school, placements__ends=None, placements__school_class__stage=stage,
        placements__school_class__cohort=cohort,
    )  # fmt: skip
    found = Student.objects.filter(pk__in=living.values("student"), status=Student.Status.ENROLLED, problem="")
    return found.exclude(pk__in=CaseSubject.objects.values("child")).order_by("-pk").first()


def send(school: School, code: str, people: dict[str, User], *, arrives: bool) -> None:
    """The file of a completed transfer goes by mail; it has arrived, or is on its way."""
    registrar = people[f"{code}_registrar"]
    row = owed().filter(giver=school.pk, left_by__kind="transfer").first()
    if row is None:
        return
    with clock.at(GIVEN):
        services.place(row.student, school, box=f"{SEED_YEAR}-07", shelf="2柜3层", by=registrar)
        words = {"way": "courier", "carrier": "XA20260911CN（演示）", "given_on": GIVEN, "pages": {row.pk: 36}}
        slip = services.give([row], by=registrar, **words)
        if arrives:
            there = next(user for user in people.values() if signs_for(user, slip.to_school_id))
            services.receive(slip, by=there, received_on=GIVEN, receiver=there.name)


def signs_for(user: User, school: int) -> bool:
    return user.username.endswith("_registrar") and user.appointments.filter(school=school).exists()
