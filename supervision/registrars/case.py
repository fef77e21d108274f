"""第三十四条：学籍管理员先培训后上岗，保持相对稳定，基本信息报送县级主管部门；换岗时在办事项随岗移交."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Appointment
from approvals.common_rules import of_level
from approvals.desks import Desk, Hand, Side, Signature
from approvals.materials import Paper
from approvals.models import Case
from approvals.moves import back, ending, move
from approvals.rules import Level
from approvals.ways import BUREAU_CHECKER, CLERK
from law import articles, clock
from schools.models import School

from .rules import RULES

LAW = articles.REGISTRAR_TRAINED
HEADMASTER = Hand("sign_change", Side.LEAD)
REPORT, BUREAU = "校长报送", "教育局"
HARD = of_level(RULES, Level.HARD)


class RegistrarChange(Case):
    """学籍管理员报送：新任、换岗、培训更新；教育局核准后任职生效，在办事项移交（第三十四条）"""

    class State(models.TextChoices):
        DRAFT = "draft", "待校长报送"
        BUREAU = "bureau", "待教育局经办"
        BUREAU_CHECK = "bureau_check", "待教育局审核"
        DONE = "done", "已登记"
        REFUSED = "refused", "不予登记"
        WITHDRAWN = "withdrawn", "已撤回"

    class Why(models.TextChoices):
        NEW = "new", "新任（原岗位空缺）"
        SHIFT = "shift", "换岗（接替原任）"
        ADDED = "added", "增配"
        RENEWAL = "renewal", "培训更新"

    kind_code = "registrar_change"
    prefix = "岗"
    ARTICLE = LAW
    OPENER = HEADMASTER
    OWN_KEY = True
    TEMPLATE = "supervision/registrar_change.html"
    CLOSED = frozenset({State.DONE, State.REFUSED, State.WITHDRAWN})
    SUCCESS = frozenset({State.DONE})
    RULES = RULES
    DESKS = {
        State.DRAFT: Desk(REPORT, Signature.NONE, HEADMASTER, None),
        State.BUREAU: Desk(BUREAU, Signature.MAKE, CLERK),
        State.BUREAU_CHECK: Desk(BUREAU, Signature.CHECK, BUREAU_CHECKER),
    }
    PAPERS_OPEN = frozenset({State.DRAFT})
    DRAFT = ("why", "starts_on", "trained_on", "certificate", "post", "reason")

    why = models.CharField("变动种类", max_length=8, choices=Why, default=Why.SHIFT)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="学籍管理员", editable=False
    )
    predecessor = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="原任", editable=False
    )
    starts_on = models.DateField("到岗日期", default=clock.today, help_text="核准日晚于到岗日的，自核准日起任职。")
    trained_on = models.DateField("培训合格日期")
    certificate = models.CharField("培训合格证书编号", max_length=40)
    post = models.CharField("岗位", max_length=40, help_text="如：专职，或者兼任教务员。")
    reason = models.CharField("事由", max_length=200, help_text="原任调离、退休等情况。")
    # What lay on the school's desks when the hands changed: [{"number", "kind", "stage", "due"}].
    handed_over = models.JSONField("移交的在办事项", default=list, editable=False)
    appointed = models.ForeignKey(
        Appointment, models.PROTECT, null=True, related_name="+", verbose_name="形成的任职", editable=False
    )
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校", editable=False)
    standing = models.BooleanField("在办", default=True, editable=False)
    wrapped_key = models.BinaryField("加密密钥", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "学籍管理员报送"
        constraints = [
            models.CheckConstraint(condition=Q(trained_on__lte=F("starts_on")), name="registrar_trained_first"),
            models.CheckConstraint(
                condition=Q(why__in=["new", "shift", "added", "renewal"]), name="registrar_change_why"
            ),
            models.CheckConstraint(
                condition=Q(why="shift", predecessor__isnull=False) | ~Q(why="shift") & Q(predecessor=None),
                name="registrar_shift_has_predecessor",
            ),
            models.UniqueConstraint(
                fields=["school", "person"], condition=Q(standing=True), name="one_report_per_registrar"
            ),
        ]

    @staticmethod
    def papers() -> list[Paper]:
        return [
            Paper("certificate", "培训合格证书", LAW),
            Paper("basis", "学校任用文件或校务会决定", LAW, required=False),
        ]

    def build_facts(self, day):
        from .services import facts_for

        return facts_for(self.school, self.person, day, predecessor=self.predecessor, **self.said())

    def said(self) -> dict:
        return {name: getattr(self, name) for name in ("why", "starts_on", "trained_on", "certificate")}

    def page(self, user):
        from .presenting import page_of

        return page_of(self, user)

    @move("报送教育局", source=State.DRAFT, target=State.BUREAU, article=LAW, rules=HARD)
    def submit(self, **_):
        self.accept()

    @move("核对属实，报审核", source=State.BUREAU, target=State.BUREAU_CHECK, article=LAW, rules=HARD)
    def propose(self, **_):
        pass

    @move("准予登记，任职生效", source=State.BUREAU_CHECK, target=State.DONE, article=LAW, rules=HARD)
    def approve(self, **_):
        from .services import change_hands

        change_hands(self)
        self.standing = False

    @back("退回补正", source=[State.BUREAU, State.BUREAU_CHECK], target=State.DRAFT, article=LAW)
    def send_back(self, **_):
        self.round += 1

    @move(
        "不予登记",
        source=State.BUREAU_CHECK,
        target=State.REFUSED,
        article=LAW,
        opinion_required=True,
        tone="danger",
    )
    def refuse(self, **_):
        self.standing = False

    @ending(
        "撤回",
        source=[State.DRAFT, State.BUREAU, State.BUREAU_CHECK],
        target=State.WITHDRAWN,
        article=LAW,
        hand=HEADMASTER,
    )
    def withdraw(self, **_):
        self.standing = False

    @property
    def acts_from(self):
        """The first day on which the reported person acts: not before the bureau has said so."""
        return max(self.starts_on, clock.today())
