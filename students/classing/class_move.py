"""调班：一名学生在本年级内换班，写明理由，学校经办、审核；班额不突破."""

from dataclasses import dataclass

from django.db import models

from approvals.rules import rule
from approvals.ways import way
from law import articles, clock
from law.school_time import grade_name, school_year_of
from schools.models import SchoolClass, Seats

from .. import places
from ..changes import RecordChange
from ..models.child import Student
from ..models.enrolment import Enrolment
from ..standing import Standing, last_place, no_open_case, status_is

LAW = articles.BALANCED_CLASSES


@dataclass(frozen=True)
class MoveFacts(Standing):
    """Where the child sits, where it shall sit, and what stands against that, in words."""

    sits_in: int | None = None
    to_class: int | None = None
    home_now: bool = False
    home_then: bool | None = None
    other_grade: str = ""
    full: str = ""


in_school = status_is(
    Student.Status.ENROLLED,
    article=LAW,
    remedy="请核对学生现在的学籍状态；休学、辍学的学生复学、返校时另行编班",
)


@rule("学生现在没有编入班级", LAW, remedy="请在“分班”中编入班级", kept="学生现在编在一个班级")
def sits_somewhere(f):
    return f.sits_in is not None


@rule("学生就在所选的班级里", LAW, remedy="请选择本年级的另一个班级", kept="调入的是另一个班级")
def another_class(f):
    return f.to_class is None or f.to_class != f.sits_in


@rule(
    "{f.other_grade}",
    articles.SAME_GRADE,
    remedy="请选择本校同年级的班级；换学校须办理转学，年级不能变更",
    kept="调入本校同年级的班级",
)
def same_grade_and_school(f):
    return not f.other_grade


@rule(
    "{f.full}", articles.NO_FALSE_RECORD, remedy="请选择有空余学位的班级，或者与该班学生互换", kept="调入班级有空余学位"
)
def class_has_room(f):
    return not f.full


@rule(
    "编入或者离开送教上门班，不是调班",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请从学生页面办理“送教上门”，凭残疾证明和评估，由教育局核准",
    kept="两个班级都不是送教上门班",
)
def nobody_is_taught_at_home(f):
    return not (f.home_now or f.home_then)


RULES = (
    in_school,
    no_open_case,
    sits_somewhere,
    another_class,
    nobody_is_taught_at_home,
    same_grade_and_school,
    class_has_room,
)


class ClassMove(
    RecordChange,
    way(LAW, decide="审核同意，调入班级", done="已调班", rules=RULES, bureau=False, in_ceims="调班"),
):
    """调班：本校同年级内换班，不得以此分设重点班"""

    kind_code = "class_move"
    prefix = "调"
    FACTS = MoveFacts
    DRAFT = ("to_class", "reason")

    to_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+", verbose_name="调入班级")
    reason = models.CharField("调班理由", max_length=200, help_text="如：身体原因须在一层就读。不得按成绩调班。")

    class Meta:
        verbose_name = verbose_name_plural = "调班"

    @classmethod
    def lead_for(cls, child, given):
        """The school the child attends (第二十五条) moves it, wherever its record lives."""
        living = Enrolment.objects.living().filter(student=child).select_related("attends").first()
        return living.attends if living and living.attends_id else child.school

    @classmethod
    def own_facts(cls, child, on, given):
        place = last_place(child)
        here = place.school_class if place and place.ends is None else None
        wanted = given.get("to_class")
        facts = {"sits_in": here and here.pk, "to_class": wanted and wanted.pk}
        facts |= {"home_now": bool(here) and here.at_home, "home_then": wanted.at_home if wanted else None}
        if not (here and wanted):
            return facts
        return facts | {"other_grade": elsewhere(here, wanted), "full": no_room(wanted, school_year_of(on))}

    def change_record(self):
        today = clock.today()
        places.leave_class([self.child], on=today)
        places.sit_down(
            self.child, self.to_class, on=today, article=LAW, reason=self.reason, case=self, above_cap=False
        )


def elsewhere(here: SchoolClass, wanted: SchoolClass) -> str:
    """Why the wanted class is none of the child's own grade; "" when it is."""
    same = ("school_id", "stage", "cohort")
    if any(getattr(here, name) != getattr(wanted, name) for name in same) or wanted.closed_on:
        year = school_year_of(clock.today())
        return f"学生在{here.school}{grade_name(here.grade_in(year))}，不能调入{wanted.school}{wanted.name_in(year)}"
    return ""


def no_room(wanted: SchoolClass, year: int) -> str:
    row = Seats.objects.filter(school_class=wanted, year=year).first()
    full = row is not None and row.free_seats < 1
    return f"{wanted.name_in(year)}已满（学位{row.capacity + row.granted}个）" if full else ""
