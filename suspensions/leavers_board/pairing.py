"""第三十一条：小学与初中逐人核对毕业生去向，两校审核人签字；没有空白才能签。"""

from django.db import models
from django.db.models import Q

from approvals.desks import Desk, Hand, Side, Signature
from approvals.models import Case
from approvals.moves import back, ending, move
from approvals.ways import LEADER_HAND
from law import articles
from schools.models import School
from students.models import Student
from students.naming import named

from .board import board
from .pairing_rules import PairingFacts, as_submitted, nobody_is_lost, somebody_left

LAW = articles.LEAVERS
REGISTRAR = Hand("make_change", Side.LEAD)
PRIMARY, JUNIOR = "小学", "初中"


class Pairing(Case):
    """小初对接核对：一所小学与一所初中共同核对毕业生去向，逐人有去向才签字（第三十一条）"""

    class State(models.TextChoices):
        DRAFT = "draft", "待小学提交"
        PRIMARY_CHECK = "primary_check", "待小学审核"
        JUNIOR = "junior", "待初中核对"
        JUNIOR_CHECK = "junior_check", "待初中审核"
        DONE = "done", "两校已签字"
        WITHDRAWN = "withdrawn", "已撤回"
        REOPENED = "reopened", "已重新核对"

    kind_code = "pairing"
    prefix = "接"
    OPENER = REGISTRAR
    ARTICLE = LAW
    TEMPLATE = "suspensions/pairing.html"
    CLOSED = frozenset({State.DONE, State.WITHDRAWN, State.REOPENED})
    SUCCESS = frozenset({State.DONE})
    DESKS = {
        State.DRAFT: Desk(PRIMARY, Signature.MAKE, REGISTRAR, None),
        State.PRIMARY_CHECK: Desk(PRIMARY, Signature.CHECK, Hand("check_change", Side.LEAD), None),
        State.JUNIOR: Desk(JUNIOR, Signature.MAKE, Hand("make_change", Side.PEER), None),
        State.JUNIOR_CHECK: Desk(JUNIOR, Signature.CHECK, Hand("check_change", Side.PEER), None),
    }
    RULES = (somebody_left, nobody_is_lost, as_submitted)
    PRINTS = (("pairing_sheet", "小学毕业生去向核对表"),)

    year = models.PositiveSmallIntegerField("学年（起始年）")
    primary = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="小学")
    junior = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="初中")
    ended = models.BooleanField("不再有效", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "小初对接核对"
        constraints = [
            models.UniqueConstraint(
                fields=["primary", "junior", "year"], condition=Q(ended=False), name="one_sheet_of_a_pair"
            ),
        ]

    @property
    def child(self):
        """A sheet speaks of many: no page of it is the page of one child."""
        return None

    def build_facts(self, day):
        if not self.is_open:
            return PairingFacts(day, self.rows.filter(round=self.round).count())
        rows = board(self.year, pair=(self.primary_id, self.junior_id))
        return PairingFacts(
            day,
            len(rows),
            named([row.name for row in rows if row.is_blank]),
            named(self.moved_since(rows)) if self.state != self.State.DRAFT else "",
        )

    def moved_since(self, rows) -> list[str]:
        """Children whose line is not the one the primary school submitted."""
        written = {row.child_id: (row.child.name, row.words) for row in self.submitted()}
        now = {row.child: (row.name, row.words) for row in rows}
        return [(now.get(pk) or written[pk])[0] for pk in {**written, **now} if now.get(pk) != written.get(pk)]

    def submitted(self):
        """The lines of the present round."""
        return self.rows.filter(round=self.round).select_related("child").order_by("pk")

    def page(self, user):
        from .pages import page_of_pairing

        return page_of_pairing(self, user)

    @move("小学提交，报审核", source=State.DRAFT, target=State.PRIMARY_CHECK, article=LAW, rules=RULES[:2])
    def submit(self, **_):
        self.accept()
        rows = board(self.year, pair=(self.primary_id, self.junior_id))
        PairingRow.objects.bulk_create(
            [
                PairingRow(case=self, round=self.round, child_id=r.child, where=r.where, words=r.words[:160])
                for r in rows
            ],
            batch_size=1000,
        )

    @move("小学签字，送初中", source=State.PRIMARY_CHECK, target=State.JUNIOR, article=LAW, rules=RULES)
    def vouch(self, **_):
        pass

    @move("初中核对无误，报审核", source=State.JUNIOR, target=State.JUNIOR_CHECK, article=LAW, rules=RULES)
    def confirm(self, **_):
        pass

    @move("初中签字，核对完毕", source=State.JUNIOR_CHECK, target=State.DONE, article=LAW, rules=RULES)
    def countersign(self, **_):
        pass

    @back("退回小学", source=[State.PRIMARY_CHECK, State.JUNIOR, State.JUNIOR_CHECK], target=State.DRAFT, article=LAW)
    def send_back(self, **_):
        self.round += 1

    @ending(
        "撤回",
        source=[State.DRAFT, State.PRIMARY_CHECK, State.JUNIOR, State.JUNIOR_CHECK],
        target=State.WITHDRAWN,
        article=LAW,
        hand=REGISTRAR,
    )
    def withdraw(self, **_):
        self.ended = True

    @ending(
        "更正：重新核对",
        source=State.DONE,
        target=State.REOPENED,
        article=articles.DECISION_CORRECTED,
        hand=LEADER_HAND,
        undoes=True,
    )
    def reopen(self, **_):
        self.ended = True


class PairingRow(models.Model):
    """核对明细：小学提交时一名毕业生的去向；只增不改"""

    case = models.ForeignKey(Pairing, models.PROTECT, related_name="rows", verbose_name="案件")
    round = models.PositiveSmallIntegerField("轮次")
    child = models.ForeignKey(Student, models.PROTECT, related_name="+", verbose_name="学生")
    where = models.CharField("去向", max_length=10)
    words = models.CharField("去向说明", max_length=160)

    class Meta:
        verbose_name = verbose_name_plural = "核对明细"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "child"], name="pairing_child_once"),
            models.CheckConstraint(
                condition=Q(
                    where__in=[
                        "junior",
                        "outside",
                        "home",
                        "suspended",
                        "abroad",
                        "custody",
                        "deferred",
                        "deceased",
                        "left",
                        "suspected",
                        "dropped",
                    ]
                ),
                name="pairing_row_where",
            ),
        ]

    def __str__(self):
        return f"{self.case} {self.child}"
