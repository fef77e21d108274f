from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.policies import school_ids_where
from schools.models import School

MOST_OFF = Decimal("20.0")
WITHIN = [MinValueValidator(-MOST_OFF), MaxValueValidator(MOST_OFF)]


class PrinterQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(school__in=school_ids_where(user, "view_school"))


class Printer(models.Model):
    """套打打印机：每校每台打印机的左右、上下偏移，用测试页量出"""

    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    name = models.CharField("打印机", max_length=30, help_text="本校怎样叫这台打印机，如：教务处针式。")
    right = models.DecimalField(
        "右移（毫米）",
        max_digits=3,
        decimal_places=1,
        default=0,
        validators=WITHIN,
        help_text="印偏左了填正数，印偏右了填负数。",
    )
    down = models.DecimalField(
        "下移（毫米）",
        max_digits=3,
        decimal_places=1,
        default=0,
        validators=WITHIN,
        help_text="印偏高了填正数，印偏低了填负数。",
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="设定人")
    set_at = models.DateTimeField("设定时间", auto_now=True)

    objects = PrinterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "套打打印机"
        ordering = ["school", "name"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="printer_once_a_school"),
            models.CheckConstraint(
                condition=Q(right__range=(-MOST_OFF, MOST_OFF), down__range=(-MOST_OFF, MOST_OFF)),
                name="printer_off_by_little",
            ),
        ]

    def __str__(self):
        return self.name
