"""提醒: what a person is told on one morning, all in one; never a row a child, never a name of one."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from jianping_xueji.jobs.models import Job


class ReminderQuerySet(models.QuerySet):
    def unread(self):
        return self.filter(read_at=None)

    def unmailed(self):
        return self.filter(mailed_at=None)

    def unclaimed(self):
        """In no worker's hands: never taken, or taken by an attempt at mailing that has ended or gone silent."""
        attempts = Job.objects.filter(state=Job.State.RUNNING, lease_until__gte=Now())
        return self.filter(Q(mail_claim="") | ~Exists(attempts.filter(leased_by=OuterRef("mail_claim"))))


class Reminder(models.Model):
    """提醒：一人一日至多一份，把当日要办、要督促的期限汇在一起"""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders", verbose_name="收件人")
    on = models.DateField("日期")
    # Level, deadline, how many, how many late, the first due day: [{"level", "rule", "number", "late", "due", …}]
    lines = models.JSONField("内容")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    # Which attempt of which worker is sending it (`Job.leased_by`), committed before the mail leaves.
    mail_claim = models.CharField("发送中的任务", max_length=120, blank=True, default="")
    # When the server had taken it.
    mailed_at = models.DateTimeField("邮件发送时间", null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        ordering = ["-on", "-pk"]
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="reminder_once_a_night")]
        indexes = [
            models.Index(fields=["user", "-on"], name="reminder_unread", condition=Q(read_at=None)),
            models.Index(fields=["on"], name="reminder_unmailed", condition=Q(mailed_at=None)),
        ]

    def __str__(self):
        return f"{self.user} {self.on}"
