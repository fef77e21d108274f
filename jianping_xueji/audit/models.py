"""Rows nobody writes through the ORM: events by middleware and triggers, seals by the database's own function."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models


class Event(models.Model):
    """审计事件：何人何时对何物做了何事，结果如何，涉及哪些学生"""

    class Kind(models.TextChoices):
        READ = "read", "查看"
        SEARCH = "search", "查找"
        EXPORT = "export", "取走文件"
        PRINT = "print", "打印"
        CHANGE = "change", "改动"
        ACT = "act", "办理"
        REFUSED = "refused", "被拒绝"
        ENTER = "enter", "登录"
        NO_ENTRY = "no_entry", "登录失败"
        LEAVE = "leave", "退出"
        OPENED = "opened", "查看完整号码"
        ALARM = "alarm", "大量取数警示"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    # Neither is a foreign key: an event outlives every other row and is read without them.
    actor = models.BigIntegerField("用户号", null=True)
    account = models.CharField("用户名", max_length=150)
    at = models.DateTimeField("时间")
    address = models.CharField("网络地址", max_length=64)
    request = models.UUIDField("请求", null=True)
    view = models.CharField("页面", max_length=80)
    about = models.JSONField("对象", default=dict)
    words = ArrayField(models.CharField(max_length=24), verbose_name="查找内容的指纹", default=list)
    result = models.SmallIntegerField("结果", null=True)
    reason = models.CharField("原因", max_length=300)
    children = ArrayField(models.BigIntegerField(), verbose_name="涉及学生", null=True)
    number = models.IntegerField("涉及人数或行数")
    touched = models.JSONField("改动的表", null=True)
    db_role = models.CharField("数据库角色", max_length=64)
    program = models.CharField("程序", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "审计事件"
        default_permissions = ()
        indexes = [
            GinIndex(fields=["children"], name="audit_of_child"),
            # Rows come in the order of time, so a few pages tell where a day begins.
            BrinIndex(fields=["at"], name="audit_by_time"),
            models.Index(fields=["actor", "-id"], name="audit_of_account"),
            models.Index(
                fields=["kind", "-id"],
                name="audit_rare_kinds",
                condition=models.Q(kind__in=["refused", "no_entry", "export", "print"]),
            ),
        ]

    def __str__(self):
        return f"{self.pk} {self.kind}"


class Seal(models.Model):
    """封存：一批事件连同上一封的哈希"""

    height = models.BigIntegerField("序号", primary_key=True)
    previous = models.CharField("上一封", max_length=64)
    at = models.DateTimeField("封存时间")
    # int8multirange as text: which events, so that one that commits late is neither skipped nor sealed twice.
    members = models.TextField("事件号")
    number = models.IntegerField("事件数")
    hash = models.CharField("哈希", max_length=64)
    # Eight bytes of each event's digest in the order of their numbers: they tell which event was altered.
    marks = models.BinaryField("逐条记号")
    top = models.BigIntegerField("已到事件号")
    floor = models.BigIntegerField("此号以下已齐")
    horizon = models.BigIntegerField("当时的事务号")

    class Meta:
        verbose_name = verbose_name_plural = "封存"
        default_permissions = ()
        # The last ones cover what is not settled yet.
        indexes = [models.Index(fields=["top"], name="audit_seal_top")]

    def __str__(self):
        return f"第{self.height}封"


class Anchor(models.Model):
    """审计锚：某日末的链头，打印盖章存档，另存他处"""

    on = models.DateField("日期", unique=True)
    made_at = models.DateTimeField("制作时间", auto_now_add=True)
    height = models.BigIntegerField("封存序号")
    events = models.BigIntegerField("事件总数")
    hash = models.CharField("链头", max_length=64)
    sm3 = models.CharField("链头的国密摘要", max_length=64, blank=True)
    file = models.CharField("锚文件", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "审计锚"
        default_permissions = ()
        ordering = ["-on"]

    def __str__(self):
        return f"{self.on} 第{self.height}封"
