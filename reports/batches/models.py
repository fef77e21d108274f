"""A batch and its parts. A part is what a worker lays out at a time; nothing counts as printed before all are bound."""

import json
from collections.abc import Iterator

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property

from jianping_xueji import vault
from jianping_xueji.jobs.models import Job
from jianping_xueji.vault.growing import pieces

FILE_PLACE, FAULT_PLACE = "reports.batch", "reports.batch.fault"


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The file is full of whole numbers: it belongs to the one who asked for it."""
        return self.filter(requested_by=user) if user.is_authenticated else self.none()


class Batch(models.Model):
    """批量打印：选定表格和范围，分批排版，合成一个文件"""

    class State(models.TextChoices):
        RUNNING = "running", "正在打印"
        FAILED = "failed", "未完成"
        DONE = "done", "已完成"
        CANCELLED = "cancelled", "已取消"

    form = models.CharField("表格", max_length=40)
    subject = models.CharField("范围", max_length=200)
    total = models.PositiveIntegerField("份数")
    site = models.CharField("核验网址前缀", max_length=200)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="打印人")
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    binding = models.ForeignKey(
        Job, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="合成任务", editable=False
    )
    stored_name = models.CharField("存储名", max_length=32, blank=True)
    sha256 = models.CharField("文件散列", max_length=64, blank=True)
    pages = models.PositiveIntegerField("页数", default=0)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批量打印"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stored_name="", finished_at=None) | ~Q(stored_name="") & Q(finished_at__isnull=False),
                name="batch_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(finished_at=None), name="batch_cancelled_or_finished"
            ),
        ]
        indexes = [models.Index(fields=["requested_by", "-id"], name="batch_by_requester")]

    def __str__(self):
        return f"{self.title}：{self.subject}"

    def get_absolute_url(self):
        return reverse("reports:batch", args=[self.pk])

    @property
    def title(self) -> str:
        from ..forms import FORMS  # the registry reads records whose apps are not loaded yet

        return FORMS[self.form].title if self.form in FORMS else self.form

    @property
    def key(self) -> bytes:
        return bytes(self.wrapped_key)

    def address_of(self, token: str) -> str:
        """Where the genuineness page of a print of this batch stands."""
        return self.site + reverse("reports:verify", args=[token])

    def content(self) -> Iterator[bytes]:
        """The finished file piece by piece. Raises VaultError when the disk no longer has it as it was."""
        return pieces(self.key, self.stored_name, FILE_PLACE, self.sha256)

    @cached_property
    def all_parts(self) -> list["BatchPart"]:
        return list(self.parts.all())

    @property
    def state(self) -> "Batch.State":
        """Read off the parts: a job that ended badly leaves its part without a file."""
        if self.cancelled_at or self.finished_at:
            return self.State.CANCELLED if self.cancelled_at else self.State.DONE
        if any(part.at_work for part in self.all_parts) or self.binding and not self.binding.finished:
            return self.State.RUNNING
        return self.State.FAILED

    @property
    def done(self) -> int:
        """Papers laid out so far."""
        return self.total if self.finished_at else sum(part.laid_out for part in self.all_parts)

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total

    @property
    def faults(self) -> list[str]:
        """Why parts could not be laid out: child and character by name."""
        return [sentence for part in self.all_parts for sentence in part.faults]


class PartManager(models.Manager):
    """A part is asked for together with its job, which says how it stands."""

    def get_queryset(self):
        return super().get_queryset().select_related("job")


class BatchPart(models.Model):
    """批量打印的一段：一个工作进程一次排版的若干份"""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="parts", verbose_name="批量打印")
    position = models.PositiveIntegerField("次序")
    items = models.JSONField("对象")
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="排版任务")
    prints = models.JSONField("待登记的打印件", default=list)
    sealed_faults = models.BinaryField("未能打印的原因（加密）", null=True, editable=False)
    stored_name = models.CharField("存储名", max_length=32, blank=True)
    sha256 = models.CharField("文件散列", max_length=64, blank=True)

    objects = PartManager()

    class Meta:
        verbose_name = verbose_name_plural = "批量打印分段"
        ordering = ["batch", "position"]
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="batch_part_once")]

    def __str__(self):
        return f"{self.batch} {self.position}"

    @property
    def at_work(self) -> bool:
        return not self.stored_name and self.job is not None and not self.job.finished

    @property
    def laid_out(self) -> int:
        if self.stored_name:
            return len(self.items)
        return min(self.job.done, len(self.items)) if self.at_work else 0

    @property
    def faults(self) -> list[str]:
        if self.sealed_faults is None:
            return []
        return json.loads(vault.open_(self.batch.key, bytes(self.sealed_faults), FAULT_PLACE))

    def seal_faults(self, sentences: list[str]) -> None:
        """Names of children have no place in a job's message: they are kept sealed with the part."""
        self.sealed_faults = vault.seal(self.batch.key, json.dumps(sentences, ensure_ascii=False), FAULT_PLACE)
        self.save(update_fields=["sealed_faults"])
