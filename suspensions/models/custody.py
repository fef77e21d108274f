"""第二十九条：未成年犯学籍转入相关学校；解除刑事处罚的转回原学校，不论有无学位."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.db import models
from django.db.models import Q

from approvals.materials import Paper
from approvals.rules import rule
from approvals.ways import way
from law import articles, clock
from schools.models import School, SchoolClass
from students import enrolments, places
from students.change_forms import ChangeForm
from students.changes import RecordChange
from students.models import Enrolment, Student
from students.standing import Standing, no_open_case, status_is

from ..returning import ReturnFacts, facts_of_return, rules_of_return


@dataclass(frozen=True)
class CustodyFacts(Standing):
    """学籍转入哪所学校：本县学校与县外学校写且只写一所."""

    schools_named: int = 1
    same_school: bool = False


on_roll = status_is(
    Student.Status.ENROLLED,
    Student.Status.SUSPENDED,
    Student.Status.DROPPED_OUT,
    article=articles.YOUNG_OFFENDER,
    remedy="请核对学生现在的学籍状态",
)


@rule(
    "接收学籍的学校须写明一所，本县学校与县外学校不能都写或都不写",
    articles.YOUNG_OFFENDER,
    remedy="请选择本县接收学校，或填写县外接收学校的全称",
    kept="接收学籍的学校已写明",
)
def names_one_school(f):
    return f.schools_named == 1


@rule(
    "接收学校就是学生现在的学校",
    articles.YOUNG_OFFENDER,
    remedy="请选择承担其教育的学校",
    kept="接收学校不是原学校",
)
def not_the_same_school(f):
    return not f.same_school


class CustodyForm(ChangeForm):
    """Any open school but the child's own; or one outside by its name."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = School.objects.filter(closed_on=None).exclude(pk=self.child.school_id)
        self.fields["to_school"] = forms.ModelChoiceField(
            others, label="本县接收学校", required=False, empty_label="不在本县"
        )


class Custody(
    RecordChange,
    way(
        articles.YOUNG_OFFENDER,
        decide="准予转入相关学校",
        done="已转入相关学校",
        rules=(on_roll, no_open_case, names_one_school, not_the_same_school),
        in_ceims="学籍转入相关学校",
    ),
):
    """未成年犯：学籍转入相关学校继续接受义务教育，原学校等其返回"""

    kind_code = "custody"
    prefix = "专"
    FACTS = CustodyFacts
    DRAFT = ("since", "to_school", "outside_school")
    FORM = CustodyForm
    HAPPENED = "since"
    DAY_ASKED = "since"

    since = models.DateField("起始日期", default=clock.today)
    to_school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本县接收学校"
    )
    outside_school = models.CharField("县外接收学校全称", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "未成年犯学籍转移"
        constraints = [
            models.CheckConstraint(
                condition=Q(to_school__isnull=False, outside_school="") | (Q(to_school=None) & ~Q(outside_school="")),
                name="custody_one_school",
            )
        ]

    @classmethod
    def own_facts(cls, child, on, given):
        if "to_school" not in given and "outside_school" not in given:
            return {}
        school = given.get("to_school")
        named = bool(school) + bool((given.get("outside_school") or "").strip())
        return {"schools_named": named, "same_school": bool(school) and school.pk == child.school_id}

    @classmethod
    def peer_for(cls, child, given):
        return given.get("to_school")

    def papers(self):
        return [Paper("judgement", "生效法律文书或有关机关的通知", articles.YOUNG_OFFENDER)]

    def change_record(self):
        child, today = self.child, clock.today()
        went_to = str(self.to_school) if self.to_school else self.outside_school
        places.give_up_seats(enrolments.end([child], on=today, case=self, how="转出", went_to=went_to), today)
        if self.to_school:
            came = {"how": "转入", "came_from": str(self.lead_school)}
            enrolments.begin([(child, None)], school=self.to_school, on=today, case=self, **came)
        Student.objects.filter(pk=child.pk).update(status=Student.Status.IN_CUSTODY)


def custody_of(child: Student) -> Custody | None:
    """The decision by which the child's record went to the relevant school."""
    decided = Custody.objects.filter(subjects__child=child, state=Custody.State.DONE)
    return decided.select_related("lead_school__bureau").order_by("-pk").first()


def first_school(child: Student) -> School:
    """The school to which the child comes back."""
    custody = custody_of(child)
    return custody.lead_school if custody else child.school


@dataclass(frozen=True)
class ReleaseFacts(ReturnFacts):
    """解除后返回要看的事实."""


in_custody = status_is(
    Student.Status.IN_CUSTODY,
    article=articles.YOUNG_OFFENDER,
    remedy="只有学籍已转入相关学校的未成年犯办理返回",
)


class Release(
    RecordChange,
    way(
        articles.YOUNG_OFFENDER,
        decide="准予转回原学校",
        done="已转回原学校",
        rules=(in_custody, no_open_case, *rules_of_return(articles.YOUNG_OFFENDER)),
        in_ceims="学籍转回原学校",
        school=False,
    ),
):
    """解除刑事处罚返校：由教育局办理，转回原学校并编入班级，不论有无学位"""

    kind_code = "release"
    prefix = "返"
    FACTS = ReleaseFacts
    DRAFT = ("back_on", "to_class")
    HAPPENED = "back_on"
    DAY_ASKED = "back_on"

    back_on = models.DateField("返校日期", default=clock.today)
    to_class = models.ForeignKey(
        SchoolClass,
        models.PROTECT,
        related_name="+",
        verbose_name="编入年级班级",
        help_text="原学校原届所在年级或低一年级；班级已满也须编入。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "解除刑事处罚返校"

    @classmethod
    def own_facts(cls, child, on, given):
        custody = custody_of(child)
        home = custody.lead_school if custody else child.school
        return facts_of_return(child, on, given, home, custody and custody.since)

    @classmethod
    def lead_for(cls, child, given):
        return first_school(child)

    def papers(self):
        return [Paper("release_papers", "解除刑事处罚的法律文书", articles.YOUNG_OFFENDER)]

    def change_record(self):
        child, on = self.child, clock.today()
        words = {"article": articles.YOUNG_OFFENDER, "reason": "解除刑事处罚返回原学校，不论有无学位"}
        if Enrolment.objects.living().filter(student=child, school=self.lead_school).exists():
            places.sit_down(child, self.to_class, on=on, case=self, **words)
        else:
            self.come_home(child, on, words)
        Student.objects.filter(pk=child.pk).update(status=Student.Status.ENROLLED)

    def come_home(self, child: Student, on: date, words: dict) -> None:
        """The record returns from the relevant school, of ours or elsewhere, straight into the class."""
        enrolments.end([child], on=on, case=self, how="转出", went_to=str(self.lead_school))
        places.take_seat(self.to_class, on=on, case_number=self.number, **words)
        enrolments.begin([(child, self.to_class)], school=self.lead_school, on=on, case=self, how="转回")
