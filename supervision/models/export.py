"""对外提供 (第三十七条): asked for, approved in writing, made, taken once. Every table only grows."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.policies import school_ids_where
from jianping_xueji.jobs import Job
from schools.models import Bureau

SEES = ("bureau_make", "bureau_check", "bureau_sign", "audit_school")


class ExportRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Requests at the bureau whose people make, check, sign or audit."""
        schools = set().union(*(school_ids_where(user, right) for right in SEES))
        return self.filter(bureau__in=Bureau.objects.filter(school__in=schools))


class ExportRequest(models.Model):
    """对外提供申请：为何、给谁、哪些栏目、哪些学生、到何时，依据哪份批文；提交后一字不能改"""

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="+", verbose_name="主管部门")
    purpose = models.CharField("用途", max_length=200)
    recipient = models.CharField("接收单位", max_length=100)
    document = models.CharField("批文号", max_length=60)
    fields = ArrayField(models.CharField(max_length=30), verbose_name="栏目")
    scope = models.CharField("范围", max_length=200)
    # The children themselves, not a condition: what was approved cannot grow afterwards.
    children = ArrayField(models.BigIntegerField(), verbose_name="学生")
    rows = models.PositiveIntegerField("人数")
    expires_on = models.DateField("有效期至")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_on = models.DateField("申请日期")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ExportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对外提供申请"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(recipient="") & ~Q(document=""), name="export_says_why_and_to_whom"
            ),
            models.CheckConstraint(condition=Q(rows__gt=0), name="export_is_of_somebody"),
            models.CheckConstraint(condition=Q(expires_on__gte=F("asked_on")), name="export_expires_later"),
        ]

    def __str__(self):
        return f"提供{self.asked_on.year}{self.pk:05d}"

    def get_absolute_url(self):
        return reverse("exports:request", args=[self.pk])


class ExportDecision(models.Model):
    """对外提供审批：谁以何职权同意或不同意；申请人不能审批；只增不改"""

    request = models.ForeignKey(ExportRequest, models.PROTECT, related_name="decisions", verbose_name="申请")
    approved = models.BooleanField("同意")
    right = models.CharField("职权", max_length=20)
    opinion = models.CharField("意见", max_length=200, blank=True)
    # Beside the one who decides, so that the table itself keeps the two apart (G6).
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="审批人")
    decided_on = models.DateField("审批日期")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "对外提供审批"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=F("asked_by")), name="export_two_hands"),
            models.CheckConstraint(condition=Q(approved=True) | ~Q(opinion=""), name="export_refused_with_reason"),
            models.CheckConstraint(condition=Q(right__in=["bureau_check", "bureau_sign"]), name="export_right_of_hand"),
            models.UniqueConstraint(fields=["request", "decided_by"], name="export_one_voice_each"),
        ]

    def __str__(self):
        return "同意" if self.approved else "不同意"


class ExportFile(models.Model):
    """对外提供文件：加密保存，追溯码，一个链接，一个人，二十四小时"""

    request = models.OneToOneField(ExportRequest, models.PROTECT, related_name="file", verbose_name="申请")
    code = models.CharField("追溯码", max_length=12, unique=True)
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    name = models.CharField("密件名", max_length=32)
    sha256 = models.CharField("摘要（SHA-256）", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    # Password of the workbook and token of the link, for the eyes of the one who asked.
    secret = models.BinaryField("开启密码与链接（密文）", editable=False)
    token_digest = models.CharField("链接摘要", max_length=64, unique=True)
    # In the order of the file: the order itself tells whose copy a leaked list is.
    order = ArrayField(models.BigIntegerField(), verbose_name="文件中的次序")
    made_at = models.DateTimeField("制作时间")
    good_until = models.DateTimeField("链接有效至")

    class Meta:
        verbose_name = verbose_name_plural = "对外提供文件"
        default_permissions = ["view"]

    def __str__(self):
        return self.code


class ExportTake(models.Model):
    """对外提供取走：一个文件只取一次"""

    file = models.OneToOneField(ExportFile, models.PROTECT, related_name="take", verbose_name="文件")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="取走人")
    taken_at = models.DateTimeField("取走时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "对外提供取走"
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.file}"


class ExportMaking(models.Model):
    """对外提供制作：哪个后台任务在做"""

    request = models.ForeignKey(ExportRequest, models.PROTECT, related_name="makings", verbose_name="申请")
    job = models.ForeignKey(Job, models.PROTECT, related_name="+", verbose_name="任务")

    class Meta:
        verbose_name = verbose_name_plural = "对外提供制作"
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.job}"
