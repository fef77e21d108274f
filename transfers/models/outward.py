"""第十七条第（二）项后两个环节：县外学校发起的转学，到本县时从转出学校开始办理."""

from dataclasses import dataclass
from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from approvals.desks import Desk
from approvals.materials import Paper
from approvals.moves import ending, move
from approvals.rules import rule
from approvals.ways import (
    BUREAU_CHECK,
    BUREAU_CHECKER,
    BUREAU_MAKE,
    CHECK,
    CLERK,
    MAKE,
    REFUSED,
    REGISTRAR,
    SCHOOL_CHECK,
    SCHOOL_CHECKER,
    WITHDRAWN,
    way,
)
from approvals.ways import DRAFT as ENTERED
from law import articles, clock
from schools.divisions import scope_between
from students.changes import RecordChange
from students.models import Student
from students.standing import basics_of, no_open_case, no_problem_record

from .. import effects, rules
from ..desks import FROM_BUREAU, FROM_SCHOOL
from ..facts import Place, facts_for
from ..forms import PARTICULARS
from ..grounds import Ground, RefusalGround

REQUEST = Paper("request", "对方发起转学的凭据（系统截图、来函或盖章联系表）", articles.TRANSFER_STAGES)
RETURN_HOME = Paper("return_home", "回原籍参加中考的证明（户籍等）", articles.TRANSFER_LIMITS)


class Archive(models.TextChoices):
    FAMILY = "family", "交监护人携带"
    POST = "post", "寄往转入学校"


@dataclass(frozen=True)
class OutwardFacts(effects.TransferCaseFacts):
    """转出县外要看的事实：本县学校在转出一侧，另看对方请求何日收到."""

    received_on: date | None = None
    today: date | None = None


@rule(
    "转入学校所在区划{f.target.division}在本县，不属于县外学校发起的转学",
    articles.TRANSFER_STAGES,
    remedy="县内转学由转入学校发起，请不要在这里登记",
    kept="转入学校在县外",
)
def leaves_the_county(f):
    return not f.target.division or f.outward


@rule(
    "收到日期不能晚于今日",
    articles.TRANSFER_STAGES,
    remedy="请填写本校在系统中看到或收到对方请求的日期；系统停机期间收到的，填纸质材料的日期",
    kept="收到日期不晚于今日",
)
def received_by_now(f):
    return not f.received_on or f.received_on <= f.today


RULES = (
    leaves_the_county,
    received_by_now,
    rules.not_suspended,
    rules.not_dropped_out,
    rules.not_deceased,
    rules.child_is_here,
    no_open_case,
    no_problem_record,
    rules.outside_national_stop,
    rules.inside_window,
    rules.grade_nine_outward,
    rules.newcomer_outward,
)


class OutwardTransfer(
    RecordChange,
    way(
        articles.TRANSFER_STAGES,
        decide="同意转出，办结",
        done="已转出县外",
        rules=RULES,
        in_ceims="转出主管部门：转学核办",
        exception=articles.TRANSFER_EXCEPTIONS,
    ),
):
    """转往县外（第十七条第（二）项）：对方已在转入地发起，本县从转出学校环节办起"""

    kind_code = "outward"
    prefix = "出"
    DRAFT = (
        "to_division",
        "to_school_name",
        "ceims_reference",
        "received_on",
        "evidence",
        "ground",
        "return_home",
        "archive",
        "archive_handed_on",
    )
    DAY_ASKED = "received_on"
    VARIANTS = ({}, {"return_home": True})
    PARTICULARS = PARTICULARS
    PROOFS = (("transfer_proof", "转学证明"),)
    STAGES = (FROM_SCHOOL, FROM_BUREAU)
    # The request has reached us: the clock of the sending school runs from the day it was received.
    DESKS = {
        ENTERED: Desk(FROM_SCHOOL, MAKE, REGISTRAR),
        SCHOOL_CHECK: Desk(FROM_SCHOOL, CHECK, SCHOOL_CHECKER),
        BUREAU_MAKE: Desk(FROM_BUREAU, MAKE, CLERK),
        BUREAU_CHECK: Desk(FROM_BUREAU, CHECK, BUREAU_CHECKER),
    }

    to_division = models.CharField(
        "转入学校所在区划",
        max_length=12,
        validators=[RegexValidator(r"^\d{6}$", "请填六位区划代码")],
        help_text="六位区划代码，如 150429 宁城县。",
    )
    to_school_name = models.CharField("转入学校全称", max_length=60)
    ceims_reference = models.CharField("系统业务号", max_length=40, blank=True, help_text="学籍系统中该件的编号。")
    received_on = models.DateField(
        "收到日期", default=clock.today, help_text="对方请求到达本校之日，办理期限从次日起算。"
    )
    evidence = models.CharField("凭据", max_length=120, help_text="如：系统截图、来函文号、盖章联系表。")
    ground = models.CharField("对方填写的转学理由", max_length=2, choices=Ground, default=Ground.HOUSEHOLD)
    return_home = models.BooleanField("回原籍参加中考", default=False)
    archive = models.CharField("纸质档案移交方式", max_length=10, choices=Archive, default=Archive.FAMILY)
    archive_handed_on = models.DateField(
        "纸质档案移交日期", null=True, blank=True, help_text="尚未移交的留空；学校不得扣留档案（第十一条第一款）。"
    )
    refusal_ground = models.CharField("不予放行事由", max_length=20, choices=RefusalGround, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "转往县外"
        constraints = [
            models.CheckConstraint(condition=Q(ground__in=Ground.values), name="outward_ground"),
            models.CheckConstraint(condition=Q(archive__in=Archive.values), name="outward_archive"),
            models.CheckConstraint(
                condition=Q(refusal_ground__in=["", *RefusalGround.values]), name="outward_refusal_ground"
            ),
        ]

    @classmethod
    def facts_for(cls, child, on, *, case=None, basics=None, **given):
        """The facts of a transfer seen from the sending side; windows are judged by the day the request came in."""
        known = basics or basics_of(child, on, case=case)
        received = given.get("received_on") or on
        move = facts_for(
            origin=Place.of_school(child.school),
            target=Place(given.get("to_division") or ""),
            grade=known["grade"] or 0,
            ground=given.get("ground") or Ground.HOUSEHOLD,
            home=child.school.bureau.division_id[:6],
            on=received,
            student_state=child.status,
            problem=child.problem,
            open_case=known["open_case"],
            return_home=bool(given.get("return_home")),
        )
        return OutwardFacts(**vars(move), received_on=given.get("received_on"), today=clock.today())

    @property
    def scope(self) -> str:
        return scope_between(self.lead_school.division_id, self.to_division)

    def papers(self):
        return [REQUEST, RETURN_HOME] if self.return_home else [REQUEST]

    def clock_of(self, desk):
        """The clock of the first desk runs from the day the other side's request came in."""
        start = min(self.received_on, self.arrived_on) if self.state == ENTERED else self.arrived_on
        return start, desk.clock

    def accept(self):
        self.accepted_on = self.accepted_on or self.received_on

    def change_record(self):
        """办结: the child belongs to the county no longer from today; its seat is free, the electronic copy stays."""
        effects.leave_school(self, self.child, on=clock.today(), went_to=self.to_school_name)
        Student.objects.filter(pk=self.child.pk).update(status=Student.Status.MOVED_AWAY)

    @move(
        "同意转出，转转出主管部门",
        source=SCHOOL_CHECK,
        target=BUREAU_MAKE,
        article=articles.TRANSFER_STAGES,
        rules=[rules.papers_are_checked],
        in_ceims="转出学校：转学核办",
    )
    def vouch(self, **_):
        pass

    @move(
        "不予放行",
        source=[SCHOOL_CHECK, BUREAU_CHECK],
        target=REFUSED,
        article=articles.NO_LAWLESS_REFUSAL,
        opinion_required=True,
        tone="danger",
        fields=["refusal_ground"],
    )
    def refuse(self, refusal_ground="", **_):
        effects.require_listed_ground(self, refusal_ground)

    @ending(
        "对方已撤销，终止本件",
        source=[ENTERED, SCHOOL_CHECK, BUREAU_MAKE, BUREAU_CHECK],
        target=WITHDRAWN,
        article=articles.TRANSFER_STAGES,
        hand=REGISTRAR,
    )
    def withdraw(self, **_):
        pass
