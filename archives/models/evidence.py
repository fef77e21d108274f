"""证据包：一名学生或一件业务的全部凭据装成一包，离线可验；谁、何日、因何事要的，谁何时取走，都留痕."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from approvals.models import Case
from jianping_xueji.jobs.models import Job
from schools.models import School
from students.models import Student


class EvidencePackQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A pack belongs to whoever asked for it: it carries that person's mark."""
        return self.filter(asked_by=user) if user.is_authenticated else self.none()


class EvidencePack(models.Model):
    """证据包：申请一行，只增不改；成品在 PackFile"""

    number = models.CharField("证据包编号", max_length=20, unique=True, editable=False)
    child = models.ForeignKey(Student, models.PROTECT, null=True, related_name="+", verbose_name="学生")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", verbose_name="案件")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="凭以申请的学校")
    purpose = models.CharField("用途", max_length=100)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_on = models.DateField("申请日期（法定）")
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    job = models.OneToOneField(Job, models.PROTECT, related_name="+", verbose_name="后台任务")

    objects = EvidencePackQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证据包"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(child=None, case__isnull=False) | Q(child__isnull=False, case=None), name="pack_of_one"
            ),
            models.CheckConstraint(condition=~Q(purpose=""), name="pack_has_purpose"),
        ]
        indexes = [models.Index(fields=["asked_by", "-id"], name="pack_of_person")]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("evidence:pack", args=[self.number])


class PackFile(models.Model):
    """证据包成品：加密分段存放，整包与清单的散列在此；只增不改"""

    pack = models.OneToOneField(EvidencePack, models.PROTECT, related_name="file", verbose_name="证据包")
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField("整包散列", max_length=64)
    manifest_sha256 = models.CharField("清单散列", max_length=64)
    files = models.PositiveIntegerField("文件数")
    finished_at = models.DateTimeField("完成时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "证据包成品"
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.pack} {self.sha256[:8]}"


class PackPart(models.Model):
    """证据包分段：一段几兆字节，单独加密，取包时逐段解开"""

    file = models.ForeignKey(PackFile, models.PROTECT, related_name="parts", verbose_name="成品")
    position = models.PositiveIntegerField("次序")
    name = models.CharField("存储名", max_length=80, unique=True)
    sha256 = models.CharField("散列", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "证据包分段"
        ordering = ["file", "position"]
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["file", "position"], name="pack_part_once")]

    def __str__(self):
        return f"{self.file} {self.position}"
