import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Q

from approvals.models import Case
from schools.models import School, SchoolClass

from .child import Student


class EnrolmentQuerySet(models.QuerySet):
    def living(self):
        """Not ended and not voided."""
        return self.filter(voided=False, during__upper_inf=True)


@pghistory.track(append_only=True, level=pghistory.Statement)
class Enrolment(models.Model):
    """学籍在校记录：起日含、止日不含；一人在任何一日至多一条"""

    student = models.ForeignKey(Student, models.PROTECT, related_name="enrolments", verbose_name="学生")
    school = models.ForeignKey(School, models.PROTECT, related_name="enrolments", verbose_name="学籍学校")
    attends = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="就读学校（仅随班就读可不同）"
    )
    during = DateRangeField("起止")
    came_by = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来由案件")
    left_by = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="离开案件")
    came_how = models.CharField("增加类别", max_length=10, blank=True)
    left_how = models.CharField("减少类别", max_length=10, blank=True)
    came_from = models.CharField("来自", max_length=100, blank=True)
    went_to = models.CharField("去往", max_length=100, blank=True)
    voided = models.BooleanField("作废", default=False)
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "在校记录"
        ordering = ["student", "during"]
        default_permissions = ["view"]
        constraints = [
            ExclusionConstraint(
                name="one_enrolment_at_any_instant",
                expressions=[("student", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(voided=False),
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False), name="enrolment_not_empty"
            ),
        ]
        indexes = [models.Index(fields=["school", "student"], name="enrolment_school")]

    def __str__(self):
        return f"{self.student} {self.school}"


@pghistory.track(append_only=True, level=pghistory.Statement)
class Placement(models.Model):
    """分班：一条在校记录在一个学年内在哪个班"""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="placements", verbose_name="在校记录")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="placements", verbose_name="班级")
    year = models.PositiveSmallIntegerField("学年（起始年）")
    starts = models.DateField("开始")
    ends = models.DateField("结束（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分班记录"
        ordering = ["enrolment", "starts"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment"], condition=Q(ends=None), name="one_class_at_a_time"),
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="placement_dates"),
        ]
        indexes = [models.Index(fields=["school_class"], name="placement_now", condition=Q(ends=None))]

    def __str__(self):
        return f"{self.enrolment} {self.school_class}"

    @property
    def grade(self) -> int:
        return self.school_class.grade_in(self.year)
