"""Traces that only grow: who looked at what is confidential, and who corrected a record outside of a case."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from jianping_xueji.vault.fields import SealedJSON
from schools.models import School

from .child import Student


class Look(models.Model):
    """查看留痕：谁在何日因何事看过完整号码、查找过他校学生，或导出过含完整号码的文件"""

    class Kind(models.TextChoices):
        ID = "id", "查看身份证件号"
        REGISTRY = "registry", "查看学籍号"
        ELSEWHERE = "elsewhere", "查找他校学生"
        FILE = "file", "导出文件"
        CHECK = "check", "批量核查"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    student = models.ForeignKey(
        Student,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="looks",
        verbose_name="学生（可以为空）",
    )
    school = models.ForeignKey(School, models.PROTECT, null=True, related_name="+", verbose_name="查看人所代表的学校")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="查看人")
    reason = models.CharField("原因", max_length=200)
    legal_date = models.DateField("日期（法定）")
    seen_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "查看留痕"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="look_has_reason"),
            models.CheckConstraint(
                condition=Q(kind__in=["elsewhere", "check"])
                | Q(kind="file", student=None)
                | Q(kind__in=["id", "registry"], student__isnull=False),
                name="look_is_at_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.get_kind_display()}"


class DataFix(models.Model):
    """数据更正：在管理后台直接改动的每一处，改前改后、何人何因"""

    model = models.CharField("表", max_length=60)
    model_name = models.CharField("表名", max_length=40)
    object_id = models.CharField("记录号", max_length=40)
    object_name = models.CharField("记录", max_length=200)
    reason = models.CharField("更正理由", max_length=300)
    before = SealedJSON("改前", default=dict)
    after = SealedJSON("改后", default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="更正人")
    legal_date = models.DateField("日期（法定）")
    fixed_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "数据更正记录"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="data_fix_has_reason")]
        indexes = [models.Index(fields=["model", "object_id"], name="data_fix_of")]

    def __str__(self):
        return f"{self.model_name} {self.object_name}"
