"""第十一条第二款：学校合并、撤销——一件案件移交一所学校的全部学籍，教育局办理，主管局长签批，下学期开学前可撤销."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from approvals.materials import Paper, facts_of_papers
from approvals.models import Case
from approvals.ways import TO_LEADER, way
from jianping_xueji.vault import new_child_key
from law import articles, clock
from schools.models import School

from ..closing import hand_over_school
from ..closing_facts import ClosingFacts, facts_of_schools
from ..closing_rules import RULES
from ..closing_undo import take_back_school


class SchoolClosing(
    way(
        articles.MERGED_SCHOOLS,
        decide="准予撤并，移交全部学籍",
        done="已撤并",
        rules=RULES,
        in_ceims="学校合并（撤销）：机构与学籍整体转入",
        school=False,
        leader=True,
    ),
):
    """学校撤并（第十一条第二款）：合并的移交并入学校，撤销的由教育局指定学校接收"""

    class Manner(models.TextChoices):
        MERGED = "merged", "合并：学籍移交并入学校"
        CLOSED = "closed", "撤销：学籍移交教育局指定的学校"

    kind_code = "school_closing"
    prefix = "并"
    OWN_KEY = True
    TEMPLATE = "transfers/closing.html"
    DRAFT = ("manner", "receiving", "document", "closes_on")
    PRINTS = (("handover_list", "移交清单"),)

    manner = models.CharField("撤并方式", max_length=8, choices=Manner, default=Manner.MERGED)
    receiving = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="接收学校")
    document = models.CharField("批准文件", max_length=120, help_text="批文名称和文号，如：建政发〔2026〕12号。")
    closes_on = models.DateField("撤并日期", default=clock.today, help_text="批文所定之日；到这一天才能签批。")
    wrapped_key = models.BinaryField("加密密钥", editable=False, default=new_child_key)

    class Meta:
        verbose_name = verbose_name_plural = "学校撤并"
        constraints = [
            models.CheckConstraint(condition=Q(manner__in=["merged", "closed"]), name="closing_manner"),
        ]

    @property
    def child(self):
        """A school's children are many: no page of this case is the page of one child."""
        return None

    @classmethod
    def facts_for(cls, school, receiving, *, closes_on, document, on=None, case=None, **more):
        """Facts of an intended or running closing; nothing needs to be saved."""
        today = clock.today()
        words = {"closes_on": closes_on, "document": document, **more}
        return ClosingFacts(**facts_of_schools(school, receiving, on=on or today, today=today, case=case, **words))

    def build_facts(self, day):
        # Both schools as they are now, not as they were when the case was read.
        school, receiving = (School.objects.get(pk=pk) for pk in (self.lead_school_id, self.receiving_id))
        return self.facts_for(
            school,
            receiving,
            closes_on=self.closes_on,
            document=self.document,
            on=self.accepted_on or self.opened_on or day,
            case=self,
            deciding=self.state == TO_LEADER,
            **facts_of_papers(self),
        )

    def papers(self):
        return [
            Paper("closing_approval", "县级人民政府或教育局批准撤并的文件", articles.MERGED_SCHOOLS),
            Paper("archive_list", "两校核对无误的学籍档案移交清单", articles.MERGED_SCHOOLS),
        ]

    def accept(self):
        super().accept()
        self.peer_school_id = self.receiving_id

    def take_effect(self):
        hand_over_school(self)

    def undo_effect(self):
        take_back_school(self)

    def particulars_of(self, action, given):
        """The signed step keeps how many children and open cases went over."""
        return getattr(self, "handed_over", {}) if action == "approve" else super().particulars_of(action, given)

    def page(self, user):
        from ..closing_pages import page_of

        return page_of(self, user)


class ClosingEntry(models.Model):
    """撤并明细：撤并使学校、班级、任职、在办业务的哪一行由什么变成什么；只增不改"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="closing_entries", verbose_name="案件")
    table = models.CharField("表", max_length=60)
    row = models.BigIntegerField("行号")
    before = models.JSONField("改前（新建为空）", null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("改后", encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = verbose_name_plural = "撤并明细"
        ordering = ["pk"]
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.case} {self.table} {self.row}"
