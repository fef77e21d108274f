"""第三十二条：县教育局综合考核结果——按名单导入，教育局经办、审核两人签字后生效；九年级凭此发证."""

from dataclasses import dataclass
from datetime import date

from django.db import models

from approvals.errors import Refused
from approvals.rules import rule
from approvals.services import lock_children
from approvals.ways import way
from law import articles
from students.models.child import Student


@dataclass(frozen=True)
class AssessmentFacts:
    """一份考核结果要看的事实."""

    on: date
    rows: int = 0
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day):
        return None


@rule("结果名单为空", articles.CERTIFICATES, remedy="请重新上传结果名单", kept="结果名单不为空")
def somebody_was_assessed(f):
    return f.rows > 0


class Assessment(
    way(
        articles.CERTIFICATES,
        decide="审核无误，登记结果",
        done="已登记",
        rules=(somebody_was_assessed,),
        school=False,
    ),
):
    """第三十二条：九年级综合考核结果，逐人合格或不合格"""

    kind_code = "assessment"
    prefix = "考"
    TEMPLATE = "students/year/assessment_case.html"

    year = models.PositiveSmallIntegerField("学年（起始年）")
    file_name = models.CharField("结果文件", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "综合考核结果"

    @property
    def child(self):
        """A list of many: no page of this case is the page of one child."""
        return None

    def build_facts(self, day):
        return AssessmentFacts(day, self.results.count())

    def take_effect(self):
        """The results count from the state of the case alone: nothing in the record changes."""

    def undo_effect(self):
        """Raises Refused when somebody has left school by these results; who is just leaving is waited for."""
        lock_children(self.results.values_list("child_id", flat=True))
        gone = self.results.filter(child__status__in=(Student.Status.GRADUATED, Student.Status.COMPLETED)).count()
        if gone:
            raise Refused(
                f"{self.number}中有{gone}名学生已凭考核结果毕业或修业期满，不能撤销；"
                "请先撤销有关学校的毕业，再撤销本件（第三十八条）。"
            )

    def particulars_of(self, action, given):
        return {"count": str(self.results.count())} if action == "approve" else super().particulars_of(action, given)

    def page(self, user):
        from .presenting import page_of_assessment

        return page_of_assessment(self, user)


class AssessmentRow(models.Model):
    """考核结果明细：一名学生合格与否；只增不改"""

    case = models.ForeignKey(Assessment, models.PROTECT, related_name="results", verbose_name="案件")
    child = models.ForeignKey(Student, models.PROTECT, related_name="assessments", verbose_name="学生")
    passed = models.BooleanField("合格")
    score = models.CharField("成绩", max_length=60, blank=True)
    sheet_row = models.PositiveIntegerField("表内行号")

    class Meta:
        verbose_name = verbose_name_plural = "考核结果明细"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["case", "child"], name="assessment_child_once")]

    def __str__(self):
        return f"{self.case} {self.child}"
