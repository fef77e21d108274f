"""疑似同一人：全县学籍里可能是同一名学生的两份学籍，逐条说明理由；认定一次，情况不变不再问."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.policies import school_ids_where

from ..models.child import Student


class LikenessQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Pairs of which either child is at a school in sight."""
        ids = school_ids_where(user, "view_school")
        return self.filter(Q(child__school__among=ids) | Q(other__school__among=ids))


class Likeness(models.Model):
    """疑似同一人：一对学籍、相像的程度和逐条理由；它只提请核查，不像问题学籍那样限制办理"""

    class State(models.TextChoices):
        OPEN = "open", "待认定"
        SAME = "same", "是同一人"
        DIFFERENT = "different", "不是同一人"
        ENDED = "ended", "已不相像"

    child = models.ForeignKey(Student, models.PROTECT, related_name="likenesses", verbose_name="学生")
    other = models.ForeignKey(Student, models.PROTECT, related_name="likenesses_with", verbose_name="另一名学生")
    score = models.PositiveSmallIntegerField("相像程度")
    signs = models.JSONField("理由", default=list)
    # Of everything that was compared: while it is the same, a decision stands.
    digest = models.CharField("情况散列", max_length=64)
    state = models.CharField("状态", max_length=9, choices=State, default=State.OPEN)
    found_on = models.DateField("发现日期")
    closed_on = models.DateField("认定或消除日期", null=True)

    objects = LikenessQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "疑似同一人"
        ordering = ["-score", "-pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["child", "other"], name="likeness_once"),
            models.CheckConstraint(condition=Q(other__gt=F("child")), name="likeness_in_order"),
            models.CheckConstraint(
                condition=Q(state="open", closed_on=None)
                | Q(state__in=["same", "different", "ended"], closed_on__isnull=False),
                name="likeness_state",
            ),
        ]
        indexes = [models.Index(fields=["-score", "-id"], name="likeness_open", condition=Q(state="open"))]

    def __str__(self):
        return f"{self.child} {self.other}"

    def get_absolute_url(self):
        return reverse("students:duplicate", args=[self.pk])

    @property
    def children(self) -> list[Student]:
        return [self.child, self.other]


class LikenessRuling(models.Model):
    """同一人认定：何日何人凭什么认定是或不是同一人，当时的情况散列；只增不改"""

    likeness = models.ForeignKey(Likeness, models.PROTECT, related_name="rulings", verbose_name="疑似同一人")
    same = models.BooleanField("是同一人")
    ground = models.CharField("依据", max_length=200)
    digest = models.CharField("情况散列", max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="认定人")
    on = models.DateField("日期")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "同一人认定"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [models.CheckConstraint(condition=~Q(ground=""), name="likeness_ruling_ground")]

    def __str__(self):
        return f"{self.likeness} {'是' if self.same else '不是'}同一人"
