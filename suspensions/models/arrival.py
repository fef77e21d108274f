"""开学到校登记：每学期开学逐班登记谁到了、谁没到、为什么；更正时旧条留存."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from schools.models import SchoolClass
from students.models import Student


class Coming(models.TextChoices):
    CAME = "came", "到校"
    SICK = "sick", "病假"
    LEAVE = "leave", "事假"
    ABSENT = "absent", "未到"


class Arrival(models.Model):
    """开学到校登记：一名学生一个学期一条现行记录，未到的写明原因"""

    child = models.ForeignKey(Student, models.PROTECT, related_name="arrivals", verbose_name="学生")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+", verbose_name="班级")
    year = models.PositiveSmallIntegerField("学年（起始年）")
    term = models.PositiveSmallIntegerField("学期")
    mark = models.CharField("到校情况", max_length=6, choices=Coming)
    reason = models.CharField("未到原因", max_length=100, blank=True)
    day = models.DateField("登记日期（法定）")
    replaced = models.BooleanField("已更正", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "开学到校登记"
        ordering = ["child", "-pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["child", "year", "term"], condition=Q(replaced=False), name="arrival_once_a_term"
            ),
            models.CheckConstraint(condition=Q(mark__in=["came", "sick", "leave", "absent"]), name="arrival_mark"),
            models.CheckConstraint(condition=Q(mark="came") | ~Q(reason=""), name="arrival_has_reason"),
            models.CheckConstraint(condition=Q(term__in=[1, 2]), name="arrival_term"),
        ]
        indexes = [models.Index(fields=["school_class", "year", "term"], name="arrival_sheet")]

    def __str__(self):
        return f"{self.child} {self.get_mark_display()}"
