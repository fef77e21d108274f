"""第七条：合并——同一名学生的两份学籍并为一份，教育局办理，主管局长签批，可以原样撤销."""

from dataclasses import dataclass

from django import forms
from django.db import models
from django.db.models import F, Q

from approvals.materials import Paper
from approvals.rules import rule
from approvals.ways import way
from law import articles
from schools.models import School
from students.change_forms import ChangeForm
from students.changes import RecordChange
from students.models.child import Student
from students.standing import Standing, no_open_case, open_case_of

from .detection import OUT, children_like
from .merging import absorb, found_under, living_at, shared_numbers


class ShownBy(models.TextChoices):
    NUMBER = "number", "号码：两份学籍现用或曾用同一号码"
    PAPERS = "papers", "证明材料：户口簿、学校证明等表明是同一人"


@dataclass(frozen=True)
class MergeFacts(Standing):
    """合并要看的事实：两份学籍各在何处、凭什么认定是同一人、学生实际在哪所学校."""

    ended: str = ""
    other_case: str = ""
    by_number: bool = False
    number_shared: bool = True
    kept_lives_at: str = ""
    gone_lives_at: str = ""
    attends: str = ""

    @property
    def lives_twice(self) -> bool:
        return bool(self.kept_lives_at and self.gone_lives_at)


@rule(
    "{f.ended}的学籍不在籍或已经并入、删除，不能合并",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请核对选定的两份学籍",
    kept="两份都是有效的学籍",
)
def both_are_records(f):
    return not f.ended


@rule("另一份学籍：{f.other_case}", articles.CHANGES_IN_TIME, remedy="请待其办结或撤回", kept="另一份学籍没有在办业务")
def other_record_is_free(f):
    return not f.other_case


@rule(
    "两份学籍没有相同的号码",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请改凭证明材料认定，并收取户口簿和学校证明",
    kept="认定同一人的依据成立",
)
def same_person_is_shown(f):
    return f.number_shared or not f.by_number


@rule(
    "拟保留的学籍不在校，而拟并入的学籍在{f.gone_lives_at}",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="人在哪、籍在哪，请改为保留在校的一份",
    kept="保留的是在校的学籍",
)
def the_living_record_stays(f):
    return bool(f.kept_lives_at) or not f.gone_lives_at


@rule(
    "两份学籍分别在{f.kept_lives_at}、{f.gone_lives_at}在籍，须写明学生实际就读的学校，并保留该校的学籍",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请查明学生实际在哪所学校就读后填写",
    kept="保留的是学生实际就读学校的学籍",
)
def attended_school_keeps_it(f):
    return not f.lives_twice or f.attends == f.kept_lives_at


RULES = (
    both_are_records,
    no_open_case,
    other_record_is_free,
    same_person_is_shown,
    the_living_record_stays,
    attended_school_keeps_it,
)


def ended_now(*children: Student) -> list[str]:
    """Those whose record is none (any more), as it stands in the database and not in the form's hands."""
    rows = Student.objects.filter(pk__in=[child.pk for child in children], status__in=OUT)
    return list(rows.values_list("name", flat=True))


class MergeForm(ChangeForm):
    """The other record is one that may be the same child, or is named by a number; which of the two stays is said."""

    partner = forms.ModelChoiceField(
        Student.objects.none(), label="另一份学籍", required=False, to_field_name="slug", empty_label="不在其中"
    )
    partner_number = forms.CharField(
        label="或另一份学籍的学籍号、身份证件号", required=False, max_length=30, help_text="上面没有列出时填写。"
    )
    stays = forms.ChoiceField(
        label="保留哪一份", choices=[("this", "这一份"), ("other", "另一份")], initial="this", widget=forms.RadioSelect
    )
    field_order = ["partner", "partner_number", "stays", "shown_by", "attends", "explanation"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["attends"].queryset = School.objects.filter(bureau=self.school.bureau_id)
        if self.instance.pk:
            for name in ("partner", "partner_number", "stays"):
                del self.fields[name]
            return
        field = self.fields["partner"]
        field.queryset = self.in_county(children_like(self.child)).select_related("school")
        field.label_from_instance = lambda c: f"{c.name}（{c.school.short_name}，{c.get_status_display()}）"
        here = f"{self.child.name}（{self.child.school.short_name}，{self.child.get_status_display()}）"
        self.fields["stays"].choices = [("this", f"保留这一份：{here}"), ("other", "保留另一份")]

    def in_county(self, children):
        return children.filter(school__bureau=self.school.bureau_id)

    def clean(self):
        given = super().clean()
        if self.instance.pk:
            return given
        partner, number = given.pop("partner", None), given.pop("partner_number", "")
        if not partner and number:
            partner = self.in_county(found_under(number)).exclude(pk=self.child.pk).first()
        if not partner:
            self.add_error("partner", "没有找到另一份学籍，请选择，或填写它的学籍号、身份证件号。")
            return given
        stays = given.pop("stays", "this")
        kept, gone = (self.child, partner) if stays == "this" else (partner, self.child)
        return given | {"kept": kept, "gone": gone}


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
        absorb(self.gone, self.kept, self)

    def page(self, user):
        from .presenting import compared

        return super().page(user) | {"comparison": compared([self.kept, self.gone], user)}
