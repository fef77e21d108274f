"""What a decided case did to the record, row by row: the means by which a further act restores it exactly."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from approvals.models import Case
from jianping_xueji.vault.fields import SealedJSON

from .child import Student

# States of a case whose decision has been taken back: what it wrote binds nobody any more.
TAKEN_BACK = ("undone", "reverted")


class RecordEntry(models.Model):
    """变动明细：一件案件使学籍记录的哪一行由什么变成什么；只增不改"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="entries_of_record", verbose_name="案件")
    child = models.ForeignKey(Student, models.PROTECT, related_name="record_entries", verbose_name="学生")
    table = models.CharField("表", max_length=20)
    row = models.BigIntegerField("行号")
    before = SealedJSON("改前（新建为空）", null=True, encoder=DjangoJSONEncoder)
    after = SealedJSON("改后", encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = verbose_name_plural = "变动明细"
        ordering = ["pk"]
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.case} {self.table} {self.row}"
