import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policies import powers_of
from jianping_xueji.vault.fields import SealedJSON
from law.school_time import school_year_name
from schools.models import Bureau, School, SchoolClass

from .child import Student
from .enrolment import Placement


class Campaign(models.Model):
    """动态信息维护（第十三条）：教育局每学期布置一次，各班核对五项易变信息"""

    TERMS = [(1, "第一学期"), (2, "第二学期")]

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="+", verbose_name="主管部门")
    year = models.PositiveSmallIntegerField("学年（起始年）")
    term = models.PositiveSmallIntegerField("学期", choices=TERMS)
    opened_on = models.DateField("布置日期")
    due_on = models.DateField("完成期限")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="布置人")

    class Meta:
        verbose_name = verbose_name_plural = "动态信息维护"
        ordering = ["-year", "-term"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "year", "term"], name="campaign_once_a_term"),
            models.CheckConstraint(condition=Q(term__in=[1, 2]), name="campaign_term"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opened_on")), name="campaign_dates"),
        ]

    def __str__(self):
        return f"{school_year_name(self.year)}{self.get_term_display()}动态信息维护"


class CampaignEntryQuerySet(models.QuerySet):
    def listed(self):
        """Of children who are still on the roll of that school: the deceased and the moved leave the list."""
        return self.filter(
            child__enrolments__voided=False,
            child__enrolments__during__upper_inf=True,
            child__enrolments__school=F("school"),
        )

    def seated_in(self, class_ids):
        """Of children who sit now in one of these classes, wherever they sat when the campaign was opened."""
        seated = Placement.objects.filter(ends=None, enrolment__voided=False, school_class__in=class_ids)
        return self.filter(child__in=seated.values("enrolment__student"))

    def visible_to(self, user):
        """Entries of the schools in sight; a class teacher's of the own class, as `Student.visible_to` has it."""
        powers = powers_of(user)
        mine = Q(school__among=powers.schools("view_school"))
        if powers.class_ids:
            mine |= Q(pk__in=self.model.objects.seated_in(powers.class_ids).values("pk"))
        return self.filter(mine)


@pghistory.track(pghistory.UpdateEvent(), append_only=True, level=pghistory.Statement)
class CampaignEntry(models.Model):
    """维护记录：一名学生在一次动态信息维护中的核对，改动在学籍管理员接受后才写入学籍"""

    class State(models.TextChoices):
        WAITING = "waiting", "待确认"
        CONFIRMED = "confirmed", "已确认"
        ACCEPTED = "accepted", "已接受"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="entries", verbose_name="动态信息维护")
    child = models.ForeignKey(Student, models.PROTECT, related_name="campaign_entries", verbose_name="学生")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="布置时班级"
    )
    state = models.CharField("状态", max_length=9, choices=State, default=State.WAITING)
    changes = SealedJSON("改动（原来与改为）", default=dict, blank=True)
    returned_for = models.CharField("退回原因", max_length=200, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_on = models.DateField("确认日期", null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接受人"
    )
    accepted_on = models.DateField("接受日期", null=True, blank=True)

    objects = CampaignEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "维护记录"
        ordering = ["campaign", "child"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "child", "school"], name="campaign_entry_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", confirmed_by=None, confirmed_on=None, accepted_by=None, accepted_on=None)
                | Q(state="confirmed", accepted_by=None, accepted_on=None, confirmed_by__isnull=False)
                & Q(confirmed_on__isnull=False)
                | Q(state="accepted", confirmed_by__isnull=False, accepted_by__isnull=False)
                & Q(confirmed_on__isnull=False, accepted_on__isnull=False),
                name="campaign_entry_hands",
            ),
            models.CheckConstraint(
                condition=~Q(accepted_by=F("confirmed_by")) | Q(accepted_by=None), name="campaign_entry_two_people"
            ),
        ]
        indexes = [models.Index(fields=["campaign", "school", "state"], name="campaign_progress")]

    def __str__(self):
        return f"{self.child} {self.campaign} {self.get_state_display()}"
