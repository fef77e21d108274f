"""第三十六条：投诉——三日内发核查单，学校五日内核查，五日内拟出意见，五日内办结，告知投诉人；不服的报主管局长复核."""

from django import forms
from django.db import models
from django.db.models import F, Q

from accounts.policies import may
from approvals.desks import Desk, Signature
from approvals.materials import Paper
from approvals.models import Case
from approvals.moves import back, ending, move
from approvals.ways import BUREAU_CHECKER, CLERK, LEADER_HAND, REGISTRAR, SCHOOL_CHECKER
from jianping_xueji import vault
from jianping_xueji.forms import day_input
from law import clock
from law.articles import Article

from .rules import RULES
from .words import (
    ACT,
    ANSWER,
    ARTICLES,
    LAW,
    LONG,
    OPINION,
    ORDER,
    REVIEW,
    VERIFY,
    Channel,
    Matter,
    Truth,
    day_told,
    refuse_when,
    required,
    words,
)

MAKE, CHECK, NONE = Signature.MAKE, Signature.CHECK, Signature.NONE
CONTACT_AAD = "complaint.contact"
# Founded, at least in part, by an opinion that two people of the bureau have signed and nobody has reopened.
PROVED = Q(state__in=["act", "act_check", "answer", "review", "done"], truth__in=[Truth.FOUNDED, Truth.PARTLY])
LETTER, SCHOOL_PROOF = "letter", "school_proof"
# Who works on complaints at the bureau or audits it: they alone see who complained.
SEES_WHO = ("bureau_make", "bureau_check", "bureau_sign", "audit_school")


class Complaint(Case):
    """学籍投诉：登记、核查、处理、办结、告知投诉人，共3+5+5+5个工作日（第三十六条）"""

    class State(models.TextChoices):
        DRAFT = "draft", "待发核查单"
        ORDER_CHECK = "order_check", "核查单待审核"
        VERIFY = "verify", "待学校核查"
        VERIFY_CHECK = "verify_check", "核查结果待学校审核"
        OPINION = "opinion", "待拟处理意见"
        OPINION_CHECK = "opinion_check", "处理意见待审核"
        ACT = "act", "待学校办结"
        ACT_CHECK = "act_check", "办结情况待学校审核"
        ANSWER = "answer", "待告知投诉人"
        REVIEW = "review", "待主管局长复核"
        DONE = "done", "已办结"
        REFUSED = "refused", "不予受理"
        PASSED_ON = "passed_on", "已转有权单位"
        WITHDRAWN = "withdrawn", "投诉人撤回"

    kind_code = "complaint"
    prefix = "诉"
    ARTICLE = LAW
    OPENER = CLERK
    OWN_KEY = True
    TEMPLATE = "supervision/complaint.html"
    CLOSED = frozenset({State.DONE, State.REFUSED, State.PASSED_ON, State.WITHDRAWN})
    SUCCESS = frozenset({State.DONE})
    # From here on an answer can be put on paper.
    ANSWERED = frozenset({State.ANSWER, State.REVIEW, State.DONE})
    RULES = RULES
    DESKS = {
        State.DRAFT: Desk(ORDER, MAKE, CLERK, "complaint.order_workdays"),
        State.ORDER_CHECK: Desk(ORDER, CHECK, BUREAU_CHECKER, "complaint.order_workdays"),
        State.VERIFY: Desk(VERIFY, MAKE, REGISTRAR, "complaint.verify_workdays"),
        State.VERIFY_CHECK: Desk(VERIFY, CHECK, SCHOOL_CHECKER, "complaint.verify_workdays"),
        State.OPINION: Desk(OPINION, MAKE, CLERK, "complaint.opinion_workdays"),
        State.OPINION_CHECK: Desk(OPINION, CHECK, BUREAU_CHECKER, "complaint.opinion_workdays"),
        State.ACT: Desk(ACT, MAKE, REGISTRAR, "complaint.act_workdays"),
        State.ACT_CHECK: Desk(ACT, CHECK, SCHOOL_CHECKER, "complaint.act_workdays"),
        State.ANSWER: Desk(ANSWER, NONE, CLERK, "complaint.answer_workdays"),
        State.REVIEW: Desk(REVIEW, NONE, LEADER_HAND, "complaint.opinion_workdays"),
    }
    PAPERS_OPEN = frozenset({State.DRAFT, State.VERIFY, State.ACT})
    PAPER_RIGHTS = {State.VERIFY: "make_change", State.ACT: "make_change"}
    PARTICULARS = {
        "found": words("核查情况", "查了什么、查到什么、凭据在哪里；学校填写。"),
        "truth": lambda: forms.ChoiceField(label="是否属实", choices=Truth, required=False),
        "opinion_text": words("处理意见", "要求学校做什么、何时做完；不属实的写明理由。告知投诉人时照此答复。"),
        "done_text": words("办结情况", "按处理意见做了什么；学校填写。"),
        "told_on": lambda: forms.DateField(label="告知日期", widget=day_input(), required=False, initial=clock.today),
        "told_how": lambda: forms.CharField(label="告知方式", max_length=60, required=False, initial="电话"),
        "passed_to": lambda: forms.CharField(label="转往单位", max_length=60, required=False),
    }
    DRAFT = (
        "received_on",
        "channel",
        "complainant",
        "relation",
        "confidential",
        "matter",
        "content",
        "demand",
        "order_text",
    )

    received_on = models.DateField("收到日期", default=clock.today, help_text="期限自收到次日起算。")
    channel = models.CharField("来源", max_length=8, choices=Channel, default=Channel.VISIT)
    complainant = models.CharField("投诉人", max_length=60, help_text="不愿留名的填“匿名”。")
    relation = models.CharField("与学生关系", max_length=20, blank=True)
    # Sealed with the case's own key; shown one at a time, each look kept.
    contact = models.BinaryField("联系电话（密文）", default=bytes, editable=False)
    confidential = models.BooleanField(
        "投诉人要求保密", default=True, help_text="学校看不到投诉人姓名、电话和投诉材料。"
    )
    matter = models.CharField("投诉事项", max_length=12, choices=Matter)
    content = models.TextField("投诉内容", max_length=LONG)
    demand = models.CharField("诉求", max_length=300, blank=True)
    order_text = models.TextField("核查要点", max_length=LONG, blank=True, help_text="要求学校逐项核查的问题。")
    about_case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="涉及的业务"
    )
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name="原投诉件"
    )
    found = models.TextField("核查情况", blank=True, editable=False)
    truth = models.CharField("是否属实", max_length=10, choices=Truth, blank=True, editable=False)
    opinion_text = models.TextField("处理意见", blank=True, editable=False)
    done_text = models.TextField("办结情况", blank=True, editable=False)
    told_on = models.DateField("告知日期", null=True, editable=False)
    told_how = models.CharField("告知方式", max_length=60, blank=True, editable=False)
    reviewed = models.BooleanField("主管局长已复核", default=False, editable=False)
    passed_to = models.CharField("转往单位", max_length=60, blank=True, editable=False)
    wrapped_key = models.BinaryField("加密密钥", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "学籍投诉"
        constraints = [
            models.CheckConstraint(condition=Q(matter__in=Matter.values), name="complaint_matter"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="complaint_channel"),
            models.CheckConstraint(condition=Q(truth__in=["", *Truth.values]), name="complaint_truth"),
            models.CheckConstraint(
                condition=Q(told_on=None) | Q(told_on__gte=F("received_on")) & ~Q(truth="") & ~Q(opinion_text=""),
                name="complaint_told_what_was_found",
            ),
        ]
        indexes = [models.Index(fields=["matter", "received_on"], name="complaint_matter_day")]

    @property
    def accused_of(self) -> Article:
        """The article by which the matter is judged."""
        return ARTICLES[self.matter]

    @property
    def is_proved(self) -> bool:
        """Whether an order may rest on it (第三十八条)."""
        return Complaint.objects.filter(PROVED, pk=self.pk).exists()

    @property
    def phone(self) -> str:
        """The full number; whoever shows it keeps a trace (`services.reveal_contact`)."""
        return vault.open_(bytes(self.wrapped_key), bytes(self.contact), CONTACT_AAD) if self.contact else ""

    def names_complainant_to(self, user) -> bool:
        """Whether this user learns who complained: the bureau's people always, the school when nobody minds."""
        return not self.confidential or any(may(user, right, self.lead_school_id) for right in SEES_WHO)

    def papers_hidden_from(self, user):
        return frozenset() if self.names_complainant_to(user) else frozenset({LETTER})

    def columns_hidden_from(self, user):
        return frozenset() if self.names_complainant_to(user) else frozenset({"complainant", "relation"})

    @staticmethod
    def papers() -> list[Paper]:
        return [
            Paper(LETTER, "投诉材料（来信、录音摘记等）", LAW, required=False),
            Paper(SCHOOL_PROOF, "学校核查佐证材料", LAW, required=False),
        ]

    def refuse_own_opinion(self) -> None:
        """Nobody reviews what he signed himself. Raises Refused."""
        signed = self.steps.filter(stage=OPINION, actor=self.acting).exists()
        refuse_when(signed, "处理意见由您本人签署，复核须由另一人办理，请由指定的代理人复核")

    def build_facts(self, day):
        from .services import facts_of

        return facts_of(self, day)

    def clock_of(self, desk):
        """The check order is due from the day the complaint came, not from the day somebody typed it."""
        return (self.received_on if desk.stage == ORDER else self.arrived_on), desk.clock

    def day_of(self, particulars):
        return particulars.get("told_on")

    def page(self, user):
        from .presenting import page_of

        return page_of(self, user)

    @move("拟发核查单，报审核", source=State.DRAFT, target=State.ORDER_CHECK, article=LAW, rules=RULES)
    def submit(self, **_):
        self.accept()

    @move("发出核查单", source=State.ORDER_CHECK, target=State.VERIFY, article=LAW, rules=RULES)
    def issue(self, **_):
        pass

    @move("填报核查情况，报审核", source=State.VERIFY, target=State.VERIFY_CHECK, article=LAW, fields=["found"])
    def verify(self, found="", **_):
        self.found = required(found, "核查情况")

    @move("核查属实无误，反馈教育局", source=State.VERIFY_CHECK, target=State.OPINION, article=LAW)
    def feed_back(self, **_):
        pass

    @move(
        "拟出处理意见，报审核",
        source=State.OPINION,
        target=State.OPINION_CHECK,
        article=LAW,
        fields=["truth", "opinion_text"],
    )
    def propose(self, truth="", opinion_text="", **_):
        self.truth = required(truth, "是否属实")
        self.opinion_text = required(opinion_text, "处理意见")

    @move("同意，发督办单", source=State.OPINION_CHECK, target=State.ACT, article=LAW)
    def supervise(self, **_):
        refuse_when(self.truth == Truth.UNFOUNDED, "投诉不属实，没有须由学校办结的事项，请直接告知投诉人")

    @move("同意，直接告知投诉人", source=State.OPINION_CHECK, target=State.ANSWER, article=LAW, tone="secondary")
    def conclude(self, **_):
        refuse_when(self.truth == Truth.FOUNDED, "投诉属实，应当发督办单由学校办结后再告知投诉人")

    @move("填报办结情况，报审核", source=State.ACT, target=State.ACT_CHECK, article=LAW, fields=["done_text"])
    def carry_out(self, done_text="", **_):
        self.done_text = required(done_text, "办结情况")

    @move("审核无误，反馈教育局", source=State.ACT_CHECK, target=State.ANSWER, article=LAW)
    def report_done(self, **_):
        pass

    @move(
        "已告知投诉人，办结",
        source=State.ANSWER,
        target=State.DONE,
        article=LAW,
        fields=["told_on", "told_how"],
        signs=False,
    )
    def tell(self, told_on=None, told_how="", **_):
        self.told_on, self.told_how = day_told(told_on, self.received_on), required(told_how, "告知方式")

    @move(
        "投诉人不服，报主管局长复核",
        source=State.ANSWER,
        target=State.REVIEW,
        article=LAW,
        fields=["told_on", "told_how"],
        opinion_required=True,
        tone="warning",
        signs=False,
    )
    def appeal(self, told_on=None, told_how="", **_):
        refuse_when(self.reviewed, "本件已经主管局长复核；投诉人仍不服的，请告知其可向上一级教育行政部门反映，办结本件")
        self.told_on, self.told_how = day_told(told_on, self.received_on), required(told_how, "告知方式")

    @move("复核：维持处理意见", source=State.REVIEW, target=State.ANSWER, article=LAW, opinion_required=True)
    def uphold(self, **_):
        self.refuse_own_opinion()
        self.reviewed = True

    @back("复核：发回重新核查", source=State.REVIEW, target=State.VERIFY, article=LAW)
    def reopen(self, **_):
        self.refuse_own_opinion()
        self.round, self.reviewed = self.round + 1, True

    @back("退回重新核查", source=[State.OPINION, State.OPINION_CHECK, State.ANSWER], target=State.VERIFY, article=LAW)
    def check_again(self, **_):
        self.round += 1

    @back("退回经办", source=State.ORDER_CHECK, target=State.DRAFT, article=LAW)
    def send_back(self, **_):
        self.round += 1

    @back("退回学校经办", source=State.VERIFY_CHECK, target=State.VERIFY, article=LAW)
    def write_again(self, **_):
        self.round += 1

    @back("退回学校经办办结", source=State.ACT_CHECK, target=State.ACT, article=LAW)
    def act_again(self, **_):
        self.round += 1

    @move(
        "不属本级职责，转有权单位",
        source=State.ORDER_CHECK,
        target=State.PASSED_ON,
        article=LAW,
        fields=["passed_to"],
        opinion_required=True,
        tone="secondary",
    )
    def pass_on(self, passed_to="", **_):
        self.passed_to = required(passed_to, "转往单位")

    @move(
        "不予受理",
        source=State.ORDER_CHECK,
        target=State.REFUSED,
        article=LAW,
        opinion_required=True,
        tone="danger",
    )
    def refuse(self, **_):
        pass

    @ending(
        "投诉人撤回",
        source=[State.DRAFT, State.ORDER_CHECK, State.VERIFY, State.VERIFY_CHECK, State.OPINION],
        target=State.WITHDRAWN,
        article=LAW,
        hand=CLERK,
    )
    def withdraw(self, **_):
        pass
