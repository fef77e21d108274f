import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Q

from law.school_time import school_year_name
from schools.models import Bureau


def digest_of(content: dict) -> str:
    """SHA-256 of a content in the one spelling that is signed, in hex."""
    spelled = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


class ScoreSheet(models.Model):
    """年度考核结果：主管领导签定的各校得分，签定以后记录再怎样变，这一份不变（第三十三条）"""

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="+", verbose_name="主管部门")
    year = models.PositiveSmallIntegerField("学年（起始年）")
    content = models.JSONField("签定时的得分")
    sha256 = models.CharField("内容摘要", max_length=64)
    signed_on = models.DateField("签定日期")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签定人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "年度考核结果"
        ordering = ["-year"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["bureau", "year"], name="score_sheet_once"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="score_sheet_digest"),
        ]

    def __str__(self):
        return f"{self.bureau}{school_year_name(self.year)}学籍管理考核结果"

    @property
    def whole(self) -> bool:
        """Whether the content is the one that was signed."""
        return digest_of(self.content) == self.sha256
