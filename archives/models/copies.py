"""第十一条第一款：学生离开时，转出学校保留的电子档案备份——由数据库在离校的同一笔事务中写下，永不更改."""

from collections.abc import Iterable

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.policies import school_ids_where
from approvals.models import Case
from jianping_xueji.audit.showing import ShowsAChild
from jianping_xueji.vault.fields import SealedJSON
from schools.models import FormerName, School
from students.models import Enrolment, Student


def kept_by(school: str, ids: Iterable[int]) -> Q:
    """Where `school` names one of these schools, or a former one whose archives they have taken over, at any remove."""
    kept, rows = set(ids), list(FormerName.objects.filter(revoked=False).values_list("school", "successor"))
    while more := {former for former, successor in rows if successor in kept} - kept:
        kept |= more
    return Q(**{f"{school}__among": kept})


class SchoolCopyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Copies kept by the schools the user may see, and by former schools that these have taken over."""
        return self.filter(kept_by("school", school_ids_where(user, "view_school")))


class SchoolCopy(ShowsAChild, models.Model):
    """离校存档：学生离校那一刻的学籍全文与摘要，留在所离开的学校；号码仍为密文；只增不改"""

    student = models.ForeignKey(Student, models.PROTECT, related_name="school_copies", verbose_name="学生")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="copies", verbose_name="所离开的在校记录")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="保留备份的学校")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", verbose_name="离开案件")
    name = models.CharField("姓名", max_length=60)
    name_pinyin = models.CharField("姓名拼音", max_length=120, blank=True)
    left_how = models.CharField("减少类别", max_length=10, blank=True)
    went_to = models.CharField("去往", max_length=100, blank=True)
    taken_on = models.DateField("离校日期")
    taken_at = models.DateTimeField("存档时间")
    content = SealedJSON("学籍全文", encoder=DjangoJSONEncoder)
    digest = models.CharField("摘要（SHA-256）", max_length=64)

    objects = SchoolCopyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "离校存档"
        ordering = ["-pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["school", "-id"], name="school_copy_of")]

    def __str__(self):
        return f"{self.name} {self.taken_on}"
