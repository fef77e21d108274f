from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.policies import powers_of
from law.deadline import Deadline, Subject, declared
from schools.models import Bureau, School


class CountdownQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Deadlines of the schools in sight, and the bureau's own for whoever serves there."""
        powers = powers_of(user)
        bureaus = {p.appointment.bureau_id for p in powers.appointments} - {None}
        return self.filter(Q(school__among=powers.schools("view_school")) | Q(school=None, bureau__in=bureaus))

    def open(self):
        return self.filter(closed_on=None)

    def overdue(self, day):
        """Open, and the last day has passed."""
        return self.open().filter(due_on__lt=day)

    def about(self, kind: str, subject: int):
        return self.filter(about=kind, subject=subject)


class Countdown(models.Model):
    """期限：一件事依某条在某日前应当办结；由夜间检查登记、提醒、上报和销号，不由人填写"""

    deadline = models.CharField("期限规则", max_length=40)
    article = models.CharField("依据", max_length=160)
    about = models.CharField("对象种类", max_length=12, choices=[(each.value, each.label) for each in Subject])
    # A plain number: what it names stands in an app above this one.
    subject = models.BigIntegerField("对象")
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="countdowns", verbose_name="学校"
    )
    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="countdowns", verbose_name="主管部门")
    desk_right = models.CharField("承办权限", max_length=20)
    starts_on = models.DateField("起算日")
    due_on = models.DateField("到期日")
    confirmed = models.BooleanField("到期日已确定（否则暂估）", default=True)
    # All of these are days of the law, counted from the facts: a check that comes late writes the same.
    opened_on = models.DateField("登记日期（发生与录入较晚者）")
    reminded_on = models.DateField("提醒日期", null=True, blank=True)
    escalated_on = models.DateField("报单位负责人日期", null=True, blank=True)
    reported_on = models.DateField("报教育局日期", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    found_at = models.DateTimeField("检查时间", db_default=Now())

    objects = CountdownQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "期限"
        ordering = ["due_on", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "subject", "starts_on"], condition=Q(closed_on=None), name="countdown_open_once"
            ),
            models.CheckConstraint(condition=Q(about__in=[each.value for each in Subject]), name="countdown_about"),
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="countdown_dates"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("starts_on")), name="countdown_closed"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "due_on", "id"], name="countdown_school", condition=Q(closed_on=None)),
            models.Index(fields=["bureau", "due_on", "id"], name="countdown_bureau", condition=Q(closed_on=None)),
            models.Index(fields=["about", "subject"], name="countdown_subject"),
        ]

    def __str__(self):
        return f"{self.title} {self.due_on}"

    @property
    def rule(self) -> Deadline | None:
        """The declaration; None for an old row whose deadline is declared no more."""
        return declared().get(self.deadline)

    @property
    def title(self) -> str:
        return self.rule.title if self.rule else self.deadline

    @property
    def in_time(self) -> bool | None:
        """Whether it was done by the last day; None while it is open."""
        return None if self.closed_on is None else self.closed_on <= self.due_on
