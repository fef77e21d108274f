"""档案工作簿：一校或一班一次上传的一种档案内容，原件与核对结果都加密留存."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from schools.models import School, SchoolClass
from students.importing.upload import SealedUpload


class ArchiveWorkbook(SealedUpload):
    """档案工作簿：上传后先核对，确认后由后台任务登记"""

    class State(models.TextChoices):
        WAITING = "waiting", "待确认"
        TAKEN = "taken", "已登记"
        DISCARDED = "discarded", "已放弃"

    FILE_PLACE, REPORT_PLACE = "archive.file", "archive.report"

    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    # The class of a class teacher's file; a registrar's file is of the whole school.
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="班级"
    )
    kind = models.CharField("种类", max_length=12)
    year = models.PositiveSmallIntegerField("学年（起始年）")
    term = models.PositiveSmallIntegerField("学期")
    reason = models.CharField("更正原因", max_length=200, blank=True)
    state = models.CharField("状态", max_length=9, choices=State, default=State.WAITING)

    class Meta:
        verbose_name = verbose_name_plural = "档案工作簿"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "taken", "discarded"]), name="archive_workbook_state"
            )
        ]
        indexes = [models.Index(fields=["school", "-id"], name="archive_workbook_of")]

    def get_absolute_url(self):
        return reverse("archives:workbook", args=[self.pk])
