"""Transfers at every desk, made by the hands that would make them, each act on its own day of August and September."""

from dataclasses import dataclass, field
from datetime import date

from accounts.models import User
from approvals import materials
from approvals.models import Case, CaseSubject
from approvals.services import perform
from law import clock
from law.workdays import Calendar
from schools.models import School, SchoolClass, cohort_of
from students.idnumber import check_character
from students.models import Student
from students.pending import take_in
from transfers.grounds import Ground, RefusalGround
from transfers.services import Origin, start_transfer

from . import SEED_DAY, SEED_YEAR
from .numbers import NOBODYS_COUNTY
from .specimens import specimen

# The way of a transfer: action and the account that performs it, {to} and {of} standing for the two schools.
WAY = (
    ("submit", "{to}_registrar"),
    ("vouch", "{to}_head"),
    ("review", "jyj_clerk1"),
    ("pass_review", "jyj_checker"),
    ("apply", "{to}_registrar"),
    ("accept_child", "{to}_deputy"),
    ("propose_entry", "jyj_clerk1"),
    ("approve_entry", "jyj_checker"),
    ("propose_release", "{of}_registrar"),
    ("release", "{of}_deputy"),
    ("complete", "jyj_checker"),
)
SENDING = 8  # acts before the sending side decides
# The same where the sending school lies outside: our clerk and checker enter what it decided.
RECORDED = WAY[:SENDING] + (
    ("propose_release", "jyj_clerk1"),
    ("release", "jyj_checker"),
    ("propose_clearance", "jyj_clerk1"),
    ("complete", "jyj_checker"),
)
ACTS_A_DAY = 2


@dataclass(frozen=True)
class Turn:
    """An act off the straight way: send back, refuse, withdraw, report."""

    action: str
    login: str
    opinion: str = ""
    given: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Outsider:
    """A child who comes from outside the county."""

    name: str
    sex: str
    birth: date
    sequence: int
    origin: Origin


@dataclass(frozen=True)
class Story:
    """One transfer: from, to, grade, when it began and how far along the way it has come."""

    of: str
    to: str
    grade: int
    begins: date
    until: str = ""
    ground: str = Ground.CATCHMENT
    turns: tuple[Turn, ...] = ()
    reason: str = ""
    outsider: Outsider | None = None
    with_scans: bool = False
    papers: str = "checked"


def _september(day: int) -> date:
    return date(SEED_YEAR, 9, day)


def _reported(day: int) -> Turn:
    return Turn("report", "{to}_registrar", "", {"arrived_at_school_on": _september(day)})


NINGCHENG = Outsider("陈若溪", "2", date(2018, 3, 2), 452, Origin("150429", "宁城县（演示）实验小学", "", "三年级2班"))
PINGQUAN = Outsider("林知夏", "2", date(2017, 6, 8), 454, Origin("130881", "平泉市（演示）第一小学", "", "四年级3班"))
SHENYANG = Outsider(
    "马博远", "1", date(2016, 5, 11), 453, Origin("210105", "沈阳市皇姑区（演示）小学", "", "五年级1班")
)
FETCHED = {
    "outside_unit": "沈阳市皇姑区（演示）小学",
    "outside_person": "王老师（演示）",
    "outside_day": _september(7),
    "outside_evidence": "盖章的转学联系表",
}
SEND_BACK = Turn("send_back", "jyj_clerk1", "居住证明地址与户口簿不一致，请补充租房合同或房产证明")
REFUSE = Turn("refuse", "jyj_checker", "居住证明所载住址不在转入学校服务范围")
NOT_RELEASED = Turn(
    "refuse_release", "{of}_deputy", "父母双方对转学意见不一致", {"refusal_ground": RefusalGround.CUSTODY}
)
WITHDRAW = Turn("withdraw", "{to}_registrar", "家长来校说明不再迁居，申请撤回")
REVERT = Turn("revert", "jyj_leader", "经核实房产证明系伪造，依第十九条撤销，学生回原学校")
LATE = "暑假期间举家迁入，学生九月一日须到新校上课，请予特批"
BETWEEN_DIRECT = "双胞胎兄弟在转入学校就读，家中仅一位老人接送，请予特批"

STORIES = (
    Story("jpxx", "hsxx", 3, _september(14), papers="missing"),
    Story("jpxx", "hsxx", 5, _september(14), papers="handed", with_scans=True),
    Story("zlkxx", "jpxx", 2, _september(10), "submit"),
    Story("sjxx", "shxx", 4, _september(1), "submit", reason=LATE),
    Story("jpxx", "hsxx", 2, _september(3), "vouch", with_scans=True),
    Story("外", "hsxx", 3, _september(1), "vouch", Ground.HOUSEHOLD, outsider=NINGCHENG),
    Story("lgdxx", "klqxx", 5, _september(11), "review"),
    Story("yezx", "syzx", 8, _september(8), "review", Ground.PARENT_JOB, reason=BETWEEN_DIRECT),
    Story("jpxx", "hsxx", 6, _september(9), "pass_review", with_scans=True),
    Story("xtxx", "hsxx", 1, _september(1), "apply"),
    Story("hldkxx", "jpxx", 6, _september(7), "accept_child"),
    Story("kdsxx", "zjyzxx", 2, _september(8), "propose_entry"),
    Story("shxx", "jpxx", 5, _september(1), "approve_entry"),
    Story("hsxx", "jpxx", 1, _september(8), "approve_entry"),
    Story("nczx", "shzx", 8, _september(4), "propose_release", Ground.MIGRANT),
    Story("besjxx", "yslzxx", 3, _september(4), "release"),
    Story("外", "jpxx", 5, _september(1), "release", Ground.HOUSEHOLD, outsider=SHENYANG),
    Story("外", "hsxx", 4, _september(1), "complete", Ground.HOUSEHOLD, outsider=PINGQUAN),
    Story("hszx", "shzx", 7, _september(4), "accept_child", turns=(SEND_BACK,)),
    Story("mgz", "cl", 4, _september(1), "complete"),
    Story("hsxx", "shxx", 5, _september(1), "complete", turns=(_reported(9),)),
    Story("cl", "hl", 8, _september(2), "complete", Ground.MIGRANT, turns=(_reported(10),)),
    Story("zjyzxx", "klqxx", 4, _september(3), "review", turns=(REFUSE,)),
    Story("besjxx", "klqxx", 6, _september(2), "propose_release", turns=(NOT_RELEASED,)),
    Story("shxx", "hsxx", 4, _september(3), "submit", turns=(WITHDRAW,)),
    Story("yslzxx", "hl", 2, _september(1), "complete", turns=(REVERT,)),
)


def live_transfers(schools: dict[str, School]) -> None:
    """Live all stories up to the seed day."""
    teller = Teller(schools)
    for story in STORIES:
        teller.tell(story)


class Teller:
    """Plays the parts of a story: finds child, class and people, and lets each act happen on its day."""

    def __init__(self, schools: dict[str, School]):
        self.schools = schools
        self.people = {user.username: user for user in User.objects.all()}
        self.calendar = Calendar.between(date(SEED_YEAR, 8, 1), date(SEED_YEAR, 12, 31))

    def tell(self, story: Story) -> Case:
        """Begin the transfer and perform its acts, each on its working day."""
        with clock.at(story.begins):
            case = self._begin(story)
            self._bring_papers(story, case)
        for turn, workdays in self._acts(story):
            with clock.at(self._day(story.begins, workdays)):
                by = self._person(story, turn.login)
                if turn.action == "review":
                    self._see_originals(case)
                case = perform(case, turn.action, by=by, opinion=turn.opinion, **turn.given)
        return case

    def _acts(self, story: Story) -> list[tuple[Turn, int]]:
        """The acts with their working day since the beginning: two a day along the way, then one a day."""
        way = RECORDED if story.outsider else WAY
        reached = next((n for n, (action, _) in enumerate(way, start=1) if action == story.until), 0)
        acts = []
        for position, (action, login) in enumerate(way[:reached]):
            given = FETCHED if story.outsider and action.startswith("propose_") and position >= SENDING else {}
            acts.append((Turn(action, login, "", given), position // ACTS_A_DAY))
        last = acts[-1][1] if acts else 0
        return acts + [(turn, last + n) for n, turn in enumerate(story.turns, start=1)]

    def _day(self, begins: date, workdays: int) -> date:
        """That many working days later, never after the seed day."""
        return min(self.calendar.add(begins, workdays).day, SEED_DAY)

    def _person(self, story: Story, login: str) -> User:
        return self.people[login.format(to=story.to, of=story.of)]

    def _begin(self, story: Story) -> Case:
        school = self.schools[story.to]
        child = self._newcomer(story) if story.outsider else self._pupil(story)
        return start_transfer(
            child,
            school,
            by=self._person(story, "{to}_registrar"),
            ground=story.ground,
            grade=story.grade,
            origin=story.outsider and story.outsider.origin,
            household_moved=story.outsider is not None,
            to_class=self._class(school, story.grade),
            exception_reason=story.reason,
        )

    def _class(self, school: School, grade: int) -> SchoolClass:
        stage, cohort = cohort_of(grade, SEED_YEAR)
        return school.classes.filter(stage=stage, cohort=cohort).order_by("number").last()

    def _pupil(self, story: Story) -> Student:
        """The first child of the first class of this grade who is free for a change."""
        stage, cohort = cohort_of(story.grade, SEED_YEAR)
        return (
            Student.objects.filter(
                school=self.schools[story.of],
                status=Student.Status.ENROLLED,
                enrolments__placements__ends=None,
                enrolments__placements__school_class__stage=stage,
                enrolments__placements__school_class__cohort=cohort,
            )
            .exclude(pk__in=CaseSubject.objects.values("child"))
            .order_by("pk")
            .first()
        )

    def _newcomer(self, story: Story) -> Student:
        outsider = story.outsider
        body = f"{NOBODYS_COUNTY}{outsider.birth:%Y%m%d}{outsider.sequence:03d}"
        return take_in(
            school=self.schools[story.to],
            id_number=body + check_character(body),
            name=outsider.name,
            sex=outsider.sex,
            birth_date=outsider.birth,
            id_type="1",
        )

    def _bring_papers(self, story: Story, case: Case) -> None:
        """Hand in and check the checklist, as far as the story says; the bureau sees originals for 县直 schools."""
        if story.papers == "missing":
            return
        registrar = self._person(story, "{to}_registrar")
        for material in case.materials.filter(required=True):
            photo = {"data": specimen(material.label), "filename": "specimen.jpg"} if story.with_scans else {}
            materials.hand_in_paper(material, by=registrar, **photo)
            if story.papers == "checked":
                materials.check_paper(material, by=registrar, ok=True)

    def _see_originals(self, case: Case) -> None:
        """A 县直 school's papers lie before the bureau's clerk in the original, when they have come that far."""
        if case.lead_school.county_direct:
            for material in case.materials.filter(required=True):
                materials.see_original(material, by=self.people["jyj_clerk1"])
