"""Findings of 问题学籍: once per child or pair, open, ended with their cause, or proved right for ever."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policies import school_ids_where
from approvals.models import Case

from .child import Student, StudentNumber


class ProblemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Findings about a child of a school the user may see; either child of a pair will do."""
        ids = school_ids_where(user, "view_school")
        return self.filter(Q(child__school__among=ids) | Q(other__school__among=ids))

    def about(self, child: Student):
        """Findings in which this child is one of the two."""
        return self.filter(Q(child=child) | Q(other=child))

    def open(self):
        return self.filter(state=Problem.State.OPEN)


class Problem(models.Model):
    """第八条：问题学籍的一项发现，同一学生（或同一对学生）同一号码同一种类只记一次；经佐证的永不再报"""

    class What(models.TextChoices):
        SAME_NUMBER = "same_number", "证件号重复"
        NAMESAKE = "namesake", "疑似重复建籍"
        WRONG_NUMBER = "wrong_number", "证件号错误"
        MISMATCH = "mismatch", "证件号与性别、生日不符"
        ELSEWHERE = "elsewhere", "外省已注册"

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        ENDED = "ended", "已消除"
        PROVED = "proved", "已佐证"

    what = models.CharField("种类", max_length=12, choices=What)
    child = models.ForeignKey(Student, models.PROTECT, related_name="problems", verbose_name="学生")
    other = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="problems_with", verbose_name="另一名学生"
    )
    number = models.ForeignKey(
        StudentNumber, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="有问题的号码"
    )
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    facts = models.CharField("情况", max_length=300)
    found_on = models.DateField("发现日期")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    closed_on = models.DateField("消除日期", null=True, blank=True)
    resolved_by = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理业务"
    )

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "问题学籍"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["what", "child", "other", "number"], nulls_distinct=False, name="problem_found_once"
            ),
            models.CheckConstraint(condition=Q(other=None) | Q(other__gt=F("child")), name="problem_pair_in_order"),
            models.CheckConstraint(
                condition=Q(what__in=["same_number", "namesake", "wrong_number", "mismatch", "elsewhere"]),
                name="problem_what",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_on=None)
                | Q(state="ended", closed_on__isnull=False)
                | Q(state="proved", closed_on__isnull=False, resolved_by__isnull=False),
                name="problem_state",
            ),
        ]
        indexes = [
            models.Index(fields=["what", "-id"], name="problem_open", condition=Q(state="open")),
        ]

    def __str__(self):
        return f"{self.get_what_display()}：{self.facts}"

    @property
    def children(self) -> list[Student]:
        """The one child or the two."""
        return [self.child, *([self.other] if self.other_id else [])]

    def partner_of(self, child: Student) -> Student | None:
        """The other child of a pair, seen from one of them."""
        return next((each for each in self.children if each.pk != child.pk), None)
