"""Three places with the same things in each: our own school, another school of the county, a school of another county.

Each thing belongs to a child whose name occurs nowhere else (the canary), so that a leak into any answer is seen.
"""

import io
from dataclasses import dataclass, field
from datetime import date

from PIL import Image

from accounts.roles import Role
from approvals.materials import hand_in_paper
from approvals.models import CeimsFiling
from approvals.services import open_case, perform
from jianping_xueji.jobs.models import Job
from reports.forms import FORMS
from reports.services import print_form
from schools.models import Bureau, Division
from students.campaigns import open_campaign
from students.changes import start_change
from students.models import Certificate, Graduation, ImportFile, Registration
from suspensions.models import Dropout, Suspension
from tests.changes import decided, drafted
from tests.county import class_of, hand_for, make_school, papers_in_order, staff_member
from tests.students.specimens_schooling_proof import from_roll_book
from tests.suspensions.dropout_specimens import GIVEN, visited
from tests.transfers.placing import PLACED
from transfers.models import SchoolClosing
from transfers.placements import start_placement
from transfers.services import start_transfer

CANARIES = {"own": "鹿鸣甲", "neighbour": "雁归乙", "foreign": "鲸落丙"}
ROLES = {
    "teacher": Role.CLASS_TEACHER,
    "registrar": Role.REGISTRAR,
    "headmaster": Role.HEADMASTER,
    "clerk": Role.BUREAU_CLERK,
    "checker": Role.BUREAU_CHECKER,
    "leader": Role.BUREAU_LEADER,
    "data_admin": Role.DATA_ADMIN,
    "auditor": Role.AUDITOR,
}


@dataclass
class Site:
    """One place and what its pages speak of; `words` fills the named parts of an address."""

    relation: str
    school: object
    words: dict = field(default_factory=dict)
    canaries: set = field(default_factory=set)


def build_site(relation, school, partner, child_at) -> Site:
    """A child of the school, a running transfer into it, its papers, a filing, a job."""
    name = CANARIES[relation]
    child = child_at(school, grade=school.grades[2], name=name)
    comer = child_at(partner, grade=school.grades[2], name=f"{name}转")
    registrar = staff_member(Role.REGISTRAR, school)
    target = class_of(school, school.grades[2])
    case = start_transfer(comer, school, by=registrar, ground="T4", grade=school.grades[2], to_class=target)
    papers_in_order(case, registrar)
    filing = filing_at(school, partner, child_at, name)
    job = Job.objects.create(kind="import.read", requested_by=registrar, school_id=school.pk)
    scan = hand_in_paper(case.materials.get(code="household_book"), by=registrar, data=photo()).scans.get()
    batch = open_case(Registration, by=registrar, lead=school, children=[], state="draft", title="秋季新生")
    ill = child_at(school, grade=school.grades[2], name=f"{name}休")
    suspension = start_change(Suspension, ill, by=registrar, ground_note="骨折", until=date(2027, 6, 30))
    gone = visited(child_at(school, grade=school.grades[2], name=f"{name}辍", household_division="150429000000"))
    dropout = decided(drafted(Dropout, gone, **GIVEN))
    clerk = staff_member(Role.BUREAU_CLERK, school.bureau)
    comes = {"child_name": f"{name}派", "grade": school.grades[2], "residence_division": school.division}
    placement = start_placement(school, by=clerk, **PLACED | comes)
    words = {
        "slug": child.slug,
        "dropout": dropout.number,
        "placement": placement.number,
        "change": suspension.number,
        "closing": closing_of(school, partner).number,
        "proof": from_roll_book(school, name=f"{name}证", certificate_number=f"号{school.pk}").number,
        "paper": paper_of(school, registrar, child_at(school, grade=school.grades[2], name=f"{name}修")).pk,
        "number": case.number,
        "pk": {"approvals:filing": filing.pk, "students:class": target.pk, "import": upload_of(school, registrar).pk},
        "scan": scan.pk,
        "batch": batch.number,
        "token": print_form(FORMS["one_time_notice"], case, by=registrar, address_of=str).record.token,
        "job": job.pk,
        "code": "household_book",
    }
    canaries = {name, f"{name}转", f"{name}办", f"{name}休", f"{name}辍", f"{name}派", f"{name}证", f"{name}修"} | {
        child.id_number.plain(),
        comer.id_number.plain(),
    }
    return Site(relation, school, words, canaries)


def paper_of(school, registrar, child) -> Certificate:
    """A 修业证明 of a graduation nobody walked through."""
    graduation = open_case(Graduation, by=registrar, lead=school, children=[], state="draft", year=2025, grade=9)
    number = f"修2026{school.pk:06d}"
    given = {"kind": "completion", "number": number, "year": 2025, "issued_on": date(2026, 7, 10)}
    return Certificate.objects.create(student=child, graduation=graduation, school=school, **given)


def closing_of(school, partner) -> SchoolClosing:
    """A draft that would close the school: open cases stand in its way, but it is there to be looked at."""
    clerk = staff_member(Role.BUREAU_CLERK, school.bureau)
    given = {"receiving": partner, "document": "建政发〔2026〕12号", "state": "draft"}
    return open_case(SchoolClosing, by=clerk, lead=school, children=[], **given)


def photo() -> bytes:
    """The smallest photograph of an original that will do."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    return picture.getvalue()


def upload_of(school, registrar) -> ImportFile:
    """A workbook that waits to be committed."""
    return ImportFile.objects.create(
        school=school,
        uploaded_by=registrar,
        name="名册.xlsx",
        size=1,
        sha256="0" * 64,
        wrapped_key=b"",
        state="unusable",
    )


def filing_at(school, partner, child_at, name) -> CeimsFiling:
    """A transfer far enough that its first act waits to be entered in the national system."""
    mover = child_at(partner, grade=school.grades[2], name=f"{name}办")
    registrar = staff_member(Role.REGISTRAR, school)
    case = start_transfer(
        mover, school, by=registrar, ground="T4", grade=school.grades[2], to_class=class_of(school, school.grades[2])
    )
    papers_in_order(case, registrar)
    for action, role, side in [
        ("submit", Role.REGISTRAR, "lead"),
        ("vouch", Role.HEADMASTER, "lead"),
        ("review", Role.BUREAU_CLERK, "bureau"),
        ("pass_review", Role.BUREAU_CHECKER, "bureau"),
        ("apply", Role.REGISTRAR, "lead"),
        ("accept_child", Role.HEADMASTER, "lead"),
    ]:
        case = perform(case, action, by=hand_for(case, role, side))
    return CeimsFiling.objects.get(case=case)


def build_world(bureau, child_at) -> tuple[dict[str, Site], dict]:
    """All three sites, and the people of our own school and bureau."""
    abroad = Bureau.objects.create(name="凌源市教育局", division=Division.objects.get(code="211382"))
    partner, own, neighbour = (make_school(bureau, n, f"第{n}小学") for n in (11, 12, 13))
    foreign_partner, foreign = (make_school(abroad, n, f"凌源{n}小", division="211382") for n in (21, 22))
    sites = {
        "own": build_site("own", own, partner, child_at),
        "neighbour": build_site("neighbour", neighbour, partner, child_at),
        "foreign": build_site("foreign", foreign, foreign_partner, child_at),
    }
    for place in (bureau, abroad):
        open_campaign(place, date(2026, 10, 15), by=staff_member(Role.BUREAU_CLERK, place))
    people = {}
    for name, role in ROLES.items():
        place = bureau if role.startswith(("bureau", "data", "audit")) else own
        people[name] = staff_member(role, place)
    teacher = people["teacher"].appointments.get()
    teacher.school_class = class_of(own, own.grades[2])
    teacher.save()
    left = staff_member(Role.HEADMASTER, own, name="已免职")
    left.appointments.update(ends=date(2026, 9, 1))
    people["dismissed"] = left
    return sites, people
