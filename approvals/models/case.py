from copy import deepcopy
from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django_fsm import ConcurrentTransition, ConcurrentTransitionMixin, FSMField

from accounts.models import Appointment
from accounts.policies import powers_of, school_ids_where
from jianping_xueji.prepared import update
from law import clock
from law.articles import Article
from schools.models import School

from ..children import first_child
from ..desks import Desk, Hand, Side
from ..moves import Move


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Cases of the schools the user may see; the other school sees a case once it has been handed in."""
        ids = school_ids_where(user, "view_school")
        return self.filter(Q(lead_school__among=ids) | Q(peer_school__among=ids, accepted_on__isnull=False))

    def within_reach_of(self, user):
        """Cases in sight, and those that left an act for CEIMS on a desk of these schools (第十一条第二款)."""
        here = Case.objects.filter(filings__school__among=school_ids_where(user, "view_school"))
        return self.filter(Q(pk__in=self.model.objects.visible_to(user).values("pk")) | Q(pk__in=here.values("pk")))

    def on_desk_of(self, user):
        """Cases that wait for this user: right and school of the desk, compiled from the same hands as the buttons."""
        held = powers_of(user).held
        mine = Q(pk__in=[])
        for schools in {frozenset(held[right]) for right in held}:
            rights = [right for right in held if held[right].keys() == schools]
            mine |= Q(desk_right__in=rights, desk_school__among=schools)
        return self.filter(mine)

    def open(self):
        return self.filter(closed_on=None)


class Case(ConcurrentTransitionMixin, models.Model):
    """案件：学籍变动的共同脊梁，各类变动在此之上只添自己的栏目"""

    kind = models.CharField("种类", max_length=20, editable=False)
    number = models.CharField("编号", max_length=20, unique=True, editable=False)
    state = FSMField("状态", protected=True, db_index=False)
    round = models.PositiveSmallIntegerField("办理轮次", default=1)
    lead_school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="主办学校")
    peer_school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="相对学校"
    )
    desk_stage = models.CharField("所在环节", max_length=30, blank=True)
    desk_right = models.CharField("待办权限", max_length=20, blank=True)
    desk_school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="待办单位"
    )
    arrived_on = models.DateField("到达日期", null=True, blank=True)
    due_on = models.DateField("到期日期", null=True, blank=True)
    due_confirmed = models.BooleanField("到期日已确定", default=True)
    # What the due day was counted from, so that it can be counted again when a year's holidays are announced.
    clock_from = models.DateField("期限起算日", null=True, blank=True)
    clock_days = models.PositiveSmallIntegerField("期限（工作日）", null=True, blank=True)
    opened_on = models.DateField("建立日期")
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="建立人")

    objects = CaseQuerySet.as_manager()

    kind_code = ""
    prefix = ""
    OPENER: Hand
    # The article this kind carries out.
    ARTICLE: Article
    # A case that does not wait for the child's open change but ends it (第二十八条).
    PRECEDES = False
    # A case about no single child seals its scans with a key of its own (`wrapped_key`).
    OWN_KEY = False
    # Whether receipt, checklist and refusal print for a family to take home (一次性告知).
    NOTICES = False
    PARTICULARS: dict = {}
    TEMPLATE = "approvals/case.html"
    # Who keeps the papers in a state, where that is not whoever opens such cases.
    PAPER_RIGHTS: dict[str, str] = {}
    # States in which the case is still being written, and the move that hands it in from there.
    HANDED_IN_BY: dict[str, str] = {"draft": "submit"}
    # States in which papers may be handed in and checked, and in which the bureau sees originals.
    PAPERS_OPEN: frozenset[str] = frozenset()
    ORIGINALS_OPEN: frozenset[str] = frozenset()
    DESKS: dict[str, Desk] = {}
    CLOSED: frozenset[str] = frozenset()
    SUCCESS: frozenset[str] = frozenset()

    class Meta:
        verbose_name = verbose_name_plural = "案件"
        indexes = [
            models.Index(
                fields=["desk_right", "desk_school", "due_on", "id"], name="case_queue", condition=Q(closed_on=None)
            ),
            models.Index(fields=["lead_school", "-id"], name="case_lead"),
            models.Index(fields=["peer_school", "-id"], name="case_peer"),
        ]
        constraints = [
            models.CheckConstraint(
                # A clock may begin before the case does (第二十八条): what is entered late arrives overdue.
                condition=Q(due_on=None) | Q(arrived_on__isnull=False),
                name="case_due_on_a_desk",
            ),
            models.CheckConstraint(
                condition=Q(desk_right="") | Q(desk_school__isnull=False, closed_on=None), name="case_desk_is_whole"
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("approvals:case", args=[self.number])

    @property
    def model(self):
        """The concrete kind of this case."""
        from ..kinds import model_of

        return model_of(self.kind)

    @property
    def kind_name(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def state_name(self) -> str:
        return dict(self.model.State.choices).get(self.state, self.state)

    @property
    def tone(self) -> str:
        """How a closed case is drawn: refused and withdrawn are not done."""
        return "done" if self.state in self.model.SUCCESS else "refused" if self.state == "refused" else "idle"

    @property
    def desk(self) -> Desk | None:
        """The desk on which the case lies in its present state."""
        return self.model.DESKS.get(self.state)

    def desk_of(self, state: str) -> Desk | None:
        """The desk of a state of this case; kinds override where the hands depend on the case."""
        return self.model.DESKS.get(state)

    def hand_of(self, described: Move) -> Hand | None:
        """The hand of a move: its own, or that of the desk on which the case lies; None when nobody may make it."""
        if described.hand:
            return described.hand
        desk = self.desk_of(self.state)
        return desk.hand if desk else None

    @property
    def desk_holder(self) -> str:
        """Who holds the case now, in words: the bureau for a bureau's desk, else the school; "" off every desk."""
        if not self.desk_school:
            return ""
        at_bureau = self.desk_right.startswith("bureau")
        return str(self.desk_school.bureau if at_bureau else self.desk_school)

    def school_id_on(self, side: Side) -> int | None:
        """The school of the case on which a hand asks its right."""
        return self.lead_school_id if side == Side.LEAD else self.peer_school_id

    @property
    def paper_right(self) -> str:
        """The right by which papers are handed in and checked now."""
        return self.PAPER_RIGHTS.get(self.state, self.OPENER.right)

    def papers_hidden_from(self, user) -> frozenset[str]:
        """Codes of papers that this user, who sees the case, does not see."""
        return frozenset()

    def columns_hidden_from(self, user) -> frozenset[str]:
        """Names of columns that leave the system in no pack or file this user takes away."""
        return frozenset()

    def stored_values(self) -> dict:
        """Every column as it stands, to be held against later ones."""
        values = {field.name: getattr(self, field.attname) for field in self._meta.concrete_fields}
        return {name: deepcopy(value) if isinstance(value, list | dict) else value for name, value in values.items()}

    def changes_since(self, before: dict) -> tuple[dict, dict]:
        """The columns that differ from `before`, of the spine and of the kind, by attribute name."""
        own, spine = {}, {}
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            if value != before[field.name]:
                (spine if field.model is Case else own)[field.attname] = value
        return spine, own

    def write_changes(self, before: dict) -> None:
        """Write the columns that differ from `before`, if the case is still in the state it was read in.

        Raises ConcurrentTransition. What `save()` does in this case, without asking every other column again.
        """
        spine, own = self.changes_since(before)
        if spine and not update(Case, spine, id=self.pk, state=before["state"]):
            raise ConcurrentTransition(f"{self.number} has been moved since it was read.")
        if own:
            update(type(self), own, **{self._meta.pk.attname: self.pk})
        self._update_initial_state()

    @cached_property
    def facts(self):
        """What the rules look at; loaded once per instance, and perform() always works on a fresh one."""
        return self.build_facts(clock.today())

    def build_facts(self, day):
        raise NotImplementedError

    def accept(self) -> None:
        """受理: the day by which windows are judged; kept when a case comes back after completion of papers."""
        self.accepted_on = self.accepted_on or clock.today()

    def day_of(self, particulars: dict):
        """The day an act happened when its particulars say so; None means the day it is signed (两个日期都留)."""
        return None

    def clock_of(self, desk: Desk) -> tuple[date | None, str | None]:
        """The day from which the working days of a desk count, and the parameter that numbers them."""
        return self.arrived_on, desk.clock

    def files_in_ceims(self, desk) -> bool:
        """Whether the acts of a desk are ours to repeat in the national system."""
        return True

    def fields_for(self, described) -> tuple[str, ...]:
        """The particulars the act form asks for on this case."""
        return described.fields

    def particulars_of(self, action: str, given: dict) -> dict:
        """What of a move's particulars goes into the signed step; kinds may add what they decided."""
        return {name: str(value) for name, value in given.items() if value not in (None, "")}

    @classmethod
    def stand_together(cls, cases: list["Case"]) -> None:
        """These cases of the kind are about to be moved together: an effect may be written once for all of them."""

    @classmethod
    def paper_list(cls) -> list[str]:
        """Every paper this kind may ask for, in words; a kind whose papers depend on its draft says more."""
        return [paper.label for paper in cls().papers()]

    def papers(self) -> list:
        """The checklist of this case, told once and in full (一次性告知)."""
        return []

    @classmethod
    def article_number(cls) -> int:
        """By which kinds are put in the order of the regulation."""
        return cls.ARTICLE.number

    def page(self, user) -> dict:
        """What the kind adds to the context of the case page."""
        return {}

    def introduced(self) -> dict:
        """name, addressee, masked_number for letters about somebody who is no child of the register (yet)."""
        return {}

    def to_type_in_ceims(self) -> list[dict]:
        """Fields to type into the national system for this case: label, value."""
        return []

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    @property
    def child(self):
        """The child of a case about one child; uses prefetched `subjects` when there are any."""
        if "subjects" in getattr(self, "_prefetched_objects_cache", ()):
            return next((subject.child for subject in self.subjects.all()), None)
        return first_child(self.pk)


class CaseSubject(models.Model):
    """案件对象：一名学生同时至多有一件未办结的变动"""

    # Found by `subject_once`, which begins with the case; a second index would be written for every child of a year.
    case = models.ForeignKey(Case, models.PROTECT, related_name="subjects", verbose_name="案件", db_index=False)
    child = models.ForeignKey("students.Student", models.PROTECT, related_name="case_subjects", verbose_name="学生")
    blocking = models.BooleanField("在办", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "案件对象"
        constraints = [
            models.UniqueConstraint(fields=["child"], condition=Q(blocking=True), name="one_open_change_per_child"),
            models.UniqueConstraint(fields=["case", "child"], name="subject_once"),
        ]

    def __str__(self):
        return f"{self.case} {self.child}"


class Step(models.Model):
    """签署：每一步由谁、以何职务、依何条款、何日作出；只增不改"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name="案件")
    action = models.CharField("动作", max_length=40)
    label = models.CharField("动作名称", max_length=60)
    source = models.CharField("原状态", max_length=30)
    target = models.CharField("新状态", max_length=30)
    stage = models.CharField("环节", max_length=30, blank=True)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    signature = models.CharField("签署", max_length=5, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+", verbose_name="职务")
    deputising = models.BooleanField("代行", default=False)
    opinion = models.TextField("意见", blank=True)
    article = models.CharField("依据", max_length=160)
    acted_on = models.DateField("办理日期（法定）")
    happened_on = models.DateField("发生日期")
    entered_at = models.DateTimeField("录入时间")
    arrived_on = models.DateField("到达本环节", null=True)
    due_on = models.DateField("本环节到期", null=True)
    particulars = models.JSONField("办理要素", default=dict)
    canonical = models.BinaryField("规范字节")

    class Meta:
        verbose_name = verbose_name_plural = "签署"
        ordering = ["pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["-acted_on", "-id"], name="step_latest")]
        constraints = [
            # One account never gives both signatures of a desk in one round (G6), whatever the code above believes.
            ExclusionConstraint(
                name="step_two_hands",
                expressions=[
                    ("case", RangeOperators.EQUAL),
                    ("stage", RangeOperators.EQUAL),
                    ("round", RangeOperators.EQUAL),
                    ("actor", RangeOperators.EQUAL),
                    ("signature", RangeOperators.NOT_EQUAL),
                ],
                condition=~Q(signature=""),
            ),
            models.CheckConstraint(condition=Q(signature__in=["", "make", "check"]), name="step_signature"),
        ]

    def __str__(self):
        return f"{self.case} {self.label}"
