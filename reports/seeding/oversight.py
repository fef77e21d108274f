"""第四章 of the demo: complaints on every desk, orders, reports of registrars, audits, requests to hand out."""

from collections.abc import Callable
from datetime import date

from accounts.models import User
from approvals import materials
from approvals.models import Case
from approvals.services import perform
from law import clock
from law.workdays import Calendar
from schools.models import School
from students.models import Student
from supervision.audits.services import begin_round, fill_in
from supervision.complaints.services import register
from supervision.exports import services as exports
from supervision.orders.services import draw_up
from supervision.registrars.services import report

from . import SEED_DAY, SEED_YEAR

COMPLAINED = date(SEED_YEAR, 9, 1)
TOLD = date(SEED_YEAR, 9, 14)
ORDERED = date(SEED_YEAR, 9, 2)
# The way of a complaint, each act with what it says; {0} stands for the school.
HEARING = (
    ("submit", "jyj_clerk1", {}),
    ("issue", "jyj_checker", {}),
    ("verify", "{0}_registrar", {"found": "当日收到申请，经办人漏办，没有答复家长。"}),
    ("feed_back", "{0}_head", {}),
    ("propose", "jyj_clerk1", {"truth": "founded", "opinion_text": "三日内依法办理，并向家长当面说明。"}),
    ("supervise", "jyj_checker", {}),
    ("carry_out", "{0}_registrar", {"done_text": "已受理并向家长说明办理时限。"}),
    ("report_done", "{0}_deputy", {}),
    ("tell", "jyj_clerk1", {"told_on": TOLD, "told_how": "电话"}),
)
# School, what about, in whose words, and how many acts are done: one complaint lies on each desk.
COMPLAINTS = (
    ("hsxx", "delayed", "九月一日递交转学材料，学校至今没有答复。", 0),
    ("jpxx", "delayed", "学校说没有空学位，没有给书面答复。", 1),
    ("hsxx", "other", "学校要求提交规定以外的证明。", 2),
    ("jpxx", "other", "材料交了三次，每次说的都不一样。", 3),
    ("syxx", "delayed", "转出手续拖了一个星期没有办。", 4),
    ("cl", "suspension", "休学期满申请复学，学校没有受理。", 5),
    ("hl", "delayed", "转学申请没有人受理。", 6),
    ("shxx", "other", "学校不接收社区出具的居住证明。", 7),
    ("mgz", "false", "申请学籍信息变更半个月没有结果。", 8),
    ("hszx", "delayed", "转学联系表拖延盖章。", 9),
)
FAMILY = ("母亲", "父亲", "祖母", "祖父")
ORDER = {"breach": "6", "grave": False, "demand_text": "十五个工作日内移交全部档案，交回执复印件。"}
ORDER_WAY = (
    ("submit", "jyj_clerk2", {}),
    ("pass_on", "jyj_checker", {}),
    ("issue", "jyj_leader", {}),
    ("answer", "{0}_registrar", {"measures": "档案已交快递，单号附后。"}),
    ("vouch", "{0}_head", {}),
    ("verify", "jyj_clerk2", {"opinion": "回执已核对"}),
    ("close", "jyj_checker", {}),
)
ORDERS = (("hsxx", 3), ("cl", 5), ("shxx", 7), ("hl", 1))
REPORT_WAY = (("submit", "{0}_head", {}), ("propose", "jyj_clerk1", {}), ("approve", "jyj_checker", {}))
REPORTS = (("hsxx", "陈志远", 1), ("jpxx", "林晓梅", 2), ("syxx", "周立新", 3))
AUDIT_WAY = (
    ("submit", "jyj_clerk1", {}),
    ("issue", "jyj_checker", {}),
    ("answer", "{0}_registrar", {}),
    ("vouch", "{0}_head", {}),
    ("judge_findings", "jyj_clerk1", {}),
    ("close", "jyj_checker", {}),
)
AUDITS = (("hsxx", 0), ("jpxx", 2), ("cl", 4), ("syxx", 6))
REQUESTS = (
    ("县疾病预防控制中心", "九月学生体检编组", "建疾控函〔2026〕21号（演示）", "hsxx", ["name", "sex"]),
    ("某辅导机构", "招生宣传", "无", "jpxx", ["name"]),
)


def oversee(schools: dict[str, School]) -> None:
    """Live it up to the seed day."""
    office = Office(schools)
    for number, complaint in enumerate(COMPLAINTS):
        office.complain(number, *complaint)
    for code, acts in ORDERS:
        office.order(code, acts)
    for code, name, acts in REPORTS:
        office.report(code, name, acts)
    office.audit()
    office.hand_out()


class Office:
    """The people of the bureau and the schools, each act a working day after the one before."""

    def __init__(self, schools: dict[str, School]):
        self.schools = schools
        self.people = {user.username: user for user in User.objects.all()}
        self.calendar = Calendar.between(date(SEED_YEAR, 8, 1), date(SEED_YEAR, 12, 31))

    def walk(
        self, case: Case, code: str, way, begins: date, before: Callable[[Case], None] = lambda case: None
    ) -> Case:
        for days, (action, login, given) in enumerate(way, start=1):
            with clock.at(min(self.calendar.add(begins, days).day, SEED_DAY)):
                before(case)
                case = perform(case, action, by=self.people[login.format(code)], **given)
        return case

    def complain(self, number: int, code: str, matter: str, words: str, acts: int) -> None:
        begins = COMPLAINED if acts > 3 else SEED_DAY
        child = Student.objects.filter(school=self.schools[code], status="enrolled").order_by("-pk")[number]
        with clock.at(begins):
            case = register(
                self.schools[code],
                by=self.people["jyj_clerk1"],
                child=child,
                phone=f"1390000{7100 + number}",
                complainant=f"{child.name[0]}家长（演示）",
                relation=FAMILY[number % len(FAMILY)],
                channel="call",
                matter=matter,
                received_on=begins,
                content=words,
                demand="依法办理",
                order_text="何日收到申请；为何未办；何日能办。",
            )
        self.walk(case, code, HEARING[:acts], begins)

    def order(self, code: str, acts: int) -> None:
        with clock.at(ORDERED):
            facts = "八月转出的学生，纸质档案至今没有移交。"
            case = draw_up(self.schools[code], by=self.people["jyj_clerk2"], facts_text=facts, **ORDER)
        self.walk(case, code, ORDER_WAY[:acts], ORDERED)

    def report(self, code: str, name: str, acts: int) -> None:
        """A further registrar, trained in August; the account is one of the demo's."""
        head = self.people[f"{code}_head"]
        person = User.objects.create(username=f"{code}_registrar2", name=name, password=head.password)
        given = {"why": "added", "starts_on": SEED_DAY, "trained_on": date(SEED_YEAR, 8, 20), "post": "专职"}
        certificate = f"培{SEED_YEAR}-{self.schools[code].pk:03d}（演示）"
        begins = self.calendar.add(SEED_DAY, -3).day
        with clock.at(begins):
            case = report(
                self.schools[code], person, by=head, certificate=certificate, reason="学生增加，增配一人", **given
            )
            for material in case.materials.filter(required=True):
                materials.hand_in_paper(material, by=head)
                materials.check_paper(material, by=head, ok=True)
        self.walk(case, code, REPORT_WAY[:acts], begins)

    def audit(self) -> None:
        """The term's audit has begun at some schools; one of them is through."""
        begins = date(SEED_YEAR, 9, 4)
        with clock.at(begins):
            chosen = [self.schools[code] for code, _ in AUDITS]
            cases = {case.school_id: case for case in begin_round(by=self.people["jyj_clerk1"], schools=chosen)}
        for code, acts in AUDITS:
            fill = self.sheet_of(code)
            self.walk(cases[self.schools[code].pk], code, AUDIT_WAY[:acts], begins, before=fill)

    def sheet_of(self, code: str) -> Callable[[Case], None]:
        clerk, registrar = self.people["jyj_clerk1"], self.people[f"{code}_registrar"]

        def fill(case) -> None:
            if case.state == case.State.DRAFT:
                fill_in(case, by=clerk, samples={each.pk: {"result": "present"} for each in case.samples.all()})
            elif case.state == case.State.ANSWER:
                said = {"answer": "fixed", "words": "已补办，见附件。"}
                fill_in(case, by=registrar, findings={each.pk: said for each in case.findings.all()})
            elif case.state == case.State.CLOSE:
                fill_in(case, by=clerk, findings={each.pk: {"verdict": "cleared"} for each in case.findings.all()})

        return fill

    def hand_out(self) -> None:
        """One request waits for the leader, one was refused."""
        asked = []
        for recipient, purpose, document, code, fields in REQUESTS:
            children = Student.objects.filter(school=self.schools[code], status="enrolled")
            asked.append(
                exports.ask(
                    by=self.people["jyj_clerk1"],
                    purpose=purpose,
                    recipient=recipient,
                    document=document,
                    fields=fields,
                    children=children,
                    scope=f"{self.schools[code]}在籍学生",
                    expires_on=date(SEED_YEAR, 9, 30),
                )
            )
        opinion = "没有书面批文，用途与学籍管理无关。"
        exports.decide(asked[1], by=self.people["jyj_leader"], approve=False, opinion=opinion)
