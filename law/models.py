from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class Level(models.TextChoices):
    NATION = "国家", "国家"
    PROVINCE = "省", "省"
    CITY = "市", "市"
    COUNTY = "县", "县"


class Parameter(models.Model):
    """参数：法定数字在一段日期内的取值，县里可改，过去的案件仍按当日取值"""

    code = models.CharField("参数", max_length=60)
    value = models.JSONField("取值")
    starts = models.DateField("起用日")
    ends = models.DateField("停用日（不含）", null=True, blank=True)
    level = models.CharField("依据层级", max_length=4, choices=Level)
    document = models.CharField("依据文件", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "参数"
        ordering = ["code", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")) | Q(ends=None), name="parameter_dates"),
            ExclusionConstraint(
                name="parameter_one_value_a_day",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (
                        Func("starts", "ends", function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.code}（{self.starts}起）"


class CalendarDay(models.Model):
    """工作日历：国务院放假安排逐日登记，含调休"""

    date = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("是工作日")
    name = models.CharField("说明", max_length=40, blank=True)
    confirmed = models.BooleanField("已公布", default=True)
    source = models.CharField("来源", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ["date"]

    def __str__(self):
        return f"{self.date} {'工作日' if self.is_workday else '休息日'}"


class Term(models.Model):
    """学期：开学日与放假日由教育局公布"""

    year = models.PositiveSmallIntegerField("学年（起始年）")
    number = models.PositiveSmallIntegerField("学期", choices=[(1, "第一学期"), (2, "第二学期")])
    starts = models.DateField("开学日")
    ends = models.DateField("结束日")

    class Meta:
        verbose_name = verbose_name_plural = "学期"
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="term_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="term_dates"),
        ]

    def __str__(self):
        return f"{self.year}—{self.year + 1}学年{self.get_number_display()}"


class Window(models.Model):
    """时段：中考冻结期等由教育局逐年确定起止的时段"""

    class Kind(models.TextChoices):
        EXAM_FREEZE = "exam_freeze", "中考报名至录取结束（冻结期）"

    kind = models.CharField("种类", max_length=30, choices=Kind)
    starts = models.DateField("开始")
    ends = models.DateField("结束（含）")
    document = models.CharField("依据文件", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "时段"
        ordering = ["kind", "starts"]
        constraints = [models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="window_dates")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.starts}—{self.ends}"
