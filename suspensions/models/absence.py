"""点名与劝返（第三十条）：逐日考勤和每次家访，只增不改，是认定辍学的事实."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from law import clock
from schools.models import SchoolClass
from students.models import Student


class Mark(models.TextChoices):
    TRUANT = "truant", "旷课"
    SICK = "sick", "病假"
    LEAVE = "leave", "事假"
    PRESENT = "present", "到校"


class AbsenceEntry(models.Model):
    """考勤记录：一名学生一个上课日一条现行记录，更正时旧条留存"""

    child = models.ForeignKey(Student, models.PROTECT, related_name="absence_entries", verbose_name="学生")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+", verbose_name="班级")
    day = models.DateField("日期")
    mark = models.CharField("考勤", max_length=7, choices=Mark)
    replaced = models.BooleanField("已更正", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "考勤记录"
        ordering = ["child", "-day", "-pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["child", "day"], condition=Q(replaced=False), name="absence_once_a_day"),
            models.CheckConstraint(condition=Q(mark__in=["truant", "sick", "leave", "present"]), name="absence_mark"),
        ]
        indexes = [models.Index(fields=["school_class", "day"], name="absence_sheet")]

    def __str__(self):
        return f"{self.child} {self.day} {self.get_mark_display()}"


class Visit(models.Model):
    """劝返记录：何日由谁以何种方式见到谁、结果如何；只增不改"""

    class Form(models.TextChoices):
        HOME = "home", "家访"
        PHONE = "phone", "电话"
        MESSAGE = "message", "书信或信息"
        JOINT = "joint", "会同乡镇、村上门"

    child = models.ForeignKey(Student, models.PROTECT, related_name="visits", verbose_name="学生")
    on = models.DateField("劝返日期", default=clock.today)
    form = models.CharField("方式", max_length=7, choices=Form, default=Form.HOME)
    who = models.CharField("劝返人员", max_length=60)
    whom = models.CharField("见到何人", max_length=60)
    result = models.CharField("结果", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "劝返记录"
        ordering = ["on", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(form__in=["home", "phone", "message", "joint"]), name="visit_form"),
            models.CheckConstraint(condition=~Q(who="") & ~Q(whom="") & ~Q(result=""), name="visit_is_whole"),
        ]

    def __str__(self):
        return f"{self.child} {self.on} {self.get_form_display()}"
