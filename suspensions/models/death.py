"""第二十八条：学生死亡，自获知起十个工作日内凭证明注销学籍；先于其他在办业务，注销后不再办理任何变动."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import F, Q

from approvals.giving_way import end_other_cases
from approvals.materials import Paper
from approvals.rules import rule
from approvals.ways import way
from law import articles, clock
from students import enrolments, places
from students.changes import RecordChange
from students.models import Student
from students.standing import Standing, status_is

from ..causes import CAUSES


@dataclass(frozen=True)
class DeathFacts(Standing):
    """死亡注销的三个日期：发生、获知、取得证明."""

    died_on: date | None = None
    learned_on: date | None = None
    proved_on: date | None = None

    @property
    def days(self) -> list[date]:
        """The known dates in the order in which they must lie."""
        return [day for day in (self.died_on, self.learned_on, self.proved_on) if day]


on_roll = status_is(
    Student.Status.ENROLLED,
    Student.Status.SUSPENDED,
    Student.Status.DROPPED_OUT,
    Student.Status.ABROAD,
    Student.Status.IN_CUSTODY,
    article=articles.DEATH,
    remedy="学籍已终止或已注销的不再注销",
)


@rule(
    "死亡、获知、取得证明三个日期先后不符",
    articles.DEATH,
    remedy="请核对：死亡日期不晚于获知日期，获知日期不晚于取得证明日期",
    kept="三个日期先后相符",
)
def days_in_order(f):
    return f.days == sorted(f.days)


@rule(
    "日期不能晚于今日",
    articles.DEATH,
    remedy="请核对死亡、获知和取得证明的日期",
    kept="各日期均不晚于今日",
)
def days_have_come(f):
    return all(day <= clock.today() for day in f.days)


class Proof(models.TextChoices):
    MEDICAL = "medical", "死亡医学证明"
    HOUSEHOLD = "household", "户口注销证明"
    JUDICIAL = "judicial", "公安机关证明或人民法院文书"


class Death(
    RecordChange,
    way(
        articles.DEATH,
        decide="准予注销",
        done="已注销",
        rules=(on_roll, days_in_order, days_have_come),
        in_ceims="死亡注销",
    ),
):
    """死亡注销：终止一切在办业务，在校记录终止，档案永久保存"""

    kind_code = "death"
    prefix = "销"
    PRECEDES = True
    FACTS = DeathFacts
    DRAFT = ("died_on", "learned_on", "proved_on", "proof_kind", "cause")
    HAPPENED = "died_on"
    VARIANTS = tuple({"proof_kind": proof} for proof in Proof.values)
    PRINTS = (("deregistration_form", "学籍注销审批表"),)
    CLOCK = "death.workdays"

    died_on = models.DateField("死亡日期")
    learned_on = models.DateField("学校获知日期", default=clock.today, help_text="注销期限自此日次日起算。")
    proved_on = models.DateField("取得证明日期", null=True, blank=True, help_text="取得证明后再填，提交前必须填写。")
    proof_kind = models.CharField("证明种类", max_length=10, choices=Proof, default=Proof.MEDICAL)
    cause = models.CharField(
        "原因类别",
        max_length=2,
        choices={"": "证明没有写明", **CAUSES},
        blank=True,
        default="",
        help_text="按证明所载选择。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "死亡注销"
        constraints = [
            models.CheckConstraint(
                condition=Q(died_on__lte=F("learned_on")) & (Q(proved_on=None) | Q(proved_on__gte=F("learned_on"))),
                name="death_dates",
            ),
            models.CheckConstraint(
                condition=Q(proof_kind__in=["medical", "household", "judicial"]), name="death_proof"
            ),
            models.CheckConstraint(condition=Q(cause="") | Q(cause__in=[*CAUSES]), name="death_cause"),
        ]

    @classmethod
    def own_facts(cls, child, on, given):
        return {name: given.get(name) for name in ("died_on", "learned_on", "proved_on")}

    def papers(self):
        return [Paper(f"{self.proof_kind}_proof", Proof(self.proof_kind).label, articles.DEATH)]

    def build_facts(self, day):
        """The day of the proof may follow the draft, not the signatures."""
        facts = super().build_facts(day)
        if self.proved_on:
            return facts
        wanting = "取得证明日期（在申请内容中填写）"
        lying = {name: "、".join(filter(None, [getattr(facts, name), wanting])) for name in PAPER_FACTS}
        return type(facts)(**{**vars(facts), **lying})

    def clock_of(self, desk):
        """One clock for all desks, the draft included: it began on the day the school learned of it."""
        return self.learned_on, self.CLOCK

    @classmethod
    def deadline_words(cls, params):
        return f"全部环节自学校获知次日起{params[cls.CLOCK]}个工作日内办结"

    def take_effect(self):
        end_other_cases(self, opinion=f"该生死亡，由{self.number}注销学籍（{articles.DEATH}）。")
        super().take_effect()

    def change_record(self):
        child, today = self.child, clock.today()
        places.give_up_seats(enrolments.end([child], on=today, case=self, how="死亡"), today)
        Student.objects.filter(pk=child.pk).update(status=Student.Status.DECEASED)


PAPER_FACTS = ("missing_papers", "unchecked_papers")
