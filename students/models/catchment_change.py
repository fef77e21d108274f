"""Who put a village into a school's catchment or took it out, when, by which document; only added."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from schools.models import Division, School, Stage


class CatchmentChange(models.Model):
    """学区调整记录：一个村（社区）何时由何人划入或划出一所学校；只增不改"""

    class Act(models.TextChoices):
        ADDED = "added", "划入"
        REMOVED = "removed", "划出"

    class Way(models.TextChoices):
        IMPORT = "import", "表格导入"
        EDIT = "edit", "逐个调整"
        COPY = "copy", "沿用上一学年"

    community = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="村（社区）")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    year = models.PositiveSmallIntegerField("学年（起始年）")
    stage = models.CharField("学段", max_length=8, choices=Stage)
    act = models.CharField("调整", max_length=8, choices=Act)
    way = models.CharField("方式", max_length=8, choices=Way)
    document = models.CharField("依据文件", max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    made_on = models.DateField("办理日期")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "学区调整记录"
        ordering = ["-pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["community", "-id"], name="catchment_change_of")]
        constraints = [
            models.CheckConstraint(condition=Q(act__in=["added", "removed"]), name="catchment_change_act"),
            models.CheckConstraint(condition=Q(way__in=["import", "edit", "copy"]), name="catchment_change_way"),
            models.CheckConstraint(condition=Q(stage__in=["primary", "junior"]), name="catchment_change_stage"),
        ]

    def __str__(self):
        return f"{self.year} {self.community} {self.get_act_display()} {self.school}"
