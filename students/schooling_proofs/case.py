"""第三十二条：毕业证书遗失的，由原学校申请、县级核准，出具学习经历证明；不补发证书，一证只出具一次."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Max, Q

from approvals.errors import Refused
from approvals.materials import Paper, facts_of_papers
from approvals.rules import rule
from approvals.ways import way
from law import articles, clock
from schools.models import Stage

from ..changes import RecordChange
from ..models.child import Student
from .forms import MONTH, ProofForm

PERSON = ("name", "sex", "birth_date")
ROLL_BOOK = "roll_book"
PROOF_SERIES = 3202


@dataclass(frozen=True)
class ProofFacts:
    """出具学习经历证明要看的事实."""

    on: date
    status: str = ""
    in_register: bool = True
    roll_book: str = ""
    entered_month: str = ""
    left_month: str = ""
    proved_by: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day):
        return None

    @property
    def status_name(self) -> str:
        return dict(Student.Status.choices).get(self.status, self.status)


@rule(
    "学生现为“{f.status_name}”，没有毕业证书",
    articles.LOST_CERTIFICATE,
    remedy="只有毕业的学生因毕业证书遗失申请；在籍学生需要证明的，打印在籍证明",
    kept="学生已经毕业",
)
def has_graduated(f):
    return not f.in_register or f.status == Student.Status.GRADUATED


@rule(
    "没有写明毕业生花名册（学籍卡）的出处",
    articles.LOST_CERTIFICATE,
    remedy="系统建立以前毕业的，请查原学校永久保存的毕业生花名册，写明年份、册、页",
    kept="有学籍记录或毕业生花名册可查",
)
def stands_in_a_book(f):
    return f.in_register or bool(f.roll_book.strip())


@rule(
    "入学年月、毕业年月先后不符，或毕业年月晚于今日",
    articles.LOST_CERTIFICATE,
    remedy="请对照花名册核对：入学在前，毕业在后，不晚于今日",
    kept="入学、毕业年月先后相符",
)
def months_in_order(f):
    if not (f.entered_month and f.left_month):
        return True
    return f.entered_month < f.left_month <= f"{f.on:%Y%m}"


@rule(
    "同一份证书已由{f.proved_by}出具过学习经历证明",
    articles.LOST_CERTIFICATE,
    remedy="不再另出；证明遗失的，在原业务页重新打印同一编号的证明",
    kept="这份证书没有出具过证明",
)
def proved_once(f):
    return not f.proved_by


class CertificateProof(
    RecordChange,
    way(
        articles.LOST_CERTIFICATE,
        decide="核准出具",
        done="已出具",
        rules=(has_graduated, stands_in_a_book, months_in_order, proved_once),
    ),
):
    """学习经历证明：原学校查册申请，教育局核准，编号出具；不动学籍，不补证书"""

    kind_code = "certificate_proof"
    prefix = "证"
    FACTS = ProofFacts
    DRAFT = ("stage", "entered_month", "left_month", "certificate_number", "lost_how")
    FORM = ProofForm
    PROOFS = (("schooling_proof", "学习经历证明"),)
    TEMPLATE = "students/schooling_proof_case.html"

    name = models.CharField("姓名", max_length=60, help_text="照毕业生花名册登记的姓名填写。")
    sex = models.CharField("性别", max_length=1, choices=[("1", "男"), ("2", "女")])
    birth_date = models.DateField("出生日期")
    id_tail = models.CharField("身份证件号末四位", max_length=4, blank=True, help_text="没有证件的留空。")
    stage = models.CharField("毕业学段", max_length=8, choices=Stage, default=Stage.JUNIOR)
    entered_month = models.CharField("入学年月", max_length=6, validators=[MONTH], help_text="六位数字，如 200509。")
    left_month = models.CharField("毕业年月", max_length=6, validators=[MONTH], help_text="六位数字，如 200807。")
    certificate_number = models.CharField(
        "原毕业证书编号", max_length=30, blank=True, help_text="花名册、存根都查不到的留空，证明中写“查无”。"
    )
    roll_book = models.CharField(
        "花名册出处", max_length=80, blank=True, help_text="如：2008届毕业生花名册第3页第12行。"
    )
    lost_how = models.CharField("遗失情况", max_length=200, help_text="何时、何地、怎样遗失。")
    proof_number = models.CharField("证明编号", max_length=20, blank=True, editable=False)
    issued_on = models.DateField("出具日期", null=True, editable=False)
    stands = models.BooleanField("证明有效", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "学习经历证明"
        constraints = [
            models.UniqueConstraint(
                fields=["name", "birth_date", "left_month"], condition=Q(stands=True), name="schooling_proved_once"
            ),
            models.UniqueConstraint(
                fields=["certificate_number"],
                condition=Q(stands=True) & ~Q(certificate_number=""),
                name="certificate_proved_once",
            ),
            models.UniqueConstraint(
                fields=["proof_number"], condition=~Q(proof_number=""), name="schooling_proof_number"
            ),
            models.CheckConstraint(condition=Q(stands=False) | ~Q(proof_number=""), name="schooling_proof_numbered"),
            models.CheckConstraint(condition=Q(entered_month__lt=F("left_month")), name="schooling_proof_months"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="schooling_proof_stage"),
            models.CheckConstraint(condition=Q(sex__in=["1", "2"]), name="schooling_proof_sex"),
        ]

    @classmethod
    def facts_for(cls, child, on, *, case=None, basics=None, **given):
        """Of a child of the register, or (None) of somebody who graduated before there was one."""
        told = {name: given.get(name) or "" for name in ("roll_book", "entered_month", "left_month")}
        person = {name: getattr(child, name) for name in PERSON} if child else {n: given.get(n) for n in PERSON}
        proved = proof_of(person, told["left_month"], given.get("certificate_number") or "", besides=case)
        return ProofFacts(
            on, child.status if child else "", child is not None, proved_by=proved.number if proved else "", **told
        )

    @classmethod
    def known_of(cls, child):
        number = child.id_number
        return {name: getattr(child, name) for name in PERSON} | {"id_tail": number.tail if number else ""}

    def given(self):
        return {name: getattr(self, name) for name in (*self.DRAFT, *PERSON, ROLL_BOOK)}

    def build_facts(self, day):
        facts = self.facts_for(self.child, self.accepted_on or day, case=self if self.pk else None, **self.given())
        return ProofFacts(**{**vars(facts), **facts_of_papers(self)})

    def papers(self):
        return [
            Paper("application", "本人书面申请（签字）", articles.LOST_CERTIFICATE),
            Paper("identity", "本人身份证或户口簿", articles.LOST_CERTIFICATE),
            Paper("roll_book_copy", "毕业生花名册或学籍卡复印件（原学校盖章）", articles.LOST_CERTIFICATE),
        ]

    def take_effect(self):
        """The record stays as it is: what comes to be is a numbered paper, once for one certificate."""
        today = clock.today()
        issued = {"proof_number": next_proof_number(today.year), "issued_on": today, "stands": True}
        # Written here, where the constraint can still be told in words: of two at once the second is refused.
        try:
            with transaction.atomic():
                CertificateProof.objects.filter(pk=self.pk).update(**issued)
        except IntegrityError as error:
            raise Refused(f"这份证书刚刚出具过学习经历证明，不能再出（{articles.LOST_CERTIFICATE}）。") from error
        self.proof_number, self.issued_on, self.stands = issued.values()

    def undo_effect(self):
        """The number is spent; the paper counts for nothing and another may be issued."""
        self.stands = False

    def page(self, user):
        from .presenting import page_of

        return page_of(self, user)


def proof_of(person: dict, left_month: str, certificate_number: str, besides=None) -> CertificateProof | None:
    """A standing proof of this person's graduation, or of this certificate."""
    standing = CertificateProof.objects.filter(stands=True)
    same = Q(**person, left_month=left_month) if person.get("name") and person.get("birth_date") else Q(pk=None)
    if certificate_number:
        same |= Q(certificate_number=certificate_number)
    found = standing.filter(same)
    return (found.exclude(pk=besides.pk) if besides else found).first()


def next_proof_number(year: int) -> str:
    """证2026000001: a series of its own, without gaps, one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PROOF_SERIES])
    issued = CertificateProof.objects.filter(proof_number__startswith=f"证{year}")
    last = issued.aggregate(last=Max("proof_number"))["last"]
    return f"证{year}{int(last[5:]) + 1 if last else 1:06d}"
