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
from archives.custody.owed import owed
from archives.custody.services import give, receive
from archives.evidence.services import ask
from archives.kinds import KINDS
from archives.models import ArchiveWorkbook, SchoolCopy
from archives.periods import Period
from archives.scans import enter_one
from jianping_xueji.audit import anchoring
from jianping_xueji.jobs.models import Job
from jianping_xueji.vault import new_child_key
from law import clock
from reports.batches import services as batches
from reports.forms import FORMS
from reports.overprint.models import Printer
from reports.services import new_record, print_form
from schools.catchments import COMMUNITY
from schools.models import Bureau, Catchment, Division, School, SchoolClass
from students import enrolments
from students.campaigns import open_campaign
from students.changes import start_change
from students.checking.looking import check
from students.checking.sheet import pasted
from students.intake.filing import file_scan
from students.leavers.assigning import open_assignment
from students.models import (
    AgreementFile,
    Certificate,
    Difference,
    FrozenRecord,
    Graduation,
    ImportFile,
    Likeness,
    Overflow,
    Placement,
    Problem,
    PromotionRun,
    Registration,
    RosterChild,
    RosterFile,
    Student,
)
from supervision.audits.services import begin_round
from supervision.calendar.holidays import propose
from supervision.models import ExportRequest, Reminder
from suspensions.models import Dropout, Suspension
from tests.archives.specimens import AWARD, filled
from tests.changes import decided, drafted
from tests.county import class_of, hand_for, make_school, papers_in_order, staff_member
from tests.law.notices import OF_2027
from tests.leavers import leaver_maker
from tests.reports.books import closed, large_print
from tests.students.intake import asked, entered, searched
from tests.students.rosters import deferral_of, put_on_roster
from tests.students.specimens_classes import drafted_placing, drafted_plan, newcomers
from tests.students.specimens_schooling_proof import from_roll_book
from tests.supervision.clocks import row as deadline
from tests.supervision.complaining import complained
from tests.supervision.ordering import ordered, reported
from tests.suspensions.dropout_specimens import GIVEN, visited
from tests.transfers.placing import PLACED
from transfers.models import OutwardTransfer, SchoolClosing
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


# A move out of the county, as far as a draft knows it.
OUT = {"to_division": "150429", "to_school_name": "宁城县实验小学", "evidence": "来函"}


@dataclass
class Site:
    """One place and what its pages speak of; `words` fills the named parts of an address."""

    relation: str
    school: object
    words: dict = field(default_factory=dict)
    canaries: set = field(default_factory=set)


@dataclass(frozen=True)
class Place:
    """A school with the people and the stem of the name that every part of a site is made of."""

    relation: str
    school: object
    partner: object
    child_at: object
    registrar: object
    clerk: object

    @property
    def name(self) -> str:
        return CANARIES[self.relation]

    @property
    def grade(self) -> int:
        return self.school.grades[2]

    def child(self, suffix: str = "", **given):
        return self.child_at(self.school, grade=self.grade, name=f"{self.name}{suffix}", **given)


# The last character of every child's name on a site.
SUFFIXES = ("", *"转办休辍派编龄新统送毕证修档移账重诉任")


def build_site(relation, school, partner, child_at) -> Site:
    """Everything of one school, area by area: the words that fill addresses, and who must not show elsewhere."""
    people = staff_member(Role.REGISTRAR, school), staff_member(Role.BUREAU_CLERK, school.bureau)
    place = Place(relation, school, partner, child_at, *people)
    site = Site(relation, school, canaries={f"{place.name}{suffix}" for suffix in SUFFIXES})
    site.words["registrar"] = place.registrar.pk
    site.words["export"] = asked_export(place.clerk, school).pk
    for area in AREAS:
        words, numbers = area(place)
        site.words |= words | {"pk": site.words.get("pk", {}) | words.get("pk", {})}
        site.canaries |= numbers
    return site


def transfer_at(place: Place) -> tuple[dict, set]:
    """A child of the school, a running transfer into it with its papers, a filing, a job."""
    child, registrar = place.child(), place.registrar
    comer = place.child_at(place.partner, grade=place.grade, name=f"{place.name}转")
    target = class_of(place.school, place.grade)
    case = start_transfer(comer, place.school, by=registrar, ground="T4", grade=place.grade, to_class=target)
    papers_in_order(case, registrar)
    filing = filing_at(place.school, place.partner, place.child_at, place.name)
    job = Job.objects.create(kind="import.read", requested_by=registrar, school_id=place.school.pk)
    book = case.materials.get(code="household_book")
    paper = print_form(FORMS["one_time_notice"], case, by=registrar, address_of=str).record
    words = {
        "slug": child.slug,
        "number": case.number,
        "scan": hand_in_paper(book, by=registrar, data=photo()).scans.get().pk,
        "code": "household_book",
        "token": paper.token,
        "print": paper.number,
        "job": job.pk,
        "printer": Printer.objects.create(school=place.school, name="教务处", set_by=registrar).pk,
        "print_batch": batches.start(FORMS["transfer_contact"], [{"case": case.pk}], "本件", by=registrar, site="").pk,
        "pk": {
            "approvals:filing": filing.pk,
            "students:class": target.pk,
            "import": upload_of(place.school, registrar).pk,
        },
    }
    return words, {child.id_number.plain(), comer.id_number.plain()}


def changes_at(place: Place) -> tuple[dict, set]:
    """A suspension, a dropout, a placement by the bureau, a closing, a child taught at home."""
    suspension = start_change(
        Suspension, place.child("休"), by=place.registrar, ground_note="骨折", until=date(2027, 6, 30)
    )
    gone = visited(place.child("辍", household_division="150429000000"))
    comes = {
        "child_name": f"{place.name}派",
        "grade": place.grade,
        "residence_division": place.school.division,
    }
    return {
        "change": suspension.number,
        "dropout": decided(drafted(Dropout, gone, **GIVEN)).number,
        "placement": start_placement(place.school, by=place.clerk, **PLACED | comes).number,
        "closing": closing_of(place.school, place.partner).number,
        "at_home": taught_at_home(place.school, place.child_at, place.name).slug,
    }, set()


def intake_at(place: Place) -> tuple[dict, set]:
    """A newcomer in its batch, another that was handed to the bureau, a roster, the map."""
    newcomer, unused, original = newcomers_of(place.school, place.name)
    missing, put_off = roster_of(place.school, place.name)
    batch = open_case(Registration, by=place.registrar, lead=place.school, children=[], state="draft", title="秋季新生")
    words = {
        "newcomer": newcomer.slug,
        "intake_batch": newcomer.registration_entry.registration.number,
        "batch": batch.number,
        "overflow": overflow_of(place.school, f"{place.name}统").number,
        "roster_file": roster_file_of(place.school.bureau, place.clerk).pk,
        "roster_child": missing.slug,
        "deferral": put_off.number,
        "village": village_of(place.school).pk,
        "pk": {"intake:new": unused.pk, "intake:scan": original.pk},
    }
    return words, {newcomer.id_number.plain()}


def classing_at(place: Place) -> tuple[dict, set]:
    """A child without a class, the placing that would seat it, next year's plan."""
    sequence = 100 * (1 + list(CANARIES).index(place.relation))
    unplaced = newcomers(place.school, 1, sequence=sequence, name=f"{place.name}编")[0]
    words = {
        "placing": drafted_placing(place.school).number,
        "plan": drafted_plan(place.school, [(1, 2, 45)], year=2027).number,
    }
    return words, {unplaced.id_number.plain()}


def year_at(place: Place) -> tuple[dict, set]:
    """What the end of the year leaves: a leaver with its junior school, a paper, a proof, a run of the promotion."""
    school, number = place.school, f"号{place.school.pk}"
    paper = certificate_of(place.child("修"), place.registrar)
    leaver = leaver_maker(place.child_at)(school, name=f"{place.name}毕")
    junior = School.objects.get(bureau=school.bureau, kind=School.Kind.JUNIOR)
    run = {"bureau": school.bureau, "year": 2025, "state": "withdrawn", "made_on": clock.today()}
    return {
        "leaver": leaver.slug,
        "pair": {"primary": school.pk, "junior": junior.pk},
        "junior_class": class_of(junior, 7).pk,
        "assignment": open_assignment(school, by=place.clerk).number,
        "certificate": paper.pk,
        "paper": paper.pk,
        "proof": from_roll_book(school, name=f"{place.name}证", certificate_number=number).number,
        "run": PromotionRun.objects.create(made_by=place.clerk, **run).pk,
    }, set()


def archive_at(place: Place) -> tuple[dict, set]:
    """A child with an award and its certificate in the archive, and an upload that was given up."""
    child, spring = place.child("档"), Period(2025, 2)
    entry = enter_one(
        KINDS["award"], spring, child, filled("award", AWARD), by=place.registrar, files=[(photo(), "奖状.jpg")]
    )
    book = {"kind": "marks", "year": 2025, "term": 2, "name": "成绩.xlsx", "wrapped_key": b"", "state": "discarded"}
    book |= {"school": place.school, "uploaded_by": place.registrar, "uploaded_on": clock.today()}
    return {
        "archived": child.slug,
        "archive_entry": entry.pk,
        "archive_scan": entry.scans.get().pk,
        "archive_book": ArchiveWorkbook.objects.create(**book).pk,
    }, set()


def books_at(place: Place) -> tuple[dict, set]:
    """Last spring's book of transfers, closed; this autumn's, open; the file of a large print."""
    spring = {"year": 2025, "term": 2, "until": date(2026, 8, 31), "on": clock.today()}
    form = FORMS["movements_book"]
    about = {"school": place.school, "subject": f"{place.school.name}学生增减登记"}
    record = new_record(form, None, {"decision": "未结册"}, place.registrar, **about)
    return {
        "open_book": {"pk": place.school.pk, "kind": "movements", "year": 2026, "term": 1},
        "book_part": closed(place.school, "transfers", **spring).pk,
        "book_file": large_print(record, by=place.registrar).pk,
    }, set()


def custody_at(place: Place) -> tuple[dict, set]:
    """A child that left, its file sent to the partner and signed for there; the copies that stayed; a pack."""
    child, today = place.child("移"), clock.today()
    there = staff_member(Role.REGISTRAR, place.partner)
    case = open_case(OutwardTransfer, by=place.registrar, lead=place.school, children=[child], state="draft", **OUT)
    enrolments.end([child], on=today, case=case, how="转出", went_to=place.partner.name)
    enrolments.begin([(child, None)], school=place.partner, on=today, case=case, how="转入")
    words = {"way": "hand", "carrier": "张三", "given_on": today}
    slip = give(owed().filter(student=child), by=place.registrar, **words)
    signed = receive(slip, by=there, received_on=today, receiver="李四", files=[(photo(), "签收.jpg")])
    paper = Certificate.objects.get(student__name=f"{place.name}修")
    copy = SchoolCopy.objects.get(student=child)
    given = {"student": paper.student, "graduation_id": paper.graduation_id, "taken_on": today}
    content = copy.content | {"student": copy.content["student"] | {"name": paper.student.name}}
    frozen = FrozenRecord.objects.create(content=content, digest="0" * 64, **given)
    return {
        "slip": slip.number,
        "slip_token": slip.token,
        "pack": ask(by=place.registrar, purpose="督导", site="https://example.gov.cn", case=case).number,
        "pk": {
            "custody:scan": signed.scans.get().pk,
            "custody:copy": copy.pk,
            "custody:graduate_copy": frozen.pk,
        },
    }, set()


def compared_at(place: Place) -> tuple[dict, set]:
    """A difference with the national system and its file, a list that was checked, a pair that may be one child."""
    child, other = place.child("账"), place.child("重")
    given = {"bureau": place.school.bureau, "as_of": clock.today(), "uploaded_on": clock.today()}
    file = AgreementFile.objects.create(
        **given, school=place.school, name="全国系统.xlsx", wrapped_key=b"", uploaded_by=place.registrar, state="done"
    )
    difference = Difference.objects.create(
        bureau=place.school.bureau, school=place.school, what="differs", subject=f"s{child.pk}", field="ethnicity",
        student=child, name=child.name, ours="01", theirs="02", reason="book", side="check",
        found_on=clock.today(), opened_in=file, seen_in=file,
    )  # fmt: skip
    likeness = Likeness.objects.create(
        child=child, other=other, score=80, signs=["姓名只差一个字"], digest="0", found_on=clock.today()
    )
    Problem.objects.create(what="namesake", child=child, other=other, facts="同名", found_on=clock.today())
    words = {
        "agreement": file.pk,
        "difference": difference.pk,
        "check": check(pasted(child.name), purpose="核对", by=place.registrar).pk,
        "likeness": likeness.pk,
    }
    return words, {child.id_number.plain(), other.id_number.plain()}


def supervised_at(place: Place) -> tuple[dict, set]:
    """A complaint about a child of the school, an order, a report of its headmaster, the audit of the term, a deadline.

    What the deadline is about is somebody: only whoever sees the deadline reads the name.
    """
    child = place.child("诉")
    appointed = staff_member(Role.REGISTRAR, place.school, name=f"{place.name}任").appointments.get()
    deadline(place.school, subject=appointed.pk, deadline="audit.term", about="appointment")
    return {
        "complaint": complained(place.school, child, complainant=f"{place.name}诉").number,
        "order": ordered(place.school).number,
        "report": reported(place.school).number,
        "audit": begin_round(by=place.clerk, schools=[place.school])[0].number,
    }, {child.id_number.plain()}


AREAS = (
    transfer_at,
    changes_at,
    classing_at,
    intake_at,
    year_at,
    archive_at,
    books_at,
    custody_at,
    compared_at,
    supervised_at,
)


def asked_export(clerk, school):
    """A request of the bureau to hand one school's children out, not decided yet."""
    asked = {"purpose": "体检", "recipient": "县疾控中心", "document": "建教批〔2026〕3号", "fields": ["name"]}
    children = [Student.objects.filter(school=school).order_by("pk").values_list("pk", flat=True).first() or 1]
    more = {"scope": str(school), "children": children, "rows": 1, "expires_on": date(2026, 10, 1)}
    on = {"asked_by": clerk, "asked_on": date(2026, 9, 15)}
    return ExportRequest.objects.create(bureau=school.bureau, **asked, **more, **on)


def village_of(school) -> Division:
    """A village whose children the school takes."""
    area = school.division_id[:6]
    made, _ = Division.objects.get_or_create(
        code=f"{area}103{school.pk % 1000:03d}", defaults={"name": f"样例{school.pk}村", "kind": COMMUNITY}
    )
    Catchment.objects.create(community=made, school=school, year=2026, stage="primary", document="建教发〔2026〕9号")
    return made


def newcomers_of(school, name):
    """A newcomer in the school's batch, a search nobody has used yet, and a scan that is filed for ever."""
    sequence = 460 + 4 * list(CANARIES.values()).index(name)
    case = entered(school, asked(f"{name}新", sequence=sequence))
    newcomer = Student.objects.get(registration_entry__registration=case)
    unused = searched(school, asked(f"{name}新二", sequence=sequence + 1))
    original = file_scan(newcomer.application, "basics", photo(), "表.jpg", by=staff_member(Role.REGISTRAR, school))
    return newcomer, unused, original


def overflow_of(school, name) -> Overflow:
    """A draft about a child that was handed to the bureau."""
    registrar = staff_member(Role.REGISTRAR, school)
    given = {"wrapped_key": new_child_key(), "sex": "1", "birth_date": date(2020, 3, 3), "id_type": "Z"}
    child = Student.objects.create(school=school, name=name, **given)
    return open_case(Overflow, by=registrar, lead=school, children=[child], state="draft", year=2026, reported="已满")


def closing_of(school, partner) -> SchoolClosing:
    """A draft that would close the school: open cases stand in its way, but it is there to be looked at."""
    clerk = staff_member(Role.BUREAU_CLERK, school.bureau)
    given = {"receiving": partner, "document": "建政发〔2026〕12号", "state": "draft"}
    return open_case(SchoolClosing, by=clerk, lead=school, children=[], **given)


def taught_at_home(school, child_at, name):
    """A child whose teacher comes to the home."""
    child = child_at(school, grade=school.grades[2], name=f"{name}送")
    own = class_of(school, school.grades[2])
    room = SchoolClass.objects.create(school=school, stage=own.stage, cohort=own.cohort, number=90, kind="home")
    Placement.objects.filter(enrolment__student=child).update(school_class=room)
    return child


def roster_of(school, name) -> tuple:
    """A child of school age that nobody has seen, and another whose entry is to be put off."""
    seen = RosterChild.objects.count()
    children = put_on_roster(school.bureau, (f"{name}龄", seen + 1), (f"{name}龄缓", seen + 2))
    RosterChild.objects.filter(pk__in=[child.pk for child in children]).update(assigned=school)
    return children[0], deferral_of(children[1])


def roster_file_of(bureau, clerk) -> RosterFile:
    """An uploaded roster that waits to be confirmed; its content is on no disk."""
    given = {"counts": {"fresh": 0, "changed": 0}, "wrapped_key": b"", "state": "discarded"}
    return RosterFile.objects.create(
        bureau=bureau, year=2026, name="名册.xlsx", uploaded_by=clerk, uploaded_on=date(2026, 9, 1), **given
    )


def certificate_of(child, registrar) -> Certificate:
    """A paper made out for the child, as an earlier graduation would have."""
    case = open_case(
        Graduation,
        by=registrar,
        lead=child.school,
        children=[],
        state="draft",
        year=2025,
        grade=child.school.grades[-1],
    )
    words = {"school": child.school, "kind": "completion", "number": case.number, "year": 2025}
    return Certificate.objects.create(student=child, graduation=case, issued_on=clock.today(), **words)


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
        stored_name="0" * 32,
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
    make_school(bureau, 14, "第14中学", School.Kind.JUNIOR)
    make_school(abroad, 24, "凌源24中", School.Kind.JUNIOR, division="211382")
    sites = {
        "own": build_site("own", own, partner, child_at),
        "neighbour": build_site("neighbour", neighbour, partner, child_at),
        "foreign": build_site("foreign", foreign, foreign_partner, child_at),
    }
    for place in (bureau, abroad):
        open_campaign(place, date(2026, 10, 15), by=staff_member(Role.BUREAU_CLERK, place))
    people = people_of(bureau, own)
    sites["own"].words |= {
        "notice": propose(OF_2027, 2027, by=people["clerk"], document="国办发明电〔2026〕9号", reason="已公布").pk,
        "anchor": anchoring.drop(clock.today()).on.isoformat(),
        "reminder": Reminder.objects.create(user=people["registrar"], on=clock.today(), lines=[]).pk,
    }
    return sites, people


def people_of(bureau, own) -> dict:
    """One person of each role at our own school and bureau, and one who has been dismissed."""
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
    return people
