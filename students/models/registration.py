from django.db import models
from django.db.models import Q

from approvals.desks import Desk, Hand, Side, Signature
from approvals.models import Case
from approvals.moves import back, ending, move
from law import articles
from schools.models import SchoolClass

from .. import registering
from ..intake.moves import IntakeMoves
from ..registration_rules import ONLY_UPDATES, SOFT, TO_HAND_IN, TO_REGISTER
from .child import Student

REGISTRAR = Hand("make_change", Side.LEAD)


class Registration(IntakeMoves, Case):
    """学籍注册：一批新采集的学生，学校核验、教育局核办后建立学籍（第六条）"""

    class State(models.TextChoices):
        DRAFT = "draft", "待填报"
        FILLED = "filled", "待学校提交"
        SCHOOL_CHECK = "school_check", "待学校审核"
        BUREAU = "bureau", "待教育局经办"
        BUREAU_CHECK = "bureau_check", "待教育局审核"
        DONE = "done", "已注册"
        SETTLED = "settled", "已更新（无新生）"
        REFUSED = "refused", "未予注册"
        WITHDRAWN = "withdrawn", "已撤回"
        UNDONE = "undone", "已撤销导入"

    kind_code = "registration"
    prefix = "册"
    OPENER = REGISTRAR
    ARTICLE = articles.REGISTER_IN_A_MONTH
    CLOSED = frozenset({State.DONE, State.SETTLED, State.REFUSED, State.WITHDRAWN, State.UNDONE})
    SUCCESS = frozenset({State.DONE, State.SETTLED})
    TEMPLATE = "students/registration.html"
    DESKS = {
        State.DRAFT: Desk("学校填报", Signature.NONE, REGISTRAR, None),
        State.FILLED: Desk("学校", Signature.MAKE, REGISTRAR, None),
        State.SCHOOL_CHECK: Desk("学校", Signature.CHECK, Hand("check_change", Side.LEAD)),
        State.BUREAU: Desk("教育局", Signature.MAKE, Hand("bureau_make", Side.LEAD), "registration.stage_workdays"),
        State.BUREAU_CHECK: Desk(
            "教育局", Signature.CHECK, Hand("bureau_check", Side.LEAD), "registration.stage_workdays"
        ),
    }

    title = models.CharField("批次名称", max_length=100)
    intake_year = models.PositiveSmallIntegerField("入学年（逐名登记的批次）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "学籍注册"

    def build_facts(self, day):
        return registering.facts_of(self, day)

    def page(self, user):
        from .. import batch

        return batch.page_of(self, user)

    @move(
        "填入名册",
        source=State.DRAFT,
        target=State.FILLED,
        article=articles.REGISTER_COLLECT,
        fields=["plan"],
        signs=False,
        by_hand=False,
    )
    def fill(self, plan, **_):
        self.filled = registering.fill(self, plan)

    @move(
        "更新在籍学生信息",
        source=State.FILLED,
        target=State.SETTLED,
        article=articles.VOLATILE_FIELDS,
        rules=[ONLY_UPDATES],
        signs=False,
        by_hand=False,
    )
    def settle(self, **_):
        """Nobody new in the batch: the ordinary fields were brought up to date when it was filled."""

    @move(
        "提交学校审核",
        source=State.FILLED,
        target=State.SCHOOL_CHECK,
        article=articles.REGISTER_COLLECT,
        rules=TO_HAND_IN,
    )
    def hand_in(self, **_):
        self.accept()

    @move("学校核验无误，报教育局", source=State.SCHOOL_CHECK, target=State.BUREAU, article=articles.REGISTER_COLLECT)
    def vouch(self, **_):
        pass

    @move("拟准予注册", source=State.BUREAU, target=State.BUREAU_CHECK, article=articles.REGISTER_IN_A_MONTH)
    def propose(self, **_):
        pass

    @move(
        "准予注册",
        source=State.BUREAU_CHECK,
        target=State.DONE,
        article=articles.REGISTER_IN_A_MONTH,
        rules=[*TO_REGISTER, *SOFT],
        in_ceims="学籍注册核办",
    )
    def register(self, **_):
        registering.enrol_all(self)

    @move(
        "特批：准予注册",
        source=State.BUREAU_CHECK,
        target=State.DONE,
        article=articles.CATCHMENT,
        hand=Hand("bureau_sign", Side.LEAD),
        rules=TO_REGISTER,
        opinion_required=True,
        tone="warning",
        in_ceims="学籍注册核办",
    )
    def grant_exception(self, **_):
        """What 原则上 is not done (outside the catchment, over-age without an approval) the leader allows."""
        registering.enrol_all(self)

    @back(
        "退回学校修改",
        source=[State.SCHOOL_CHECK, State.BUREAU, State.BUREAU_CHECK],
        target=State.FILLED,
        article=articles.REGISTER_COLLECT,
    )
    def send_back(self, **_):
        self.round += 1

    @move(
        "不予注册",
        source=[State.BUREAU_CHECK],
        target=State.REFUSED,
        article=articles.NO_FALSE_RECORD,
        opinion_required=True,
        tone="danger",
    )
    def refuse(self, **_):
        registering.reject_all(self)

    @ending(
        "撤回本批",
        source=[State.DRAFT, State.FILLED, State.SCHOOL_CHECK, State.BUREAU],
        target=State.WITHDRAWN,
        article=articles.REGISTER_COLLECT,
        hand=REGISTRAR,
    )
    def withdraw(self, **_):
        registering.reject_all(self)

    @ending(
        "撤销导入",
        source=[State.FILLED, State.SCHOOL_CHECK, State.BUREAU, State.SETTLED],
        target=State.UNDONE,
        article=articles.NO_FALSE_RECORD,
        hand=REGISTRAR,
        by_hand=False,
    )
    def take_back(self, **_):
        """The whole import as if it had not been, while nothing stands on it; from the page of the import."""
        registering.take_back(self)

    def particulars_of(self, action, given):
        """The signed step keeps the figures of the fill, not the rows."""
        return getattr(self, "filled", {}) if action == "fill" else super().particulars_of(action, given)


class RegistrationEntry(models.Model):
    """注册名册的一行：哪名学生，拟编入哪个班，出自原表哪一行"""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="entries", verbose_name="批次")
    student = models.OneToOneField(Student, models.PROTECT, related_name="registration_entry", verbose_name="学生")
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="班级"
    )
    sheet_row = models.PositiveIntegerField("原表行号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "注册名册"
        ordering = ["school_class", "sheet_row"]
        constraints = [models.CheckConstraint(condition=Q(sheet_row__gte=0), name="entry_row")]

    def __str__(self):
        return f"{self.registration} {self.student}"
