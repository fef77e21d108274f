from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django_fsm import GET_STATE

from approvals.desks import Hand
from approvals.models import Case
from approvals.moves import back, ending, move
from law import articles, clock
from schools.divisions import Scope
from schools.models import SchoolClass

from .. import desks, effects, holds, materials, presenting, rules
from ..desks import CLOSED, DESKS, FROM_BUREAU, FROM_SCHOOL, LEADER, OPEN, REGISTRAR, State
from ..forms import PARTICULARS
from ..grounds import Ground, RefusalGround

# What the signatures rest on: every later desk asks that it still stands.
IN_ORDER = [rules.class_is_chosen, rules.papers_are_checked, rules.originals_are_seen, rules.child_still_at_origin]


class Transfer(Case):
    """转学（第十六至十九条）：预审通过后，转入校、转入主管、转出校、转出主管依次核办"""

    State = State

    kind_code = "transfer"
    prefix = "转"
    OPENER = REGISTRAR
    ARTICLE = articles.TRANSFER_GROUNDS
    CLOSED = CLOSED
    SUCCESS = frozenset({State.DONE, State.ARRIVED})
    TEMPLATE = "transfers/detail.html"
    PAPERS_OPEN = frozenset({State.DRAFT, State.SUPPLEMENT})
    ORIGINALS_OPEN = frozenset({State.BUREAU_REVIEW, State.SUPPLEMENT})
    PARTICULARS = PARTICULARS
    DESKS = DESKS

    from_division = models.CharField(
        "转出学校所在区划", max_length=12, validators=[RegexValidator(r"^\d{6}(\d{3}|\d{6})?$")]
    )
    from_school_name = models.CharField("转出学校全称", max_length=60)
    from_school_code = models.CharField("转出学校标识码", max_length=10, blank=True)
    from_class = models.CharField("现就读班级", max_length=30, blank=True)
    grade = models.PositiveSmallIntegerField("年级")
    to_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, blank=True, verbose_name="拟转入班级")
    scope = models.CharField("转学范围", max_length=4)
    ground = models.CharField("转学理由", max_length=2, choices=Ground)
    ground_note = models.CharField("理由说明", max_length=200, blank=True)
    household_moved = models.BooleanField("户籍已迁移", default=False)
    has_property = models.BooleanField("监护人有房产", default=True)
    is_talent = models.BooleanField("高级专业技术管理人才子女", default=False)
    return_home = models.BooleanField("回原籍参加中考", default=False)
    exception_reason = models.TextField("特批理由", blank=True)
    exception_rules = models.JSONField("特批事项", default=list)
    returned_from = models.CharField("退回环节", max_length=30, blank=True)
    refusal_ground = models.CharField("不予放行事由", max_length=20, choices=RefusalGround, blank=True)
    moved_on = models.DateField("学籍转移日期", null=True, blank=True)
    arrived_at_school_on = models.DateField("报到日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "转学"
        constraints = [
            models.CheckConstraint(
                condition=Q(ground__in=["T1", "T2", "T3", "T4", "T5", "T9"]), name="transfer_ground"
            ),
            models.CheckConstraint(condition=Q(grade__range=(1, 9)), name="transfer_grade"),
        ]

    @property
    def from_outside(self) -> bool:
        """The sending school is not one of ours: its two desks are entered by the county's clerk."""
        return self.peer_school_id is None

    @property
    def calls_file(self) -> bool:
        """Across a province border the electronic file is called over at the end (调档): only then is it completed."""
        return self.from_outside and self.scope == Scope.NATION

    @property
    def grade_known_on(self):
        """The day of which the grade is said: that of 受理."""
        return self.accepted_on or clock.today()

    def desk_of(self, state):
        if self.from_outside and state in desks.RECORDED:
            return desks.RECORDED[state]
        if state == State.SCHOOL_REVIEW and self.lead_school.county_direct:
            return desks.HEADMASTER_SIGNS
        return DESKS.get(state)

    @classmethod
    def paper_list(cls):
        return materials.all_labels()

    def page(self, user):
        return presenting.page_of(self, user)

    def to_type_in_ceims(self):
        return presenting.to_type(self)

    def build_facts(self, day):
        return effects.facts_of(self, day)

    # 预审（第十六条末款）

    @move(
        "提交学校预审",
        source=State.DRAFT,
        target=State.SCHOOL_REVIEW,
        article=articles.TRANSFER_PREREVIEW,
        rules=[*rules.HARD_RULES, rules.class_is_chosen, rules.papers_are_handed_in, rules.exception_is_argued],
    )
    def submit(self, **_):
        self.accept()

    @move(
        "预审同意，报教育局预审",
        source=State.SCHOOL_REVIEW,
        target=State.BUREAU_REVIEW,
        article=articles.TRANSFER_PREREVIEW,
        rules=[rules.papers_are_checked],
    )
    def vouch(self, **_):
        pass

    @move(
        "拟同意预审",
        source=State.BUREAU_REVIEW,
        target=State.BUREAU_REVIEW_CHECK,
        article=articles.TRANSFER_PREREVIEW,
        rules=[rules.papers_are_checked, rules.originals_are_seen],
    )
    def review(self, **_):
        pass

    @move(
        "预审通过，预留学位",
        source=State.BUREAU_REVIEW_CHECK,
        target=State.READY,
        article=articles.TRANSFER_PREREVIEW,
        rules=[*rules.RULES, *IN_ORDER],
    )
    def pass_review(self, **_):
        holds.hold_seat(self)

    @move(
        "特批预审通过，预留学位",
        source=State.BUREAU_REVIEW_CHECK,
        target=State.READY,
        article=articles.TRANSFER_EXCEPTIONS,
        hand=LEADER,
        rules=[*rules.HARD_RULES, *IN_ORDER],
        opinion_required=True,
        tone="warning",
    )
    def grant_exception(self, **_):
        self.exception_rules = effects.soft_breaches(self)
        holds.hold_seat(self)

    # 流程（第十七条第（二）项）

    @move(
        "发起转学",
        source=State.READY,
        target=State.TO_SCHOOL_CHECK,
        article=articles.TRANSFER_STAGES,
        rules=IN_ORDER,
    )
    def apply(self, **_):
        pass

    @move(
        "同意转入，报转入主管部门",
        source=State.TO_SCHOOL_CHECK,
        target=State.TO_BUREAU,
        article=articles.TRANSFER_STAGES,
        in_ceims="转入学校：发起转学申请并核办",
    )
    def accept_child(self, **_):
        pass

    @move("拟同意转入", source=State.TO_BUREAU, target=State.TO_BUREAU_CHECK, article=articles.TRANSFER_STAGES)
    def propose_entry(self, **_):
        pass

    @move(
        "同意转入，转转出学校",
        source=State.TO_BUREAU_CHECK,
        target=State.FROM_SCHOOL,
        article=articles.TRANSFER_STAGES,
        in_ceims="转入主管部门：转学核办",
    )
    def approve_entry(self, **_):
        pass

    @move(
        "拟同意转出",
        source=State.FROM_SCHOOL,
        target=State.FROM_SCHOOL_CHECK,
        article=articles.TRANSFER_STAGES,
        fields=effects.OUTSIDE_FIELDS,
    )
    def propose_release(self, **given):
        effects.require_outside_record(self, FROM_SCHOOL, given)

    @move(
        "同意转出，转转出主管部门",
        source=State.FROM_SCHOOL_CHECK,
        target=GET_STATE(effects.last_desk, states=[State.FROM_BUREAU, State.FROM_BUREAU_CHECK]),
        article=articles.TRANSFER_STAGES,
        in_ceims="转出学校：转学核办",
    )
    def release(self, **_):
        pass

    @move(
        "拟同意转出",
        source=State.FROM_BUREAU,
        target=State.FROM_BUREAU_CHECK,
        article=articles.TRANSFER_STAGES,
        fields=effects.OUTSIDE_FIELDS,
    )
    def propose_clearance(self, **given):
        effects.require_outside_record(self, FROM_BUREAU, given)

    @move(
        "同意转出，办结",
        source=State.FROM_BUREAU_CHECK,
        target=GET_STATE(effects.where_completed, states=[State.DONE, State.FILE_CALL]),
        article=articles.TRANSFER_STAGES,
        rules=[*IN_ORDER, *rules.STILL_MOVABLE],
        in_ceims="转出主管部门：转学核办",
    )
    def complete(self, **_):
        effects.finish(self)

    @move(
        "调档完成，办结",
        source=State.FILE_CALL,
        target=State.DONE,
        article=articles.TRANSFER_STAGES,
        rules=[*IN_ORDER, *rules.STILL_MOVABLE],
        fields=["file_came_on"],
        in_ceims="转入学校：调档",
    )
    def call_file(self, file_came_on=None, **_):
        effects.receive_file(self, file_came_on)

    @move(
        "登记报到",
        source=State.DONE,
        target=State.ARRIVED,
        article=articles.NO_SEAT_NO_TRANSFER,
        hand=REGISTRAR,
        fields=["arrived_at_school_on"],
        signs=False,
    )
    def report(self, arrived_at_school_on=None, **_):
        effects.record_arrival(self, arrived_at_school_on)

    # 退回、不通过、撤回、撤销

    @move(
        "退回经办",
        source=list(desks.MAKER_OF),
        target=GET_STATE(lambda case, **_: desks.MAKER_OF[case.state], states=list(desks.MAKER_OF.values())),
        article=articles.TRANSFER_STAGES,
        opinion_required=True,
        tone="secondary",
        signs=False,
    )
    def hand_back(self, **_):
        pass

    @back(
        "退回补正",
        source=desks.RETURNABLE,
        target=GET_STATE(effects.where_returned, states=[State.DRAFT, State.SUPPLEMENT]),
        article=articles.TRANSFER_MATERIALS,
    )
    def send_back(self, **_):
        self.returned_from = desks.MAKER_OF.get(self.state, self.state)
        self.round += 1

    @move(
        "补正完毕，重新提交",
        source=State.SUPPLEMENT,
        target=GET_STATE(lambda case, **_: case.returned_from, states=list(set(desks.MAKER_OF.values()))),
        article=articles.TRANSFER_MATERIALS,
        rules=IN_ORDER,
        signs=False,
    )
    def resubmit(self, **_):
        pass

    @move(
        "不通过",
        source=desks.RECEIVING_CHECKS,
        target=State.REFUSED,
        article=articles.TRANSFER_EXPLAIN,
        opinion_required=True,
        tone="danger",
    )
    def refuse(self, **_):
        effects.let_go(self)

    @move(
        "不予放行",
        source=desks.SENDING_CHECKS,
        target=State.REFUSED,
        article=articles.NO_LAWLESS_REFUSAL,
        opinion_required=True,
        tone="danger",
        fields=["refusal_ground"],
    )
    def refuse_release(self, refusal_ground="", **_):
        effects.require_listed_ground(self, refusal_ground)
        effects.let_go(self)

    @ending(
        "撤回申请",
        source=OPEN,
        target=State.WITHDRAWN,
        article=articles.TRANSFER_STAGES,
        hand=REGISTRAR,
        in_ceims="转入学校：撤销转学申请",
        undoes=True,
    )
    def withdraw(self, **_):
        effects.let_go(self)

    @ending(
        "终止（逾期未提交）",
        source=[State.DRAFT, State.SUPPLEMENT, State.READY],
        target=State.WITHDRAWN,
        article=articles.CHANGES_IN_TIME,
        hand=Hand("bureau_check", desks.TO),
    )
    def terminate(self, **_):
        effects.let_go(self)

    @ending(
        "终止（另有更正或死亡注销）",
        source=OPEN,
        target=State.WITHDRAWN,
        article=articles.CHANGES_IN_TIME,
        hand=Hand("bureau_check", desks.TO),
        in_ceims="转入学校：撤销转学申请",
        undoes=True,
        by_hand=False,
    )
    def give_way(self, **_):
        effects.let_go(self)

    @ending(
        "撤销办结（材料虚假）",
        source=[State.DONE, State.ARRIVED],
        target=State.REVERTED,
        article=articles.NO_LAWLESS_REFUSAL,
        hand=LEADER,
        in_ceims="转入主管部门：撤销转学",
        undoes=True,
    )
    def revert(self, **_):
        effects.move_child_back(self)

    def day_of(self, particulars):
        """The day an outside unit decided, or the child arrived: not the day our clerk typed it (两个日期都留)."""
        named = ("outside_day", "file_came_on", "arrived_at_school_on")
        return next((particulars[name] for name in named if particulars.get(name)), None)

    def files_in_ceims(self, desk):
        """A desk outside the county files its own acts."""
        return not (self.from_outside and desk in desks.RECORDED.values())

    def fields_for(self, described):
        """The sending desks ask for the outside unit's decision only when the school lies outside the county."""
        if described.fields == effects.OUTSIDE_FIELDS and not self.from_outside:
            return ()
        return described.fields
