"""对账：全国系统导出名册与本县学籍逐生逐项比对，每处差异一行任务，同一处只记一次；只提示，从不改学籍."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.policies import powers_of, school_ids_where
from approvals.models import Case
from jianping_xueji.vault.fields import CopiedText
from schools.models import Bureau, School

from ..importing.upload import SealedUpload
from ..models.child import Student
from ..roster.models import bureaus_of

LONGEST = 1000  # an address of 180 signs as its column keeps it, sealed


class Side(models.TextChoices):
    """Whose word is proposed, or was confirmed, to be right."""

    OURS = "ours", "本县"
    CEIMS = "ceims", "全国系统"
    CHECK = "check", "待核对"
    WAIT = "wait", "等办结"


class Reason(models.TextChoices):
    """Why a difference probably stands."""

    UNFILED = "unfiled", "已批未录"
    ENTERED = "entered", "已录未核"
    IN_HAND = "in_hand", "业务办理中"
    NUMBER_OURS = "number_ours", "证件号与本县一致"
    NUMBER_CEIMS = "number_ceims", "证件号与全国系统一致"
    BLANK_THERE = "blank_there", "全国系统未填"
    BLANK_HERE = "blank_here", "本县未填"
    KEPT_HERE = "kept_here", "本县每学期维护"
    ISSUED = "issued", "全国系统已编发"
    BOOK = "book", "须对照户口簿"
    COMPARE = "compare", "须核对原件"
    NOT_THERE = "not_there", "全国系统没有"
    NOT_HERE = "not_here", "本县没有"
    ELSEWHERE = "elsewhere", "学籍在他校"
    LEFT = "left", "本县已不在籍"
    PENDING = "pending", "本县待核"


# What each reason proposes.
PROPOSED = {
    Reason.UNFILED: Side.OURS,
    Reason.ENTERED: Side.OURS,
    Reason.IN_HAND: Side.WAIT,
    Reason.NUMBER_OURS: Side.OURS,
    Reason.NUMBER_CEIMS: Side.CEIMS,
    Reason.BLANK_THERE: Side.OURS,
    Reason.BLANK_HERE: Side.CEIMS,
    Reason.KEPT_HERE: Side.OURS,
    Reason.ISSUED: Side.CEIMS,
    Reason.BOOK: Side.CHECK,
    Reason.COMPARE: Side.CHECK,
    Reason.NOT_THERE: Side.OURS,
    Reason.NOT_HERE: Side.CHECK,
    Reason.ELSEWHERE: Side.CHECK,
    Reason.LEFT: Side.OURS,
    Reason.PENDING: Side.WAIT,
}


class AgreementFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Files of schools in sight, and the county's own for the people of the bureau."""
        schools = school_ids_where(user, "view_school")
        return self.filter(Q(school__in=schools) | Q(school=None, bureau__in=bureaus_of(user)))


class AgreementFile(SealedUpload):
    """对账文件：从全国系统导出的一份名册，加密留存；学校的只比对本校，教育局的比对全县"""

    class State(models.TextChoices):
        WAITING = "waiting", "比对中"
        DONE = "done", "已比对"
        UNUSABLE = "unusable", "不能比对"

    FILE_PLACE, REPORT_PLACE = "agreement.file", "agreement.report"
    digest = None  # nothing waits here to be confirmed

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="+", verbose_name="主管部门")
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学校（空为全县）"
    )
    as_of = models.DateField("导出日期")
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    refusal = models.CharField("不能比对的原因", max_length=400, blank=True)

    objects = AgreementFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对账文件"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="unusable") & ~Q(refusal="") | Q(state__in=["waiting", "done"], refusal=""),
                name="agreement_file_state",
            )
        ]
        indexes = [models.Index(fields=["bureau", "-id"], name="agreement_file_of")]

    def get_absolute_url(self):
        return reverse("agreement:file", args=[self.pk])

    @property
    def scope(self) -> str:
        return str(self.school) if self.school_id else "全县"


class DifferenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Differences of schools in sight; those of no school are the bureau's."""
        schools = powers_of(user).schools("view_school")
        return self.filter(Q(school__among=schools) | Q(school=None, bureau__in=bureaus_of(user)))

    def standing(self):
        return self.exclude(state=Difference.State.CLOSED)


class Difference(models.Model):
    """对账差异：一名学生的一个项目两边不同，或只有一边有此生；下次对账一致即自动消除"""

    class What(models.TextChoices):
        DIFFERS = "differs", "项目不同"
        ONLY_HERE = "only_here", "仅本县有"
        ONLY_THERE = "only_there", "仅全国系统有"

    class State(models.TextChoices):
        OPEN = "open", "待核对"
        CONFIRMED = "confirmed", "已确认待改"
        CLOSED = "closed", "已一致"

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="+", verbose_name="主管部门")
    school = models.ForeignKey(School, models.PROTECT, null=True, related_name="+", verbose_name="学校（空为教育局）")
    what = models.CharField("种类", max_length=10, choices=What)
    # s + key of the child, or n + fingerprint of a number nobody holds here: the same thing again is the same row.
    subject = models.CharField("对象", max_length=70)
    field = models.CharField("栏目", max_length=30, blank=True)
    student = models.ForeignKey(
        Student, models.PROTECT, null=True, related_name="ceims_differences", verbose_name="学生"
    )
    name = models.CharField("姓名", max_length=60, blank=True)
    tail = models.CharField("证件号末四位", max_length=4, blank=True)
    ours = CopiedText("本县", max_length=LONGEST, blank=True)
    theirs = CopiedText("全国系统", max_length=LONGEST, blank=True)
    theirs_index = models.BinaryField("全国系统号码散列", max_length=32, null=True, editable=False)
    reason = models.CharField("原因", max_length=12, choices=Reason)
    side = models.CharField("建议以谁为准", max_length=5, choices=Side)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", verbose_name="可以解释差异的业务")
    state = models.CharField("状态", max_length=9, choices=State, default=State.OPEN)
    confirmed = models.CharField("确认以谁为准", max_length=5, choices=Side, blank=True)
    found_on = models.DateField("发现日期")
    opened_in = models.ForeignKey(AgreementFile, models.PROTECT, related_name="opened", verbose_name="发现于")
    seen_in = models.ForeignKey(AgreementFile, models.PROTECT, related_name="seen", verbose_name="最近见于")
    closed_on = models.DateField("消除日期", null=True)
    closed_in = models.ForeignKey(
        AgreementFile, models.PROTECT, null=True, related_name="closed", verbose_name="消除于"
    )

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对账差异"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "what", "subject", "field"], name="difference_once"),
            models.CheckConstraint(
                condition=Q(what="differs", student__isnull=False) & ~Q(field="")
                | Q(what="only_here", student__isnull=False, field="")
                | Q(what="only_there", field=""),
                name="difference_what",
            ),
            models.CheckConstraint(condition=Q(side__in=["ours", "ceims", "check", "wait"]), name="difference_side"),
            models.CheckConstraint(
                condition=Q(state="open", closed_on=None, confirmed="")
                | Q(state="confirmed", closed_on=None, confirmed__in=["ours", "ceims"])
                | Q(state="closed", closed_on__isnull=False, closed_in__isnull=False),
                name="difference_state",
            ),
        ]
        indexes = [
            models.Index(fields=["bureau", "school", "name"], name="difference_standing", condition=~Q(state="closed")),
            models.Index(fields=["student"], name="difference_of_child"),
        ]

    def __str__(self):
        return f"{self.get_what_display()} {self.name}"

    def get_absolute_url(self):
        return reverse("agreement:difference", args=[self.pk])

    @property
    def is_bureaus(self) -> bool:
        """Nobody's child, its school, or its 学籍号: the bureau's to settle; everything else the school's."""
        return self.school_id is None or self.field in ("school_code", "registry_number")


class DifferenceRuling(models.Model):
    """差异认定：何日何人凭什么确认以谁为准；只增不改"""

    difference = models.ForeignKey(Difference, models.PROTECT, related_name="rulings", verbose_name="差异")
    side = models.CharField("以谁为准", max_length=5, choices=Side)
    note = models.CharField("依据", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="认定人")
    on = models.DateField("日期")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "差异认定"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=["ours", "ceims"]) & ~Q(note=""), name="difference_ruling")
        ]

    def __str__(self):
        return f"{self.difference} {self.get_side_display()}"
