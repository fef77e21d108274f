from django.db import models


class RetiredKey(models.Model):
    """停用的主密钥：登记以后，数据库不再收由它封装的密钥"""

    identity = models.CharField("编号", max_length=255, primary_key=True)
    retired_at = models.DateTimeField("停用时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "停用的主密钥"
        default_permissions = ()

    def __str__(self):
        return self.identity
