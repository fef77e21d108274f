from django.conf import settings
from django.db import models
from django.db.models import Q

from .child import Student


class HomeLesson(models.Model):
    """送教记录（第七条）：何日由谁到家送教、教了什么；只增不改"""

    child = models.ForeignKey(Student, models.PROTECT, related_name="home_lessons", verbose_name="学生")
    on = models.DateField("送教日期")
    who = models.CharField("送教人员", max_length=60)
    what = models.CharField("送教内容", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "送教记录"
        ordering = ["-on", "-pk"]
        default_permissions = ["view"]
        constraints = [models.CheckConstraint(condition=~Q(who="") & ~Q(what=""), name="home_lesson_whole")]

    def __str__(self):
        return f"{self.child} {self.on}"
