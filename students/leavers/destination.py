"""毕业去向的分配（第四条）: which junior school the bureau has assigned to a leaver; one living row, history kept."""

from django.db import models
from django.db.models import Q

from approvals.models import Case
from schools.models import School

from ..models.child import Student


class Why(models.TextChoices):
    CATCHMENT = "catchment", "学区"
    OWN = "own", "本校直升"
    TOWNSHIP = "township", "本乡镇初中"
    DECIDED = "decided", "教育局指定"


class LeaverDestination(models.Model):
    """毕业生去向：一名小学毕业生在一个学年分配到哪所初中；现行一条，旧条留存"""

    child = models.ForeignKey(Student, models.PROTECT, related_name="destinations", verbose_name="学生")
    year = models.PositiveSmallIntegerField("学年（起始年）")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="初中")
    why = models.CharField("依据", max_length=10, choices=Why)
    decided_by = models.ForeignKey(Case, models.PROTECT, related_name="destinations", verbose_name="分配案件")
    ended_by = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="改由（撤销为本件）"
    )

    class Meta:
        verbose_name = verbose_name_plural = "毕业生去向"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["child", "year"], condition=Q(ended_by=None), name="one_destination"),
            models.CheckConstraint(
                condition=Q(why__in=["catchment", "own", "township", "decided"]), name="destination_why"
            ),
        ]
        indexes = [models.Index(fields=["school", "year"], name="destination_of_school", condition=Q(ended_by=None))]

    def __str__(self):
        return f"{self.child} → {self.school}"
