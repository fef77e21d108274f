from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.db.models import F, Q

from schools.models import Bureau, School, SchoolClass

from .roles import BUREAU_ROLES, RIGHTS, TRAINED_ROLES, Role


class User(AbstractUser):
    """用户：一人一号"""

    first_name = None
    last_name = None
    name = models.CharField("姓名", max_length=36)
    # The one session that is this person's; an older one ends when a newer begins.
    session_key = models.CharField("现用会话", max_length=40, blank=True, editable=False)
    unsealed_at = models.DateTimeField("启封时间", null=True, blank=True)

    REQUIRED_FIELDS = ["name"]

    class Meta(AbstractUser.Meta):
        verbose_name = verbose_name_plural = "用户"

    def __str__(self):
        return self.name

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name


class AppointmentQuerySet(models.QuerySet):
    def live(self, day):
        """In force on `day`: dates, and training where the role demands it (第三十四条)."""
        return self.filter(
            Q(ends=None) | Q(ends__gt=day),
            ~Q(role__in=TRAINED_ROLES) | Q(trained_on__lte=day),
            starts__lte=day,
        )


class Appointment(models.Model):
    """任职：谁在哪个单位担任什么，自何日至何日"""

    user = models.ForeignKey(User, models.PROTECT, verbose_name="用户", related_name="appointments")
    role = models.CharField("职责", max_length=20, choices=Role)
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, verbose_name="学校")
    bureau = models.ForeignKey(Bureau, models.PROTECT, null=True, blank=True, verbose_name="主管部门")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, blank=True, verbose_name="班级")
    group = models.ForeignKey(Group, models.PROTECT, editable=False, verbose_name="权限组")
    trained_on = models.DateField("培训合格日期", null=True, blank=True)
    starts = models.DateField("任职日期")
    ends = models.DateField("免职日期（当日起失效）", null=True, blank=True)
    basis = models.CharField("任职依据", max_length=120, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["user", "-starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    school__isnull=False, bureau__isnull=True, role__in=[r for r in RIGHTS if r not in BUREAU_ROLES]
                )
                | Q(school__isnull=True, bureau__isnull=False, role__in=list(BUREAU_ROLES)),
                name="appointment_at_school_or_bureau",
            ),
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="appointment_dates"),
            models.CheckConstraint(
                condition=~Q(role=Role.CLASS_TEACHER) | Q(school_class__isnull=False), name="class_teacher_has_class"
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.place}{self.get_role_display()}"

    @property
    def place(self):
        return self.school or self.bureau


class DeputyQuerySet(models.QuerySet):
    def live(self, day):
        """In force on `day`: inside the span, and trained himself where the office demands it (第三十四条)."""
        return self.filter(
            ~Q(appointment__role__in=TRAINED_ROLES) | Q(trained_on__lte=day), starts__lte=day, ends__gte=day
        )


class Deputy(models.Model):
    """代理（AB角）：任职人不在时由谁代行，限定日期；代行学籍管理员的，本人须已培训"""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="deputies", verbose_name="被代理任职")
    user = models.ForeignKey(User, models.PROTECT, related_name="deputised", verbose_name="代理人")
    starts = models.DateField("开始")
    ends = models.DateField("结束（含）")
    reason = models.CharField("事由", max_length=100)
    trained_on = models.DateField("代理人培训合格日期", null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "代理"
        constraints = [models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="deputy_dates")]

    def __str__(self):
        return f"{self.user} 代 {self.appointment}"


from .identity.models import Attempt, RecoveryCode, SecondFactor  # noqa: E402, F401 — tables of this app
