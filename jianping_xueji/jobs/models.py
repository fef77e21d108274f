from datetime import timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .registry import label_of

MAX_ATTEMPTS = 3
NEEDS_A_PERSON = "失败，需人工处理"


def lease_time() -> timedelta:
    """How long a silent worker keeps its job. ``JOBS_LEASE_SECONDS``, half a minute unless set."""
    return timedelta(seconds=getattr(settings, "JOBS_LEASE_SECONDS", 30))


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A job and its result belong to the one who asked for it."""
        return self.filter(requested_by=user) if user.is_authenticated else self.none()

    def waiting_for_worker(self):
        """Nobody works on it: queued, or leased by a worker that has gone silent."""
        return self.filter(Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now()))

    def held_by(self, job):
        """The row of ``job`` while this worker still holds the lease; empty once another took over."""
        return self.filter(pk=job.pk, state=Job.State.RUNNING, leased_by=job.leased_by)


class Job(models.Model):
    """后台任务"""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField("种类", max_length=60)
    arguments = models.JSONField("参数", default=dict, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="jobs", verbose_name="发起人"
    )
    # A plain number: the schools app stands above this one.
    school_id = models.BigIntegerField("学校", null=True, blank=True)
    idempotency_key = models.CharField("防重号", max_length=120, null=True, blank=True, unique=True)

    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    phase = models.CharField("阶段", max_length=200, blank=True)
    done = models.PositiveIntegerField("已完成数", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    result = models.JSONField("结果", default=dict, blank=True, encoder=DjangoJSONEncoder)
    error = models.TextField("错误", blank=True)
    cancel_requested = models.BooleanField("要求取消", default=False)

    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    leased_by = models.CharField("承办进程", max_length=120, blank=True)
    lease_until = models.DateTimeField("租约到期", null=True, blank=True)
    rung_at = models.DateTimeField("上次呼叫", db_default=Now())
    created_at = models.DateTimeField("发起时间", db_default=Now())
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]), name="job_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False) | (~Q(state="running") & Q(leased_by="")),
                name="job_leased_only_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | (~Q(state__in=["queued", "running"]) & Q(finished_at__isnull=False)),
                name="job_finished_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["rung_at"], condition=Q(state__in=["queued", "running"]), name="job_open_by_ring"),
            models.Index(fields=["requested_by", "-created_at"], name="job_by_requester"),
        ]

    def __str__(self):
        return f"{self.label} #{self.pk}"

    @property
    def label(self) -> str:
        return label_of(self.kind)

    @property
    def finished(self) -> bool:
        return self.state not in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int | None:
        """0–100, or None while the amount of work is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def result_url(self) -> str:
        """The page of the result (``url`` in result or arguments), only within this site."""
        url = self.result.get("url") or self.arguments.get("url") or ""
        return url if url.startswith("/") and not url.startswith(("//", "/\\")) else ""
