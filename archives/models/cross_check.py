"""第十条：电子档案与纸质档案逐人核对的结果."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from schools.models import School
from students.models import Student

PARTS = list(range(1, 8))


@pghistory.track(pghistory.UpdateEvent(), append_only=True, level=pghistory.Statement)
class CrossCheck(models.Model):
    """电子纸质核对：一名学生一学期一行，七部分各自电子有无、纸质有无"""

    child = models.ForeignKey(Student, models.PROTECT, related_name="cross_checks", verbose_name="学生")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    year = models.PositiveSmallIntegerField("学年（起始年）")
    term = models.PositiveSmallIntegerField("学期")
    paper = ArrayField(models.PositiveSmallIntegerField(), verbose_name="纸质有", default=list, blank=True)
    electronic = ArrayField(models.PositiveSmallIntegerField(), verbose_name="核对时电子有", default=list, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="核对人")
    checked_on = models.DateField("核对日期")

    class Meta:
        verbose_name = verbose_name_plural = "电子纸质核对"
        ordering = ["-year", "-term", "child"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["child", "school", "year", "term"], name="cross_check_once"),
            models.CheckConstraint(condition=Q(term__in=[1, 2]), name="cross_check_term"),
            models.CheckConstraint(
                condition=Q(paper__contained_by=PARTS, electronic__contained_by=PARTS), name="cross_check_parts"
            ),
        ]
        indexes = [models.Index(fields=["school", "year", "term"], name="cross_check_of_term")]

    def __str__(self):
        return f"{self.child} {self.year} {self.term}"
