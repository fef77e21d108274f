"""第四条：招生分配——教育局把一所小学（或分到一所初中）的毕业生逐名分配到初中，经办、审核两人，可以原样撤销."""

from django.db import models
from django.db.models import Q

from approvals.errors import Refused
from approvals.materials import facts_of_papers
from approvals.ways import way
from law import articles
from schools.models import School

from ..models.child import Student
from ..naming import named
from . import plan
from .assignment_rules import RULES, AssignmentFacts
from .destination import LeaverDestination, Why
from .taking_over import where_now


class Assignment(
    way(articles.CATCHMENT, decide="准予分配", done="已分配", rules=RULES, school=False),
):
    """招生分配：小学毕业生按学区分配到初中，由教育局经办、审核（第四条）"""

    kind_code = "assignment"
    prefix = "分"
    TEMPLATE = "students/assignment_case.html"

    year = models.PositiveSmallIntegerField("学年（起始年）", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "招生分配"

    @property
    def child(self):
        """A list of leavers: no page of it is the page of one child."""
        return None

    def build_facts(self, day):
        if not self.is_open:
            return AssignmentFacts(day, self.rows.count())
        rows = list(self.rows.select_related("child__school", "school"))
        gone = [f"{r.child.name}（{where_now(r.child)}）" for r in rows if r.child.status != Student.Status.LEAVER]
        return AssignmentFacts(
            day,
            len(rows),
            named([row.child.name for row in rows if row.school_id is None]),
            named(gone),
            "；".join(plan.exceeded(self.year, rows)),
            **facts_of_papers(self),
        )

    def take_effect(self):
        """Former destinations end, the new ones begin: two statements for any number of leavers.

        Raises Refused when another list has meanwhile taken the seats the rules saw free.
        """
        rows = list(self.rows.order_by("child_id"))
        plan.lock(self.year, {row.school_id for row in rows})
        if over := plan.exceeded(self.year, rows):
            raise Refused(f"超过招生计划：{'；'.join(over)}（第八条）。请改分到有空余计划的初中，或先调整招生计划。")
        former = LeaverDestination.objects.filter(child__in=[r.child_id for r in rows], year=self.year, ended_by=None)
        former.update(ended_by=self.pk)
        given = {"year": self.year, "decided_by_id": self.pk}
        LeaverDestination.objects.bulk_create(
            [LeaverDestination(child_id=r.child_id, school_id=r.school_id, why=r.why, **given) for r in rows],
            batch_size=1000,
        )

    def undo_effect(self):
        """The destinations as they were before. Raises Refused when a later act stands on one of them."""
        mine = LeaverDestination.objects.filter(decided_by=self.pk)
        later = mine.exclude(ended_by=None).select_related("child")
        taken = mine.exclude(child__status=Student.Status.LEAVER).select_related("child")
        if moved := sorted({each.child.name for each in [*later, *taken]}):
            raise Refused(
                f"{named(moved)}在本件之后又改了分配或已入学，不能直接撤销；请先更正后来的决定（第三十八条）。"
            )
        mine.update(ended_by=self.pk)
        LeaverDestination.objects.filter(ended_by=self.pk).exclude(decided_by=self.pk).update(ended_by=None)

    def particulars_of(self, action, given):
        count = {"count": str(self.rows.count())} if action == "approve" else {}
        return super().particulars_of(action, given) | count

    def page(self, user):
        from .assignment_pages import page_of

        return page_of(self, user)


class AssignmentRow(models.Model):
    """分配明细：一名毕业生拟分到哪所初中、依据什么；提交前可改"""

    case = models.ForeignKey(Assignment, models.PROTECT, related_name="rows", verbose_name="案件")
    child = models.ForeignKey(Student, models.PROTECT, related_name="assignment_rows", verbose_name="学生")
    primary = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="毕业小学")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="初中")
    why = models.CharField("依据", max_length=10, choices=Why)

    class Meta:
        verbose_name = verbose_name_plural = "分配明细"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["case", "child"], name="assignment_child_once"),
            models.CheckConstraint(
                condition=Q(why__in=["catchment", "own", "township", "decided"]), name="assignment_row_why"
            ),
        ]

    def __str__(self):
        return f"{self.case} {self.child}"
