"""第三十条：连续旷课四周、多次劝返无效的视为辍学，报乡镇和教育局，义务教育年限内保留学籍."""

from datetime import date

from django import forms
from django.db import models
from django.db.models import F, Q

from approvals.errors import Refused
from approvals.materials import Paper
from approvals.moves import move
from approvals.ways import BUREAU_CHECK, BUREAU_MAKE, DONE, DRAFT, REGISTRAR, SCHOOL_CHECK, way
from jianping_xueji.forms import day_input
from law import articles, clock
from students import places
from students.changes import RecordChange
from students.models import Student
from students.standing import last_place

from .. import absence
from ..dropout_facts import DropoutFacts, away_of, end_of_compulsory_years, last_suspended_day, lives_outside
from ..dropout_rules import AWAITED, RULES, household_is_outside

RETURNED = "returned"
OPEN_STATES = [DRAFT, SCHOOL_CHECK, BUREAU_MAKE, BUREAU_CHECK]


Road = way(
    articles.DROPOUT,
    decide="出具回执，列为辍学",
    done="辍学",
    rules=RULES,
    awaited=AWAITED,
    draft="疑似辍学（劝返中）",
    ends=[(RETURNED, "已返校销号")],
    in_ceims="辍学登记",
)


class Dropout(RecordChange, Road):
    """辍学：离开班级，义务教育年限内保留学籍，返校或年限届满销号"""

    class Why(models.TextChoices):
        WEARY = "weary", "厌学"
        HARDSHIP = "hardship", "家庭困难"
        WORK = "work", "外出务工"
        FAMILY = "family", "家庭变故"
        AWAY = "away", "随家长外出，去向不明"
        OTHER = "other", "其他"

    kind_code = "dropout"
    prefix = "辍"
    FACTS = DropoutFacts
    DRAFT = (
        "first_absent_on",
        "evidence",
        "last_seen_on",
        "why",
        "whereabouts",
        "reported_on",
        "township_receiver",
        "township_receipt",
    )
    PRINTS = (("dropout_report", "辍学学生情况报告表"), ("file_handover", "辍学随迁子女档案移交单"))
    TEMPLATE = "suspensions/dropout.html"
    PARTICULARS = {
        "returned_on": lambda: forms.DateField(
            label="返校日期", required=False, widget=day_input(), help_text="办理返校销号时必填。"
        ),
        "handed_on": lambda: forms.DateField(label="移交日期", widget=day_input(), initial=clock.today),
        "handed_to": lambda: forms.CharField(label="接收单位", max_length=60),
        "handover_receipt": lambda: forms.CharField(label="回执编号或签收人", max_length=60),
    }

    first_absent_on = models.DateField(
        "旷课起始日", null=True, blank=True, help_text="有点名记录的留空，按点名记录计算；假期后一直未到校的填写。"
    )
    evidence = models.CharField("旷课凭据", max_length=200, blank=True, help_text="没有点名记录时必填。")
    last_seen_on = models.DateField("最后到校日", null=True, blank=True)
    why = models.CharField("辍学原因", max_length=8, choices=Why, default=Why.WEARY)
    whereabouts = models.CharField("现在去向", max_length=100, blank=True)
    reported_on = models.DateField("报送乡镇日期", null=True, blank=True)
    township_receiver = models.CharField("乡镇签收人", max_length=60, blank=True)
    township_receipt = models.CharField("乡镇回执编号", max_length=60, blank=True)
    bureau_receipt = models.CharField("教育局回执编号", max_length=30, blank=True, editable=False)
    absent_since = models.DateField("认定旷课起始日", null=True, editable=False)
    kept_until = models.DateField("学籍保留至", null=True, editable=False)
    came_back_on = models.DateField("返校日期", null=True, editable=False)
    handed_on = models.DateField("档案移交日期", null=True, editable=False)
    handed_to = models.CharField("档案接收单位", max_length=60, blank=True, editable=False)
    handover_receipt = models.CharField("档案移交回执", max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "辍学"
        constraints = [
            models.CheckConstraint(
                condition=Q(why__in=["weary", "hardship", "work", "family", "away", "other"]), name="dropout_why"
            ),
            models.CheckConstraint(
                condition=Q(last_seen_on=None) | Q(first_absent_on=None) | Q(first_absent_on__gt=F("last_seen_on")),
                name="dropout_dates",
            ),
        ]

    @classmethod
    def own_facts(cls, child, on, given):
        away = away_of(child, on, given.get("first_absent_on"))
        suspended = child.status == Student.Status.SUSPENDED
        told = all(given.get(name) for name in ("reported_on", "township_receiver", "township_receipt"))
        visits = child.visits.filter(on__gte=away["absent_since"]) if away["absent_since"] else child.visits.none()
        return away | {
            "evidence": not given.get("first_absent_on") or bool((given.get("evidence") or "").strip()),
            "visits": visits.count(),
            "reported": told,
            "suspended_until": last_suspended_day(child) if suspended else None,
            "outside_county": lives_outside(child),
        }

    def papers(self):
        return [Paper("dropout_report", "《辍学学生情况报告表》（乡镇签收）", articles.DROPOUT_REPORTED)]

    def change_record(self):
        child, today = self.child, clock.today()
        self.kept_until, self.absent_since = end_of_compulsory_years(child), self.facts.absent_since
        self.bureau_receipt = f"回{self.number}"
        places.leave_class([child], on=today)
        Student.objects.filter(pk=child.pk).update(status=Student.Status.DROPPED_OUT)

    def page(self, user):
        from ..presenting import page_of_dropout

        return super().page(user) | page_of_dropout(self)

    def day_of(self, particulars):
        """The day the child came back or the file was handed over, not the day it was typed (两个日期都留)."""
        return particulars.get("returned_on") or particulars.get("handed_on")

    @move(
        "返校销号",
        source=OPEN_STATES,
        target=RETURNED,
        article=articles.DROPOUT,
        hand=REGISTRAR,
        fields=["returned_on"],
        tone="secondary",
        signs=False,
    )
    def come_back(self, returned_on=None, **_):
        """The child sits in its class again before anything was decided: the day is logged, the run ends."""
        refuse_day(returned_on, "返校日期", not_before=self.facts.absent_since)
        self.came_back_on = returned_on
        place = last_place(self.child)
        if place and place.ends is None:
            standing = absence.AbsenceEntry.objects.filter(child=self.child, day=returned_on, replaced=False)
            standing.update(replaced=True)
            absence.write_marks(
                [(self.child.pk, place.school_class_id, absence.Mark.PRESENT)], returned_on, self.acting
            )

    @move(
        "转交档案至户籍所在地",
        source=DONE,
        target=DONE,
        article=articles.DROPOUT_MIGRANT,
        hand=REGISTRAR,
        rules=[household_is_outside],
        fields=["handed_on", "handed_to", "handover_receipt"],
        signs=False,
        by_hand=False,
    )
    def hand_over(self, handed_on=None, handed_to="", handover_receipt="", **_):
        """By its own page (随迁子女档案移交), once; the receipt of the home county is part of the act."""
        if self.handed_on:
            raise Refused(f"{self.number}的档案已于{self.handed_on:%Y年%-m月%-d日}转交{self.handed_to}。")
        if not (handed_to.strip() and handover_receipt.strip()):
            raise Refused(f"转交档案须登记接收单位和回执（{articles.DROPOUT_MIGRANT}）。")
        refuse_day(handed_on, "移交日期", not_before=self.closed_on)
        self.handed_on, self.handed_to, self.handover_receipt = handed_on, handed_to, handover_receipt


def refuse_day(day: date | None, label: str, *, not_before: date | None) -> None:
    if day is None:
        raise Refused(f"请填写{label}。")
    if day > clock.today() or (not_before and day < not_before):
        raise Refused(f"{label}须在{not_before or '有记录'}之后、今日之前，请核对。")
