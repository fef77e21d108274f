"""放假通知: pasted by one person, confirmed or returned by another; which days that changed. It only grows."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from law.models import CalendarDay


class HolidayNotice(models.Model):
    """放假通知：国务院办公厅放假安排的正文，由一人登记，另一人核对后启用；只增不改"""

    year = models.PositiveSmallIntegerField("年份")
    document = models.CharField("文号", max_length=80)
    text = models.TextField("通知正文")
    reason = models.CharField("登记理由", max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    proposed_on = models.DateField("登记日期")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "放假通知"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [models.CheckConstraint(condition=Q(year__range=(2020, 2100)), name="holiday_notice_year")]

    def __str__(self):
        return f"{self.year}年放假安排（{self.document}）"

    def get_absolute_url(self):
        return reverse("supervision:holiday", args=[self.pk])


class HolidayDecision(models.Model):
    """放假通知核对：启用或者退回，由登记人以外的人作出；只增不改"""

    notice = models.OneToOneField(HolidayNotice, models.PROTECT, related_name="decision", verbose_name="放假通知")
    confirmed = models.BooleanField("启用")
    opinion = models.CharField("意见", max_length=200, blank=True)
    # Beside the one who decides, so that the table itself keeps the two apart (G6).
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="核对人")
    decided_on = models.DateField("核对日期")
    moved_cases = models.PositiveIntegerField("改期的在办案件", default=0)
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "放假通知核对"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="holiday_two_hands"),
            models.CheckConstraint(condition=Q(confirmed=True) | ~Q(opinion=""), name="holiday_returned_with_reason"),
        ]

    def __str__(self):
        return f"{self.notice}{'已启用' if self.confirmed else '已退回'}"


class CalendarChange(models.Model):
    """工作日历变更：一次启用使哪一天由什么变成什么；只增不改"""

    decision = models.ForeignKey(HolidayDecision, models.PROTECT, related_name="changes", verbose_name="核对")
    date = models.DateField("日期")
    was_workday = models.BooleanField("原为工作日")
    was_confirmed = models.BooleanField("原已公布")
    is_workday = models.BooleanField("现为工作日")
    name = models.CharField("说明", max_length=CalendarDay._meta.get_field("name").max_length, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历变更"
        ordering = ["date", "pk"]
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["decision", "date"], name="calendar_change_once")]

    def __str__(self):
        return f"{self.date} {self.name}"
