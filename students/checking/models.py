"""批量核查：一次核查的清单与结果，加密留存，只有核查人自己能看；谁查了谁另记查看留痕."""

import json
import zlib

from django.conf import settings
from django.db import models
from django.urls import reverse

from jianping_xueji import vault

RESULT_AAD = "checking.result"
PURPOSE_LENGTH = 100


class CheckRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A check belongs to the one who made it."""
        return self.filter(by=user) if user.is_authenticated else self.none()


class CheckRun(models.Model):
    """批量核查：何人因何事核查了多少人，各是什么情况；结果已打码并加密"""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="核查人")
    on = models.DateField("日期")
    made_at = models.DateTimeField("时间", auto_now_add=True)
    purpose = models.CharField("用途", max_length=PURPOSE_LENGTH)
    counts = models.JSONField("计数", default=dict)
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    sealed = models.BinaryField("结果密文", editable=False)

    objects = CheckRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批量核查"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [models.CheckConstraint(condition=~models.Q(purpose=""), name="check_has_purpose")]

    def __str__(self):
        return f"{self.on} {self.purpose}"

    def get_absolute_url(self):
        return reverse("students:check", args=[self.pk])

    def hold(self, lines: list[dict]) -> None:
        """Seal the masked lines of the result under a key of their own."""
        self.wrapped_key = vault.new_child_key()
        packed = zlib.compress(json.dumps(lines, ensure_ascii=False).encode())
        self.sealed = vault.seal_bytes(self.wrapped_key, packed, RESULT_AAD)

    @property
    def lines(self) -> list[dict]:
        return json.loads(zlib.decompress(vault.open_bytes(bytes(self.wrapped_key), bytes(self.sealed), RESULT_AAD)))
