"""档案记录：第九条七部分中没有别处可存的内容，逐条登记，只增不改；更正是写明原因的下一版，作废也是."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet

from law.school_time import school_year_name
from schools.models import School
from students.models import Student

# kind → the part of 第九条 it belongs to. Terms: 0 for what is kept once a school year or once for good.
PART_OF = {
    "proof": 2,
    "marks": 3,
    "growth": 3,
    "fitness": 4,
    "checkup": 4,
    "vaccination": 4,
    "award": 5,
    "no_award": 5,
    "aid": 6,
    "no_aid": 6,
    "evaluation": 7,
}
BY_TERM = ("marks", "growth", "award", "no_award", "aid", "no_aid", "evaluation")


def _kinds_in_their_part() -> Q:
    found = Q()
    for part in sorted(set(PART_OF.values())):
        found |= Q(part=part, kind__in=[kind for kind, its in PART_OF.items() if its == part])
    return found


class EntryQuerySet(QuerySet):
    def newest(self):
        """The last version of everything, void ones among them."""
        later = self.model.objects.filter(replaces=models.OuterRef("pk"))
        return self.filter(~models.Exists(later))

    def standing(self):
        """What holds now: the last version, unless it made the matter void."""
        return self.newest().filter(void=False)


class Entry(models.Model):
    """档案记录：一名学生的一项内容的一版；最新一版有效，旧版永久留存"""

    TERMS = [(0, "全学年"), (1, "第一学期"), (2, "第二学期")]

    child = models.ForeignKey(Student, models.PROTECT, related_name="archive_entries", verbose_name="学生")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="登记学校")
    part = models.PositiveSmallIntegerField("第九条第几部分")
    kind = models.CharField("种类", max_length=12)
    year = models.PositiveSmallIntegerField("学年（起始年）")
    term = models.PositiveSmallIntegerField("学期", choices=TERMS)
    slot = models.CharField("位置", max_length=40)
    version = models.PositiveSmallIntegerField("版次", default=1)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="更正的上一版"
    )
    reason = models.CharField("更正或作废原因", max_length=200, blank=True)
    void = models.BooleanField("作废", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_on = models.DateField("登记日期（法定）")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "档案记录"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["child", "slot", "version"], name="archive_entry_version"),
            models.CheckConstraint(condition=_kinds_in_their_part(), name="archive_entry_part"),
            models.CheckConstraint(
                condition=Q(kind__in=BY_TERM, term__in=[1, 2]) | ~Q(kind__in=BY_TERM) & Q(term=0),
                name="archive_entry_term",
            ),
            models.CheckConstraint(condition=Q(year__range=(2000, 2100)), name="archive_entry_year"),
            models.CheckConstraint(
                condition=Q(version=1, replaces=None, void=False)
                | Q(version__gt=1, replaces__isnull=False) & ~Q(reason=""),
                name="archive_entry_corrected_with_reason",
            ),
            models.CheckConstraint(condition=~Q(replaces=F("id")) | Q(replaces=None), name="archive_entry_not_itself"),
        ]
        indexes = [
            models.Index(fields=["year", "term", "kind", "child"], name="archive_entry_of_term"),
            models.Index(fields=["child", "part"], name="archive_entry_of_child"),
        ]

    def __str__(self):
        return f"{self.child} {self.kind} {self.year} 第{self.version}版"

    @property
    def when(self) -> str:
        """The period it speaks of: 2025—2026学年第二学期."""
        return school_year_name(self.year) + (self.get_term_display() if self.term else "")
