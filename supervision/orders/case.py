"""第三十八条：学校违反本办法的，由主管部门责令改正；情节严重的，依法追究校长和相关人员责任."""

from django import forms
from django.db import models
from django.db.models import Q

from approvals.desks import Desk, Signature
from approvals.materials import Paper
from approvals.models import Case
from approvals.moves import back, ending, move
from approvals.ways import BUREAU_CHECKER, CLERK, LEADER_HAND, REGISTRAR, SCHOOL_CHECKER
from law import articles
from schools.models import School

from ..complaints.case import Complaint
from ..complaints.words import LONG, required, words
from .breaches import Breach
from .rules import RULES, OrderFacts, has_gone_far_enough

LAW = articles.ORDERED
MAKE, CHECK, NONE = Signature.MAKE, Signature.CHECK, Signature.NONE
ISSUE, SIGN, CORRECT, VERIFY = "拟令审核", "主管局长签发", "学校改正", "教育局核验"
PROOF = "proof"


class Rectification(Case):
    """责令改正：下达、学校改正并报告、教育局核验销号；逾期不改或情节严重的追究责任（第三十八条）"""

    class State(models.TextChoices):
        DRAFT = "draft", "待教育局拟令"
        ISSUE_CHECK = "issue_check", "拟令待审核"
        LEADER = "leader", "待主管局长签发"
        CORRECT = "correct", "待学校改正"
        CORRECT_CHECK = "correct_check", "改正报告待学校审核"
        VERIFY = "verify", "待教育局核验"
        VERIFY_CHECK = "verify_check", "核验意见待审核"
        DONE = "done", "已改正销号"
        ESCALATED = "escalated", "已追究责任"
        REFUSED = "refused", "不予下达"
        WITHDRAWN = "withdrawn", "已撤回"
        REVOKED = "revoked", "已撤销"

    kind_code = "order"
    prefix = "令"
    ARTICLE = LAW
    OPENER = CLERK
    OWN_KEY = True
    TEMPLATE = "supervision/order.html"
    CLOSED = frozenset({State.DONE, State.ESCALATED, State.REFUSED, State.WITHDRAWN, State.REVOKED})
    SUCCESS = frozenset({State.DONE})
    RULES = RULES
    DESKS = {
        State.DRAFT: Desk(ISSUE, MAKE, CLERK, None),
        State.ISSUE_CHECK: Desk(ISSUE, CHECK, BUREAU_CHECKER),
        State.LEADER: Desk(SIGN, NONE, LEADER_HAND),
        State.CORRECT: Desk(CORRECT, MAKE, REGISTRAR, "order.answer_workdays"),
        State.CORRECT_CHECK: Desk(CORRECT, CHECK, SCHOOL_CHECKER, "order.answer_workdays"),
        State.VERIFY: Desk(VERIFY, MAKE, CLERK),
        State.VERIFY_CHECK: Desk(VERIFY, CHECK, BUREAU_CHECKER),
    }
    PAPERS_OPEN = frozenset({State.CORRECT})
    PAPER_RIGHTS = {State.CORRECT: "make_change"}
    PARTICULARS = {
        "measures": words("改正情况", "逐条对照改正要求：做了什么、何时做完、凭据；学校填写。"),
        "accountability": lambda: forms.CharField(
            label="追究责任的处理", max_length=300, required=False, help_text="对谁、依什么规定、作何处理或移送何处。"
        ),
    }
    DRAFT = ("breach", "facts_text", "demand_text", "grave")

    breach = models.CharField("违规情形", max_length=1, choices=Breach, help_text="第三十八条所列九种情形之一。")
    facts_text = models.TextField("违规事实", max_length=LONG, help_text="何时、何事、多少件，凭据在哪里。")
    demand_text = models.TextField("改正要求", max_length=LONG, help_text="学校须做什么、做到什么程度。")
    grave = models.BooleanField("情节严重", default=False, help_text="勾选的，下达后可以直接追究责任。")
    proved_by = models.ForeignKey(
        Complaint, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name="由投诉查实"
    )
    # What the record showed on the day the order was drawn up: [{"title", "number"}].
    shown = models.JSONField("数据显示", default=list, editable=False)
    measures = models.TextField("改正情况", blank=True, editable=False)
    insisted = models.PositiveSmallIntegerField("责令继续改正次数", default=0, editable=False)
    accountability = models.CharField("追究责任的处理", max_length=300, blank=True, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校", editable=False)
    standing = models.BooleanField("未结束", default=True, editable=False)
    wrapped_key = models.BinaryField("加密密钥", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "责令改正"
        constraints = [
            models.CheckConstraint(condition=Q(breach__in=Breach.values), name="order_breach"),
            models.UniqueConstraint(
                fields=["school", "breach"], condition=Q(standing=True), name="one_order_per_school_and_breach"
            ),
        ]

    @staticmethod
    def papers() -> list[Paper]:
        return [Paper(PROOF, "改正佐证材料", LAW, required=False)]

    def build_facts(self, day):
        from .services import open_order

        same = open_order(self.lead_school_id, self.breach, besides=self)
        said = {name: getattr(self, name) for name in ("facts_text", "demand_text", "grave", "insisted")}
        return OrderFacts(
            on=day,
            same=same.number if same else "",
            due_on=self.due_on if self.desk and self.desk.stage == CORRECT else None,
            **said,
        )

    def page(self, user):
        from .presenting import page_of

        return page_of(self, user)

    @move("拟令，报审核", source=State.DRAFT, target=State.ISSUE_CHECK, article=LAW, rules=RULES)
    def submit(self, **_):
        self.accept()

    @move("审核同意，报主管局长", source=State.ISSUE_CHECK, target=State.LEADER, article=LAW, rules=RULES)
    def pass_on(self, **_):
        pass

    @move("签发责令改正通知书", source=State.LEADER, target=State.CORRECT, article=LAW, rules=RULES)
    def issue(self, **_):
        pass

    @move("填报改正情况，报审核", source=State.CORRECT, target=State.CORRECT_CHECK, article=LAW, fields=["measures"])
    def answer(self, measures="", **_):
        self.measures = required(measures, "改正情况", LAW)

    @move("改正属实，报教育局", source=State.CORRECT_CHECK, target=State.VERIFY, article=LAW)
    def vouch(self, **_):
        pass

    @move("核验已改正，报审核", source=State.VERIFY, target=State.VERIFY_CHECK, article=LAW, opinion_required=True)
    def verify(self, **_):
        pass

    @move("同意销号", source=State.VERIFY_CHECK, target=State.DONE, article=LAW)
    def close(self, **_):
        self.standing = False

    @back("未改正到位，责令继续改正", source=[State.VERIFY, State.VERIFY_CHECK], target=State.CORRECT, article=LAW)
    def insist(self, **_):
        self.round, self.insisted = self.round + 1, self.insisted + 1

    @ending(
        "追究责任，结案",
        source=[State.CORRECT, State.CORRECT_CHECK, State.VERIFY, State.VERIFY_CHECK],
        target=State.ESCALATED,
        article=LAW,
        hand=LEADER_HAND,
        rules=[has_gone_far_enough],
        fields=["accountability"],
    )
    def escalate(self, accountability="", **_):
        self.accountability = required(accountability, "追究责任的处理", LAW)
        self.standing = False

    @back("退回学校经办", source=State.CORRECT_CHECK, target=State.CORRECT, article=LAW)
    def write_again(self, **_):
        self.round += 1

    @back("退回经办", source=[State.ISSUE_CHECK, State.LEADER], target=State.DRAFT, article=LAW)
    def send_back(self, **_):
        self.round += 1

    @move(
        "不予下达",
        source=[State.ISSUE_CHECK, State.LEADER],
        target=State.REFUSED,
        article=LAW,
        opinion_required=True,
        tone="danger",
    )
    def refuse(self, **_):
        self.standing = False

    @ending(
        "撤回", source=[State.DRAFT, State.ISSUE_CHECK, State.LEADER], target=State.WITHDRAWN, article=LAW, hand=CLERK
    )
    def withdraw(self, **_):
        self.standing = False

    @ending(
        "更正：撤销责令改正",
        source=[State.CORRECT, State.CORRECT_CHECK, State.VERIFY, State.VERIFY_CHECK],
        target=State.REVOKED,
        article=articles.DECISION_CORRECTED,
        hand=LEADER_HAND,
        undoes=True,
    )
    def revoke(self, **_):
        self.standing = False
