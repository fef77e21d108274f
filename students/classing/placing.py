"""分班：本年级未编班的学生均衡编入各班，随机数写在页面上，学校经办、审核；班额和计划不突破."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q

from approvals.materials import facts_of_papers
from approvals.rules import rule
from approvals.ways import way
from law import articles
from schools.models import SchoolClass

from ..changes import RecordChange
from ..models.child import Student

LAW = articles.BALANCED_CLASSES


@dataclass(frozen=True)
class PlacingFacts:
    """What stands between a list of classes and the register."""

    on: date
    rows: int = 0
    moved: str = ""
    crowded: str = ""
    elsewhere: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day):
        return None


@rule("没有要编班的学生", LAW, remedy="请在“分班”中选择有未编班学生的年级", kept="名单不为空")
def somebody_is_placed(f):
    return f.rows > 0


@rule(
    "{f.moved}已经编班，或者不再是本校在读学生",
    LAW,
    remedy="请退回，在名单中把这些学生改为“暂不编班”",
    kept="名单上的学生都是本校未编班的在读学生",
)
def still_without_a_class(f):
    return not f.moved


@rule(
    "{f.crowded}",
    articles.NO_FALSE_RECORD,
    remedy="请调到其他班级，或者增加班级、报教育局调整招生计划",
    kept="各班和年级不超过学位数",
)
def within_the_seats(f):
    return not f.crowded


@rule("{f.elsewhere}", LAW, remedy="请重新编入本年级的班级", kept="所编班级都是本年级现有的班级")
def classes_of_the_grade(f):
    return not f.elsewhere


RULES = (somebody_is_placed, still_without_a_class, within_the_seats, classes_of_the_grade)


class Placing(
    RecordChange,
    way(LAW, decide="审核同意，编入班级", done="已编班", rules=RULES, bureau=False, in_ceims="分班"),
):
    """分班：男女、随迁、随班就读各班均衡，随机数相同结果相同，可以逐人调整"""

    kind_code = "placing"
    prefix = "分"
    FACTS = PlacingFacts
    FROM_CHILD = False
    TEMPLATE = "students/placing_case.html"

    year = models.PositiveSmallIntegerField("学年（起始年）")
    grade = models.PositiveSmallIntegerField("年级")
    seed = models.PositiveIntegerField("随机数")

    class Meta:
        verbose_name = verbose_name_plural = "分班"
        constraints = [models.CheckConstraint(condition=Q(grade__range=(1, 9)), name="placing_grade")]

    @classmethod
    def facts_for(cls, child, on, *, case=None, basics=None, **given):
        """Of one child alone: nobody is placed from the page of a child."""
        return PlacingFacts(on)

    def build_facts(self, day):
        from .seating import facts_of

        return facts_of(self, day, **facts_of_papers(self))

    def change_record(self):
        from .seating import sit_all

        sit_all(self)

    def undo_effect(self):
        from .seating import stand_up

        stand_up(self)
        self.look_again()

    def particulars_of(self, action, given):
        said = {"seed": str(self.seed), "count": str(self.rows.count())} if action == "approve" else {}
        return super().particulars_of(action, given) | said

    def page(self, user):
        from .presenting import page_of_placing

        return page_of_placing(self, user)


class PlacingRow(models.Model):
    """分班名单：一名学生编入哪个班，由程序编排还是手工调整"""

    case = models.ForeignKey(Placing, models.PROTECT, related_name="rows", verbose_name="案件")
    child = models.ForeignKey(Student, models.PROTECT, related_name="placing_rows", verbose_name="学生")
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="班级（暂不编班为空）"
    )
    by_hand = models.BooleanField("手工调整", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "分班名单"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "child"], name="placing_child_once")]

    def __str__(self):
        return f"{self.case} {self.child}"
