"""What a decided case did to classes and to the number of seats, row by row: the means by which it is undone."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from approvals.models import Case


class LedgerEntry(models.Model):
    """班级与学位变动明细：一件案件使哪个班级、哪一行学位由什么变成什么；只增不改"""

    class Table(models.TextChoices):
        SEATS = "seats", "学位"
        CLASS = "class", "班级"

    case = models.ForeignKey(Case, models.PROTECT, related_name="ledger_entries", verbose_name="案件")
    table = models.CharField("表", max_length=5, choices=Table)
    row = models.BigIntegerField("行号")
    before = models.JSONField("改前（新建为空）", null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("改后", encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = verbose_name_plural = "班级与学位变动明细"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [models.CheckConstraint(condition=Q(table__in=["seats", "class"]), name="ledger_entry_table")]

    def __str__(self):
        return f"{self.case} {self.table} {self.row}"
