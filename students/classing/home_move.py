"""第七条：送教上门——重度残疾不能到校的学生编入送教上门班，或者回到本年级的班级；学校核实，教育局核准."""

from django.db import models

from approvals.materials import Paper
from approvals.rules import rule
from approvals.ways import way
from law import articles, clock
from schools.models import SchoolClass

from .. import places
from ..change_forms import ChangeForm, present_classes_of
from ..changes import RecordChange
from ..models.child import Student
from ..standing import last_place, no_open_case, no_problem_record, status_is
from .class_move import ClassMove, MoveFacts, class_has_room, same_grade_and_school, sits_somewhere

LAW = articles.ONE_CHILD_ONE_RECORD


class HomeMoveForm(ChangeForm):
    """Of a child at school the classes taught at home of its grade; of a child taught at home the others."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        here = last_place(self.child)
        found = present_classes_of(self.school)
        if here is None:
            self.fields["to_class"].queryset = found.none()
            return
        found = found.filter(stage=here.school_class.stage, cohort=here.school_class.cohort)
        home = {"kind": SchoolClass.Kind.HOME_TEACHING}
        self.fields["to_class"].queryset = found.exclude(**home) if here.school_class.at_home else found.filter(**home)


in_school = status_is(
    Student.Status.ENROLLED,
    article=LAW,
    remedy="请核对学生现在的学籍状态；休学、辍学的学生先复学、返校，再办理送教上门",
)


@rule(
    "所选班级与学生现在的班级都是（或者都不是）送教上门班",
    LAW,
    remedy="到校就读改为送教上门的选送教上门班，没有的先“开班”，班级类型选“送教上门”；学校之内换班的办理调班",
    kept="编入送教上门班，或者由送教上门班回到班级",
)
def begins_or_ends_home_teaching(f):
    return f.home_then is None or f.home_then != f.home_now


RULES = (
    in_school,
    no_open_case,
    no_problem_record,
    sits_somewhere,
    begins_or_ends_home_teaching,
    same_grade_and_school,
    class_has_room,
)


class HomeMove(
    RecordChange,
    way(LAW, decide="核准", done="已办理", rules=RULES, in_ceims="送教上门登记（取消登记）"),
):
    """送教上门：凭残疾证明和评估编入送教上门班，学籍不动，不占学位；能到校的回到班级"""

    kind_code = "home_move"
    prefix = "教"
    FACTS = MoveFacts
    FORM = HomeMoveForm
    DRAFT = ("to_class", "reason")
    VARIANTS = ({"to_class": SchoolClass(kind=SchoolClass.Kind.HOME_TEACHING)}, {"to_class": SchoolClass()})
    lead_for = ClassMove.lead_for
    own_facts = ClassMove.own_facts

    to_class = models.ForeignKey(
        SchoolClass,
        models.PROTECT,
        related_name="+",
        verbose_name="编入班级",
        help_text="没有送教上门班的，先在“班级与学位”中开班，班级类型选“送教上门”。",
    )
    reason = models.CharField("情况说明", max_length=200, help_text="残疾类型和等级，不能到校（能够到校）的情况。")

    class Meta:
        verbose_name = verbose_name_plural = "送教上门"

    def papers(self):
        begins = "残疾人证，或残疾人教育专家委员会（医院）的评估意见"
        said = begins if self.to_class.at_home else "能够到校就读的医院证明或评估意见"
        return [Paper("request", "监护人书面申请", LAW), Paper("assessment", said, LAW)]

    def change_record(self):
        today = clock.today()
        places.leave_class([self.child], on=today)
        given = {"article": LAW, "reason": self.reason, "case": self, "above_cap": False}
        places.sit_down(self.child, self.to_class, on=today, **given)
