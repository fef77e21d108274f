"""第十一条第一款：学生毕业时留下的电子档案备份——一次写入，永不更改."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from jianping_xueji.audit.showing import ShowsAChild
from jianping_xueji.vault.fields import SealedJSON

from .child import Student


class FrozenRecord(ShowsAChild, models.Model):
    """毕业存档：毕业当日的学籍全文与摘要；号码仍为密文；只增不改"""

    student = models.ForeignKey(Student, models.PROTECT, related_name="frozen_records", verbose_name="学生")
    graduation = models.ForeignKey(
        "students.Graduation", models.PROTECT, related_name="frozen_records", verbose_name="毕业办理"
    )
    taken_on = models.DateField("存档日期")
    content = SealedJSON("学籍全文", encoder=DjangoJSONEncoder)
    digest = models.CharField("摘要（SHA-256）", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "毕业存档"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["student", "graduation"], name="frozen_once")]

    def __str__(self):
        return f"{self.student} {self.taken_on}"
