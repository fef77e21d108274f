"""档案工作簿：一校或一班一次上传的一种档案内容，原件与核对结果都加密留存."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from jianping_xueji.vault import files
from schools.models import School, SchoolClass

FILE_AAD, REPORT_AAD = "archive.file", "archive.report"


class ArchiveWorkbook(models.Model):
    """档案工作簿：上传后先核对，确认后由后台任务登记"""

    class State(models.TextChoices):
        WAITING = "waiting", "待确认"
        TAKEN = "taken", "已登记"
        DISCARDED = "discarded", "已放弃"

    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    # The class of a class teacher's file; a registrar's file is of the whole school.
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="班级"
    )
    kind = models.CharField("种类", max_length=12)
    year = models.PositiveSmallIntegerField("学年（起始年）")
    term = models.PositiveSmallIntegerField("学期")
    reason = models.CharField("更正原因", max_length=200, blank=True)
    name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField("散列", max_length=64)
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    stored_name = models.CharField("存储名", max_length=32, editable=False)
    state = models.CharField("状态", max_length=9, choices=State, default=State.WAITING)
    counts = models.JSONField("计数", default=dict)
    digest = models.CharField("核对散列", max_length=64, blank=True)
    sealed_report = models.BinaryField("核对结果密文", default=b"", editable=False)
    job_id = models.BigIntegerField("后台任务", null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_on = models.DateField("上传日期")

    class Meta:
        verbose_name = verbose_name_plural = "档案工作簿"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "taken", "discarded"]), name="archive_workbook_state"
            )
        ]
        indexes = [models.Index(fields=["school", "-id"], name="archive_workbook_of")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("archives:workbook", args=[self.pk])

    def content(self) -> bytes:
        """The upload as it came. VaultError when it is missing or altered."""
        return files.load(bytes(self.wrapped_key), self.stored_name, FILE_AAD, self.sha256)
