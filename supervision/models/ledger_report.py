from django.conf import settings
from django.db import models
from django.db.models import Q

from schools.models import Bureau, School


class LedgerReport(models.Model):
    """控辍保学报告：学校一月一报告、县一季度一复核（第三十条）；零报告也要报，只增不改"""

    class Kind(models.TextChoices):
        MONTH = "month", "学校月报"
        QUARTER = "quarter", "县季度复核"

    kind = models.CharField("种类", max_length=8, choices=Kind)
    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="+", verbose_name="主管部门")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学校")
    period_end = models.DateField("期末（月末或季末）")
    figures = models.JSONField("报告时的台账数字", default=dict)
    note = models.CharField("情况说明", max_length=300, blank=True)
    made_on = models.DateField("报告日期")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报告人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "控辍保学报告"
        ordering = ["-period_end", "school"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "bureau", "school", "period_end"], nulls_distinct=False, name="ledger_report_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="month", school__isnull=False) | Q(kind="quarter", school=None),
                name="ledger_report_whose",
            ),
            models.CheckConstraint(condition=Q(made_on__gte=models.F("period_end")), name="ledger_report_after_period"),
        ]

    def __str__(self):
        return f"{self.school or self.bureau} {self.period_end:%Y-%m} {self.get_kind_display()}"
