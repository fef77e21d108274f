from django.conf import settings
from django.db import models


class SecondFactor(models.Model):
    """动态口令：本人手机上的验证器，密钥加密保存"""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="second_factor", verbose_name="用户"
    )
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    secret = models.BinaryField("口令密钥（密文）", editable=False)
    # The time step of the last code taken: it and all before it are used up (RFC 6238, 5.2).
    last_step = models.BigIntegerField("已用到的时段", default=-1)
    confirmed_at = models.DateTimeField("启用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "动态口令"
        default_permissions = ()

    def __str__(self):
        return f"{self.user}的动态口令"


class RecoveryCode(models.Model):
    """备用码：手机不在身边时用一次"""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="用户")
    digest = models.CharField("摘要", max_length=64)
    used_at = models.DateTimeField("用掉的时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "备用码"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self):
        return "备用码"


class Attempt(models.Model):
    """登录尝试：按账号与网络地址一对计数，从不只按地址"""

    account = models.CharField("账号的指纹", max_length=24)
    address = models.CharField("网络地址", max_length=64)
    failures = models.PositiveIntegerField("连续失败", default=0)
    last_at = models.DateTimeField("最近一次")
    succeeded_at = models.DateTimeField("最近成功", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录尝试"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["account", "address"], name="attempt_pair")]

    def __str__(self):
        return f"{self.failures}次"
