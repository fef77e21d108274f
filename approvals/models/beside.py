"""What a case holds and leads to outside itself: seats while it is open, and the acts to repeat in CEIMS."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from schools.models import School, Seats

from .case import Case, Step


class SeatHold(models.Model):
    """学位预留：属于案件，随案件存亡"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="seat_holds", verbose_name="案件")
    seats = models.ForeignKey(Seats, models.PROTECT, related_name="holds", verbose_name="学位")
    count = models.PositiveIntegerField("数量", default=1)
    held_on = models.DateField("预留日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    used = models.BooleanField("已使用", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "学位预留"
        constraints = [
            models.UniqueConstraint(fields=["case", "seats"], condition=Q(ended_on=None), name="seat_hold_once")
        ]

    def __str__(self):
        return f"{self.case} {self.seats}"


class CeimsFiling(models.Model):
    """系统办理：已决定的每一步须在全国学籍系统内办理并登记办理日与结果"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="filings", verbose_name="案件")
    step = models.OneToOneField(Step, models.PROTECT, related_name="filing", verbose_name="对应签署")
    act = models.CharField("系统内操作", max_length=60)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="办理单位")
    right = models.CharField("办理权限", max_length=20)
    decided_on = models.DateField("本县决定日期")
    filed_on = models.DateField("系统办理日", null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    confirmed_on = models.DateField("系统核办日", null=True, blank=True)
    result = models.CharField("系统结果", max_length=200, blank=True)
    needless = models.BooleanField("案件已撤回，无须办理", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "系统办理"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(confirmed_on=None) | Q(filed_on__isnull=False), name="filing_order"),
            models.CheckConstraint(
                condition=Q(filed_on=None) | Q(filed_on__gte=F("decided_on")), name="filing_after_decision"
            ),
        ]
        indexes = [models.Index(fields=["school", "filed_on"], name="filing_pending", condition=Q(confirmed_on=None))]

    def __str__(self):
        return f"{self.case} {self.act}"
