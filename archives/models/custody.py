"""第十、十一条：纸质档案在哪里、交给了谁——只增不改的存放、移交、签收三种记录，两手各在一所学校.

What is owed is not written down here: it follows from the enrolments that ended (`archives/custody/owed.py`).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import get_random_string

from accounts.policies import school_ids_where
from approvals.models import Case
from schools.models import School
from students.models import Enrolment, Student

from .copies import kept_by


def new_token() -> str:
    """The address behind the QR of a slip; it says nothing and leads nowhere without signing in."""
    return get_random_string(22)


class Volume(models.Model):
    """纸质簿册：学校五种学籍簿册装订成册的一本；永久保存，只增不改"""

    class Kind(models.TextChoices):
        NEWCOMERS = "newcomers", "新生花名册"
        BALANCE = "balance", "学生增加（减少）情况登记表"
        CARDS = "cards", "学籍卡"
        CONTACTS = "contacts", "转学联系表及证明材料"
        GRADUATES = "graduates", "毕业生花名册"

    school = models.ForeignKey(School, models.PROTECT, related_name="volumes", verbose_name="编制学校")
    kind = models.CharField("簿册", max_length=10, choices=Kind)
    label = models.CharField("年度或届别", max_length=40)
    registered_on = models.DateField("登记日期")
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = verbose_name_plural = "纸质簿册"
        ordering = ["school", "kind", "label"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["school", "kind", "label"], name="volume_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["newcomers", "balance", "cards", "contacts", "graduates"]), name="volume_kind"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.label}"


class PaperPlace(models.Model):
    """档案存放：一名学生的纸质档案（或一本簿册）在一所学校的盒号、柜架；最后一条为现在的位置"""

    child = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="paper_places", verbose_name="学生"
    )
    volume = models.ForeignKey(
        Volume, models.PROTECT, null=True, blank=True, related_name="places", verbose_name="簿册"
    )
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="保管学校")
    box = models.CharField("盒号", max_length=20)
    shelf = models.CharField("柜架", max_length=40, blank=True)
    placed_on = models.DateField("存放日期")
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "档案存放"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(child=None, volume__isnull=False) | Q(child__isnull=False, volume=None),
                name="paper_place_of_one",
            )
        ]

    def __str__(self):
        return f"{self.child or self.volume} {self.box}"


class HandoverQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Slips of the schools the user may see, on the giving or on the receiving side, closed ones they keep too."""
        ids = school_ids_where(user, "view_school")
        sides = kept_by("from_school", ids) | kept_by("to_school", ids) | kept_by("given_for", ids)
        return self.filter(sides)


class Handover(models.Model):
    """档案移交单：移出的一手——哪所学校、何日、以何方式、交给谁；只增不改"""

    class Way(models.TextChoices):
        HAND = "hand", "派人送达"
        COURIER = "courier", "机要或挂号邮寄"
        FAMILY = "family", "交监护人携带"

    number = models.CharField("移交单号", max_length=20, unique=True, editable=False)
    token = models.CharField("签收地址", max_length=22, unique=True, default=new_token, editable=False)
    from_school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="移出学校")
    given_for = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代为移交（已撤并的原保管学校）"
    )
    to_school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收学校"
    )
    to_name = models.CharField("接收单位（人）", max_length=100)
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="handovers", verbose_name="撤并案件"
    )
    way = models.CharField("移交方式", max_length=8, choices=Way, default=Way.HAND)
    carrier = models.CharField("送件人或邮件号", max_length=60)
    given_on = models.DateField("移交日期")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="移交人")
    note = models.CharField("备注", max_length=200, blank=True)
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "档案移交单"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(way__in=["hand", "courier", "family"]), name="handover_way"),
            models.CheckConstraint(
                condition=Q(to_school=None) | ~Q(to_school=models.F("from_school")), name="handover_between_two"
            ),
        ]
        indexes = [
            models.Index(fields=["from_school", "-id"], name="handover_from"),
            models.Index(fields=["to_school", "-id"], name="handover_to"),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("custody:slip", args=[self.number])


class HandoverEntry(models.Model):
    """移交明细：一名学生的档案（或一本簿册），页数与原存放处；同一次离校只能有一次在途或已到的移交"""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="entries", verbose_name="移交单")
    child = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="paper_movements", verbose_name="学生"
    )
    enrolment = models.ForeignKey(
        Enrolment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="handover_entries",
        verbose_name="所离开的在校记录",
    )
    volume = models.ForeignKey(
        Volume, models.PROTECT, null=True, blank=True, related_name="movements", verbose_name="簿册"
    )
    pages = models.PositiveSmallIntegerField("页数", default=0)
    box = models.CharField("原盒号", max_length=20, blank=True)
    shelf = models.CharField("原柜架", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "移交明细"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(child=None, enrolment=None, volume__isnull=False) | Q(child__isnull=False, volume=None),
                name="handover_entry_of_one",
            ),
            models.UniqueConstraint(fields=["handover", "child"], name="handover_child_once"),
            models.UniqueConstraint(fields=["handover", "volume"], name="handover_volume_once"),
        ]

    def __str__(self):
        return f"{self.handover} {self.child or self.volume}"


class Receipt(models.Model):
    """档案签收：接收的一手；或移出学校作废未送出的移交单。每单至多一条，只增不改"""

    class Outcome(models.TextChoices):
        RECEIVED = "received", "已签收"
        CANCELLED = "cancelled", "移交单作废"

    handover = models.OneToOneField(Handover, models.PROTECT, related_name="receipt", verbose_name="移交单")
    outcome = models.CharField("结果", max_length=10, choices=Outcome, default=Outcome.RECEIVED)
    received_on = models.DateField("签收日期")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    receiver = models.CharField("签收人", max_length=60)
    discrepancy = models.CharField("不符情况", max_length=300, blank=True)
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "档案签收"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["received", "cancelled"]), name="receipt_outcome")
        ]

    def __str__(self):
        return f"{self.handover} {self.get_outcome_display()}"


class ReceiptLine(models.Model):
    """签收明细：移交单上的这一份到没有到；没有到的仍由移出学校负责补交"""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lines", verbose_name="签收")
    entry = models.OneToOneField(HandoverEntry, models.PROTECT, related_name="line", verbose_name="移交明细")
    arrived = models.BooleanField("已到")

    class Meta:
        verbose_name = verbose_name_plural = "签收明细"
        ordering = ["pk"]
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.entry} {'已到' if self.arrived else '未到'}"


class ReceiptScan(models.Model):
    """签收单影像：双方签字盖章的移交单，一单一密钥，原件与显示件都有散列；只增不改"""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="scans", verbose_name="签收")
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    name = models.CharField("存储名", max_length=80, unique=True)
    preview_name = models.CharField("预览存储名", max_length=80, blank=True)
    preview_sha256 = models.CharField("预览散列", max_length=64, blank=True)
    mime = models.CharField("类型", max_length=20)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("散列", max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "签收单影像"
        ordering = ["pk"]
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.receipt} {self.sha256[:8]}"


class Chase(models.Model):
    """移交催办：教育局何日、由谁、催哪所学校交多少份逾期档案；只增不改"""

    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="被催办学校")
    overdue = models.PositiveIntegerField("逾期份数")
    chased_on = models.DateField("催办日期")
    chased_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="催办人")
    words = models.CharField("催办要求", max_length=200)
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "移交催办"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [models.CheckConstraint(condition=Q(overdue__gt=0), name="chase_of_something")]

    def __str__(self):
        return f"{self.school} {self.chased_on}"
