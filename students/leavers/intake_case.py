"""第六条第三款：七年级新生由初中从小学毕业生中接续学籍——学校经办、审核，教育局经办、审核，可以原样撤销."""

from django.db import models
from django.db.models import Q

from approvals.materials import Paper, facts_of_papers
from approvals.ways import way
from law import articles
from law.school_time import school_year_of
from schools.models import School, SchoolClass
from students.changes import RecordChange
from students.models.child import Student
from students.pending import drop_pending

from . import taking_over
from .intake_rules import RULES, IntakeFacts


class Grade7Intake(
    RecordChange,
    way(
        articles.REGISTER_GRADE_SEVEN,
        decide="准予入学，接续学籍",
        done="已入学",
        rules=RULES,
        in_ceims="招生入学：从小学毕业生库接收",
    ),
):
    """招生入学：初中成批接收小学毕业生，接续小学学籍，学籍号不变，不新建学籍（第六条第三款）"""

    kind_code = "grade7_intake"
    prefix = "升"
    FACTS = IntakeFacts
    FROM_CHILD = False
    HAPPENED = "begins_on"
    TEMPLATE = "students/intake_case.html"

    year = models.PositiveSmallIntegerField("学年（起始年）", editable=False)
    begins_on = models.DateField("入学日期", help_text="初中在籍自这一天起，小学在籍到前一天止。")

    class Meta:
        verbose_name = verbose_name_plural = "七年级招生入学"

    @classmethod
    def facts_for(cls, child, on, *, case=None, basics=None, **given):
        """Of one child alone: nobody is taken over from the page of a child."""
        return IntakeFacts(on, school_year_of(on))

    def build_facts(self, day):
        found = taking_over.standing_of(self) if self.is_open else {"rows": self.rows.count()}
        return IntakeFacts(day, self.year, begins_on=self.begins_on, **found, **facts_of_papers(self))

    def papers(self):
        """From outside, back from 辍学, to be taught at home: each shows its proof; of other leavers all is here."""
        fresh = self.pk is None
        outside = fresh or self.rows.filter(from_school=None).exists()
        back = fresh or self.rows.filter(child__status=Student.Status.DROPPED_OUT).exists()
        proof = Paper("primary_record", "原小学学籍证明（全国系统打印的学籍信息）", articles.REGISTER_GRADE_SEVEN)
        note = Paper("return_note", "返校登记材料（监护人签字）", articles.DROPOUT)
        home = fresh or self.rows.filter(school_class__kind=SchoolClass.Kind.HOME_TEACHING).exists()
        need = Paper("home_teaching", "编入送教上门班的学生的残疾人证或评估意见", articles.ONE_CHILD_ONE_RECORD)
        return [paper for paper, asked in ((proof, outside), (note, back), (need, home)) if asked]

    def change_record(self):
        taking_over.take_over(self)

    def undo_effect(self):
        super().undo_effect()
        self.let_go()

    def let_go(self):
        """Whoever was taken in from outside only for this case leaves the pending list."""
        for row in self.rows.filter(from_school=None).select_related("child").order_by("child_id"):
            drop_pending(row.child)

    def particulars_of(self, action, given):
        count = {"count": str(self.rows.count())} if action == "approve" else {}
        return super().particulars_of(action, given) | count

    def page(self, user):
        from .intake_pages import page_of

        return page_of(self, user)


class IntakeRow(models.Model):
    """入学名单：一名毕业生从哪所小学来、编入哪个班；县外来的记原校、区划；只增不改"""

    case = models.ForeignKey(Grade7Intake, models.PROTECT, related_name="rows", verbose_name="案件")
    child = models.ForeignKey(Student, models.PROTECT, related_name="intake_rows", verbose_name="学生")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+", verbose_name="班级")
    from_school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="毕业小学（本县）"
    )
    from_name = models.CharField("毕业小学", max_length=60)
    from_code = models.CharField("毕业小学标识码", max_length=10, blank=True)
    from_division = models.CharField("毕业小学所在区划", max_length=6, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "入学名单"
        ordering = ["school_class", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["case", "child"], name="intake_child_once"),
            models.CheckConstraint(
                condition=Q(from_school__isnull=False) | ~Q(from_name="") & ~Q(from_division=""),
                name="intake_row_says_whence",
            ),
        ]

    def __str__(self):
        return f"{self.case} {self.child}"
