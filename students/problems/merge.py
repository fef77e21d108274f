"""第七条：合并——同一名学生的两份学籍并为一份，教育局办理，主管局长签批，可以原样撤销."""

from django.db import models
from django.db.models import F, Q

from approvals.errors import Refused
from approvals.materials import Paper
from approvals.ways import way
from law import articles
from schools.models import School
from students import freeze
from students.changes import RecordChange
from students.models.child import Student
from students.standing import open_case_of

from .detection import OUT
from .merge_forms import MergeForm
from .merge_rules import RULES, MergeFacts, ended_now
from .merging import absorb, facts_of_freeze, living_at, shared_numbers, took_number


class ShownBy(models.TextChoices):
    NUMBER = "number", "号码：两份学籍现用或曾用同一号码"
    PAPERS = "papers", "证明材料：户口簿、学校证明等表明是同一人"


class Merge(
    RecordChange,
    way(
        articles.ONE_CHILD_ONE_RECORD,
        decide="准予合并",
        done="已合并",
        rules=RULES,
        in_ceims="重复学籍合并（删除其一）",
        school=False,
        leader=True,
    ),
):
    """重复学籍合并：一份保留，一份注明已并入；两份的经历都从保留的一份看得到"""

    kind_code = "merge"
    prefix = "合"
    FACTS = MergeFacts
    FORM = MergeForm
    DRAFT = ("shown_by", "attends", "explanation")
    VARIANTS = ({"shown_by": ShownBy.NUMBER}, {"shown_by": ShownBy.PAPERS})
    PRINTS = (("problem_form", "问题学籍处理申请表"),)
    TEMPLATE = "students/merge.html"

    kept = models.ForeignKey(Student, models.PROTECT, related_name="+", verbose_name="保留的学籍")
    gone = models.ForeignKey(Student, models.PROTECT, related_name="+", verbose_name="并入的学籍")
    shown_by = models.CharField("凭什么认定是同一人", max_length=8, choices=ShownBy, default=ShownBy.PAPERS)
    attends = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学生实际就读的学校"
    )
    explanation = models.CharField("情况说明", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "重复学籍合并"
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_of_two"),
            models.CheckConstraint(condition=Q(shown_by__in=["number", "papers"]), name="merge_shown_by"),
        ]

    def given(self):
        return {**super().given(), "kept": self.kept, "gone": self.gone}

    @classmethod
    def own_facts(cls, child, on, given):
        kept, gone = given.get("kept"), given.get("gone")
        if not (kept and gone):
            return {"ended": child.name if child.status in OUT else ""}
        (here, there), attends = living_at(kept, gone), given.get("attends")
        second = gone if child.pk == kept.pk else kept
        running = open_case_of(second) if given.get("intended", True) else ""
        return {
            "ended": "、".join(ended_now(kept, gone)),
            "other_case": running,
            "by_number": given.get("shown_by") == ShownBy.NUMBER,
            "number_shared": shared_numbers(kept, gone),
            "kept_lives_at": here,
            "gone_lives_at": there,
            "attends": str(attends or ""),
            **facts_of_freeze(kept, gone),
        }

    @classmethod
    def facts_for(cls, child, on, *, case=None, basics=None, **given):
        """A running merge holds both children itself: no other case can be open about either."""
        return super().facts_for(child, on, case=case, basics=basics, **given, intended=case is None)

    @classmethod
    def children_for(cls, child, given):
        return [given["kept"], given["gone"]]

    @classmethod
    def lead_for(cls, child, given):
        return given["kept"].school if given.get("kept") else child.school

    @classmethod
    def peer_for(cls, child, given):
        kept, gone = given["kept"], given["gone"]
        return gone.school if gone.school_id != kept.school_id else None

    def papers(self):
        shown = Paper("identity_scan", "户口簿或身份证原件扫描件", articles.ONE_CHILD_ONE_RECORD)
        attends = Paper("in_school_proof", "学生实际就读学校盖章的在校证明", articles.ONE_CHILD_ONE_RECORD)
        if self.shown_by == ShownBy.NUMBER:
            return [attends]
        both = Paper("both_schools", "两所学校（或教育局）认定为同一人的说明", articles.ONE_CHILD_ONE_RECORD)
        return [shown, attends, both]

    def change_record(self):
        with freeze.declared():
            absorb(self.gone, self.kept, self)

    def undo_effect(self):
        """Taking a number away again is a change as well: in a freeze it waits (第十四条)."""
        if took_number(self) and freeze.binds(self.kept):
            raise Refused(
                "中考冻结期内不能撤销本次合并：保留的九年级学籍会失去合并时记上的证件号，请待冻结期结束（第十四条）。"
            )
        with freeze.declared():
            super().undo_effect()

    def page(self, user):
        from .presenting import compared

        return super().page(user) | {"comparison": compared([self.kept, self.gone], user)}
