"""第三十二条：毕业证书与修业证明——编号、验印、发放，逐人签收."""

from django.db import models
from django.db.models import F, Q

from accounts.policies import school_ids_where

from .child import Student


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Papers made out by the schools in sight."""
        return self.filter(school__among=school_ids_where(user, "view_school"))

    def standing(self):
        """Not taken back with the graduation that gave them."""
        return self.filter(voided=False)


class Certificate(models.Model):
    """证书：毕业证书由市教育局编号验印，修业证明由本系统编号"""

    class Kind(models.TextChoices):
        GRADUATION = "graduation", "毕业证书"
        COMPLETION = "completion", "修业证明"

    student = models.ForeignKey(Student, models.PROTECT, related_name="certificates", verbose_name="学生")
    graduation = models.ForeignKey(
        "students.Graduation", models.PROTECT, related_name="certificates", verbose_name="毕业办理"
    )
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+", verbose_name="发证学校")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    number = models.CharField("证书编号", max_length=30, blank=True)
    year = models.PositiveSmallIntegerField("学年（起始年）")
    sealed_on = models.DateField("验印日期", null=True, blank=True)
    issued_on = models.DateField("发证日期", null=True, blank=True)
    collected_by = models.CharField("签收人", max_length=60, blank=True)
    collected_on = models.DateField("签收日期", null=True, blank=True)
    voided = models.BooleanField("已随毕业撤销作废", default=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证书"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["graduation", "completion"]), name="certificate_kind"),
            models.UniqueConstraint(
                fields=["number"], condition=Q(voided=False) & ~Q(number=""), name="certificate_number_once"
            ),
            models.UniqueConstraint(
                fields=["student", "kind"], condition=Q(voided=False), name="certificate_of_a_kind_once"
            ),
            models.CheckConstraint(
                condition=Q(collected_on=None, collected_by="") | Q(collected_on__isnull=False) & ~Q(collected_by=""),
                name="certificate_collection_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(collected_on=None) | ~Q(number="") & Q(collected_on__gte=F("issued_on")),
                name="certificate_collected_once_issued",
            ),
        ]
        indexes = [models.Index(fields=["school", "year", "kind"], name="certificate_batch")]

    def __str__(self):
        return f"{self.get_kind_display()}{self.number}"
