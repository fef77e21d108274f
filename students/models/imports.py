"""导入文件: the workbook a school uploaded, kept sealed as evidence of what was handed in (第三十七条)."""

import json
import zlib

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.policies import school_ids_where
from jianping_xueji import vault
from jianping_xueji.vault import files
from schools.models import School

from .registration import Registration

FILE_PLACE, REPORT_PLACE = "import.file", "import.report"


class ImportFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Uploads of the schools whose records the user may see."""
        return self.filter(school__in=school_ids_where(user, "view_school"))


class ImportFile(models.Model):
    """导入文件：学校上传的一份名册；原件与预览都加密，因其中有学生的号码、住址与电话"""

    class State(models.TextChoices):
        READING = "reading", "读取中"
        PARSED = "parsed", "待确认"
        UNUSABLE = "unusable", "无法导入"
        COMMITTED = "committed", "已提交"
        DISCARDED = "discarded", "已放弃"
        UNDONE = "undone", "已撤销"

    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    name = models.CharField("文件名", max_length=120)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("散列", max_length=64)
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    stored_name = models.CharField("存储名", max_length=32, editable=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.READING)
    # A plain number: the row of the job that reads or commits this file at present.
    job_id = models.BigIntegerField("后台任务", null=True, blank=True)
    sheet = models.CharField("工作表", max_length=60, blank=True)
    version = models.CharField("模板", max_length=10, blank=True)
    # What people have said about this upload: {partial, sheet, head, columns: letter → attribute, as_typed: cells}.
    choice = models.JSONField("指定", default=dict, blank=True)
    head = models.PositiveSmallIntegerField("表头行", default=0)
    mapping = models.JSONField("列对应", default=list)
    counts = models.JSONField("计数", default=dict)
    digest = models.CharField("预览散列", max_length=64, blank=True)
    sealed_report = models.BinaryField("预览密文", default=b"", editable=False)
    registration = models.ForeignKey(
        Registration, models.PROTECT, null=True, blank=True, related_name="imports", verbose_name="注册批次"
    )

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入文件"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["reading", "parsed", "unusable", "committed", "discarded", "undone"]),
                name="import_state",
            ),
            models.CheckConstraint(
                condition=Q(registration=None) | Q(state__in=["committed", "undone"]),
                name="import_case_only_when_committed",
            ),
        ]
        indexes = [models.Index(fields=["school", "-id"], name="import_of_school")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("students:import_preview", args=[self.pk])

    @property
    def partial(self) -> bool:
        """True for a list that only brings children on record up to date."""
        return bool(self.choice.get("partial"))

    @property
    def may_be_read_otherwise(self) -> bool:
        """True while a person may still say what its columns are."""
        return self.state in (self.State.PARSED, self.State.UNUSABLE)

    @property
    def waits(self) -> bool:
        """True while a person has to confirm or give up."""
        return self.state == self.State.PARSED

    @property
    def may_be_given_up(self) -> bool:
        """True until it has written something; a file that a cancelled job left unread as well."""
        return self.state in (self.State.READING, self.State.PARSED, self.State.UNUSABLE)

    def content(self) -> bytes:
        """The upload as it came. VaultError when it is missing or altered."""
        return files.load(bytes(self.wrapped_key), self.stored_name, FILE_PLACE, self.sha256)

    @property
    def report(self) -> dict:
        """{findings, differences} of the preview; empty before the reading and after giving up."""
        if not self.sealed_report:
            return {"findings": [], "differences": []}
        packed = vault.open_bytes(bytes(self.wrapped_key), bytes(self.sealed_report), REPORT_PLACE)
        return json.loads(zlib.decompress(packed))

    @report.setter
    def report(self, said: dict) -> None:
        text = json.dumps(said, ensure_ascii=False, cls=DjangoJSONEncoder)
        self.sealed_report = vault.seal_bytes(bytes(self.wrapped_key), zlib.compress(text.encode()), REPORT_PLACE)


class RememberedColumn(models.Model):
    """列的对应：学校说过一次的表头，下次照用；attribute 为空表示该列不导入"""

    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    header = models.CharField("表头", max_length=120)
    attribute = models.CharField("读作", max_length=60, blank=True)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="指定人")
    said_on = models.DateField("指定日期")

    class Meta:
        verbose_name = verbose_name_plural = "列的对应"
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["school", "header"], name="remembered_header_once")]

    def __str__(self):
        return f"{self.header}→{self.attribute or '不导入'}"
