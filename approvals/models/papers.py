"""The papers of a case, asked for all at once and shown one by one, and the photographs of their originals."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .case import Case


class Material(models.Model):
    """材料：一次性告知的清单，逐项交验"""

    class State(models.TextChoices):
        MISSING = "missing", "未交"
        HANDED = "handed", "已交未核"
        RETURNED = "returned", "退回"
        CHECKED = "checked", "已核"

    case = models.ForeignKey(Case, models.PROTECT, related_name="materials", verbose_name="案件")
    code = models.CharField("代码", max_length=40)
    label = models.CharField("材料", max_length=120)
    article = models.CharField("依据", max_length=40)
    required = models.BooleanField("必交", default=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.MISSING)
    note = models.CharField("说明", max_length=200, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学校核验人"
    )
    checked_on = models.DateField("核验日期", null=True, blank=True)
    original_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="教育局复核人"
    )
    original_seen_on = models.DateField("原件复核日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "材料"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "code"], name="material_once"),
            models.CheckConstraint(
                condition=Q(state__in=["missing", "handed", "returned", "checked"]), name="material_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="checked") | Q(checked_by__isnull=False), name="material_checker"
            ),
        ]

    def __str__(self):
        return self.label


class Scan(models.Model):
    """材料原件的电子照片：随机名、加密存放、散列在此"""

    material = models.ForeignKey(Material, models.PROTECT, related_name="scans", verbose_name="材料")
    name = models.CharField("存储名", max_length=80, unique=True)
    preview_name = models.CharField("预览存储名", max_length=80, blank=True)
    preview_sha256 = models.CharField("预览散列", max_length=64, blank=True)
    mime = models.CharField("类型", max_length=20)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("散列", max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    withdrawn = models.BooleanField("已替换", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "扫描件"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.material} {self.sha256[:8]}"
