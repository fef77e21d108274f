"""第八条：开班、撤班——学校经办、审核；有招生计划的年级以计划班数为限，班内无人才能撤."""

from dataclasses import dataclass
from datetime import date

from django.db import models, transaction
from django.db.models import Q

from approvals.common_rules import of_level
from approvals.errors import RulesBroken
from approvals.materials import facts_of_papers
from approvals.rules import Level, judge, rule
from approvals.services import open_case
from approvals.ways import way
from law import articles, clock, parameters
from law.school_time import grade_name, school_year_of
from schools.models import School, SchoolClass

from ..plans.case import planned_classes
from . import ledger

LAW = articles.INTAKE_PLAN
HOME = ledger.HOME


@dataclass(frozen=True)
class ClassFacts:
    """What stands against opening or closing a class, in words."""

    on: date
    untaught: str = ""
    beyond_plan: str = ""
    below_plan: str = ""
    not_empty: str = ""
    closed: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day):
        return None


@rule("学校不设{f.untaught}", LAW, remedy="请选择学校设置的年级", kept="年级是学校设置的")
def grade_is_taught(f):
    return not f.untaught


@rule("{f.beyond_plan}", LAW, remedy="请报教育局调整招生计划", kept="没有超过招生计划的班数")
def not_beyond_the_plan(f):
    return not f.beyond_plan


@rule("{f.below_plan}", LAW, remedy="请报教育局调整招生计划，空班随计划撤销", kept="撤班后不少于招生计划的班数")
def not_below_the_plan(f):
    return not f.below_plan


@rule("{f.not_empty}", LAW, remedy="请先把学生调入同年级其他班级", kept="班内没有学生，也没有预留学位")
def class_is_empty(f):
    return not f.not_empty


@rule("{f.closed}", LAW, remedy="请核对班级", kept="班级尚未撤销")
def class_is_open(f):
    return not f.closed


RULES = (grade_is_taught, not_beyond_the_plan, not_below_the_plan, class_is_empty, class_is_open)


def facts_of(school_id: int, on: date, *, act: str, grade=None, class_kind="", school_class=None, **papers):
    """Facts of an intended or running opening or closing."""
    if act == ClassChange.Act.OPEN:
        return ClassFacts(on, **of_opening(school_id, on, grade, class_kind), **papers)
    return ClassFacts(on, **of_closing(school_id, on, school_class), **papers)


def of_opening(school_id: int, on: date, grade: int, class_kind: str) -> dict:
    taught, year = grade in School.objects.get(pk=school_id).grades, school_year_of(on)
    plan = planned_classes(school_id, grade, year) if class_kind != HOME else None
    here = len(ledger.classes_in(school_id, grade, year))
    beyond = plan is not None and here >= plan
    return {
        "untaught": "" if taught else grade_name(grade),
        "beyond_plan": f"{grade_name(grade)}招生计划{plan}个班，现已有{here}个班" if beyond else "",
    }


def of_closing(school_id: int, on: date, school_class: SchoolClass) -> dict:
    year = school_year_of(on)
    grade, name = school_class.grade_in(year), school_class.name_in(year)
    plan = planned_classes(school_id, grade, year) if grade and not school_class.at_home else None
    here = len(ledger.classes_in(school_id, grade, year)) if grade else 0
    heads = ledger.heads_of([school_class.pk]).total()
    below = plan is not None and here <= plan
    gone = school_class.closed_on
    return {
        "below_plan": f"{grade_name(grade)}招生计划{plan}个班，撤班后只剩{here - 1}个班" if below else "",
        "not_empty": f"{name}还有{heads}名学生就读或预留学位" if heads else "",
        "closed": f"{name}已于{gone:%Y年%-m月%-d日}撤销" if gone else "",
    }


class ClassChange(
    way(LAW, decide="审核同意", done="已办理", rules=RULES, bureau=False, in_ceims="班级管理：开班（撤班）"),
):
    """开班、撤班（第八条）：按届顺次编号，撤销的班序不再使用"""

    class Act(models.TextChoices):
        OPEN = "open", "开班"
        CLOSE = "close", "撤班"

    kind_code = "class_change"
    prefix = "班"
    TEMPLATE = "students/class_change.html"

    act = models.CharField("办理事项", max_length=5, choices=Act)
    grade = models.PositiveSmallIntegerField("年级", null=True, blank=True)
    class_kind = models.CharField(
        "班级类型", max_length=10, choices=SchoolClass.Kind, default=SchoolClass.Kind.ORDINARY, blank=True
    )
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="班级"
    )
    reason = models.CharField("事由", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "开班与撤班"
        constraints = [
            models.CheckConstraint(
                condition=Q(act="open", grade__range=(1, 9)) | Q(act="close", school_class__isnull=False),
                name="class_change_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(class_kind__in=["ordinary", "special", "home", ""]), name="class_change_kind"
            ),
        ]

    @property
    def child(self):
        return None

    def papers(self):
        return []

    def given(self) -> dict:
        names = ("act", "grade", "class_kind", "school_class")
        return {name: getattr(self, name) for name in names}

    def build_facts(self, day):
        if not self.is_open:
            return ClassFacts(day)
        return facts_of(self.lead_school_id, day, **self.given(), **facts_of_papers(self))

    def take_effect(self):
        """Rules again under the school's lock, then the class and its seats."""
        school, year = ledger.lock_school(self.lead_school_id), school_year_of(clock.today())
        ledger.open_year(school, year)
        grade = self.grade or self.school_class.grade_in(year)
        ledger.lock_rows(school.pk, year, [grade] if grade else [])
        verdict = judge(RULES, self.build_facts(clock.today()))
        if verdict.broken:
            raise RulesBroken(verdict)
        if self.act == self.Act.OPEN:
            self.open(year)
        else:
            self.close(year)

    def open(self, year: int) -> None:
        cap = parameters.on(clock.today())["class.cap"]
        row = ledger.row_of(self.lead_school_id, year, self.grade)
        made = ledger.open_class(self, grade=self.grade, year=year, seats=cap, kind=self.class_kind)
        if self.class_kind != HOME and planned_classes(self.lead_school_id, self.grade, year) is None:
            ledger.set_capacity(self, row, row.capacity + cap)
        self.school_class = made

    def close(self, year: int) -> None:
        each = self.school_class
        grade = each.grade_in(year)
        if grade is None:  # left school years ago: no ledger counts it any more
            ledger.retire(self, each)
            return
        row = ledger.row_of(self.lead_school_id, year, grade)
        seats = ledger.row_of(self.lead_school_id, year, grade, each).capacity
        ledger.close_class(self, each, year=year)
        if not each.at_home and planned_classes(self.lead_school_id, grade, year) is None:
            ledger.set_capacity(self, row, max(row.capacity - seats, row.used + row.reserved - row.granted, 0))

    def undo_effect(self):
        ledger.restore(self)

    def page(self, user):
        from .presenting import page_of_class_change

        return page_of_class_change(self, user)


@transaction.atomic
def start_class_change(school: School, *, by, **given) -> ClassChange:
    """Begin an opening or closing. Raises RulesBroken with every breach, NotYourHand."""
    ledger.lock_school(school.pk)
    asked = {name: given.get(name) for name in ("act", "grade", "class_kind", "school_class")}
    verdict = judge(of_level(RULES, Level.HARD), facts_of(school.pk, clock.today(), **asked))
    if verdict.broken:
        raise RulesBroken(verdict)
    return open_case(ClassChange, by=by, lead=school, children=[], state=ClassChange.State.DRAFT, **given)
