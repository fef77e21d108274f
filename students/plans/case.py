"""第八条：招生计划——每校每学年各年级的班数与班额，学校申报或教育局编报，核准下达后即为学位数，可由主管局长撤销."""

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from approvals.materials import Paper, facts_of_papers
from approvals.ways import way
from law import articles
from law.school_time import GRADE_NAMES, grade_name, school_year_name

from .proposing import BEFORE, DESKS, PROPOSAL, Proposed
from .rules import AWAITED, RULES


class IntakePlan(
    Proposed,
    way(
        articles.INTAKE_PLAN,
        decide="核准下达招生计划",
        done="已下达",
        rules=RULES,
        awaited=AWAITED,
        school=False,
        before=BEFORE,
    ),
):
    """招生计划（第八条）：一所学校一个学年各年级开几个班、每班多少人；学校申报、校长签字后由教育局核定，教育局也可以自行编报"""

    kind_code = "plan"
    prefix = "计"
    TEMPLATE = "students/plan_case.html"
    DESKS = DESKS
    HANDED_IN_BY = {"draft": "submit", PROPOSAL: "hand_in"}

    year = models.PositiveSmallIntegerField("学年（起始年）")
    document = models.CharField("依据文件", max_length=120, blank=True, help_text="招生方案的名称和文号。")
    proposed = models.BooleanField("学校申报", default=False, editable=False)
    reason = models.CharField(
        "申报理由", max_length=200, blank=True, help_text="如：学区内适龄儿童138人，现有3个班教室。"
    )
    adjustment = models.CharField(
        "调整理由", max_length=200, blank=True, help_text="核定数与学校申报不同的，写明为什么，学校能看到。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "招生计划"
        constraints = [
            models.CheckConstraint(condition=Q(year__range=(2020, 2100)), name="plan_year"),
            models.CheckConstraint(
                condition=Q(proposed=False, reason="") & ~Q(document="") | Q(proposed=True) & ~Q(reason=""),
                name="plan_is_founded",
            ),
        ]

    @property
    def child(self):
        return None

    @property
    def year_name(self) -> str:
        return school_year_name(self.year)

    def papers(self) -> list[Paper]:
        return []

    def build_facts(self, day):
        from .judging import facts_of

        lines = [(line.grade, line.classes, line.size) for line in self.lines.all()]
        about = {"asked_on": self.accepted_on or day} if self.proposed else {}
        about |= {"founded": bool(self.document), "unargued": "" if self.adjustment else self.changed_in_words}
        return facts_of(self.lead_school_id, self.year, lines, day, case=self, **about, **facts_of_papers(self))

    @cached_property
    def figures(self) -> dict[str, str]:
        """Grade → "3×45" as it stands now."""
        return {grade_name(line.grade): f"{line.classes}×{line.size}" for line in self.lines.all()}

    @cached_property
    def asked(self) -> dict[str, str]:
        """The same as the school last signed it; empty when no school has."""
        step = self.steps.filter(action="hand_in").order_by("pk").last() if self.proposed else None
        return {name: said for name, said in step.particulars.items() if name in GRADE_NAMES} if step else {}

    @property
    def changed_in_words(self) -> str:
        """Where the bureau's figures differ from the school's: 一年级申报3×45，核定2×45."""
        grades = [name for name in GRADE_NAMES if self.asked and self.asked.get(name) != self.figures.get(name)]
        return "；".join(
            f"{name}申报{self.asked.get(name, '未列')}，核定{self.figures.get(name, '不列')}" for name in grades
        )

    def take_effect(self):
        from .effect import give_seats

        give_seats(self)

    def undo_effect(self):
        from .effect import take_back_seats

        take_back_seats(self)

    def particulars_of(self, action, given):
        """The signed step keeps what was asked for and what was approved, grade by grade, with the reason."""
        why = {"hand_in": {"申报理由": self.reason}, "approve": {"调整理由": self.adjustment}}
        said = self.figures | {name: words for name, words in why.get(action, {}).items() if words}
        return super().particulars_of(action, given) | (said if action in why else {})

    def page(self, user):
        from .presenting import page_of

        return page_of(self, user)


class PlanLine(models.Model):
    """招生计划明细：一个年级开几个班、每班多少人"""

    case = models.ForeignKey(IntakePlan, models.PROTECT, related_name="lines", verbose_name="案件")
    grade = models.PositiveSmallIntegerField("年级")
    classes = models.PositiveSmallIntegerField("班数")
    size = models.PositiveSmallIntegerField("班额")

    class Meta:
        verbose_name = verbose_name_plural = "招生计划明细"
        ordering = ["grade"]
        constraints = [
            models.UniqueConstraint(fields=["case", "grade"], name="plan_grade_once"),
            models.CheckConstraint(condition=Q(grade__range=(1, 9)), name="plan_line_grade"),
            models.CheckConstraint(condition=Q(classes__lte=60, size__range=(1, 100)), name="plan_line_numbers"),
        ]

    def __str__(self):
        return f"{grade_name(self.grade)}{self.classes}班×{self.size}人"

    @property
    def seats(self) -> int:
        return self.classes * self.size


def latest_lines(schools, year: int) -> dict[tuple[int, int], PlanLine]:
    """(school, grade) → the line in force: of the plan approved last."""
    rows = PlanLine.objects.filter(case__lead_school__in=list(schools), case__year=year, case__state="done")
    rows = rows.select_related("case").order_by("case__closed_on", "case__pk")
    return {(row.case.lead_school_id, row.grade): row for row in rows}


def planned_classes(school: int, grade: int, year: int) -> int | None:
    """How many classes the plan in force gives a grade; None without a plan."""
    line = latest_lines([school], year).get((school, grade))
    return line.classes if line else None
