"""第二十五条：特教学校与普通学校之间就读，学籍转入新学校或保留在原学校；以及结束随班就读."""

from django.db import models
from django.db.models import Q

from approvals.materials import Paper
from approvals.ways import way
from law import articles
from schools.models import School, SchoolClass
from students.changes import RecordChange
from students.standing import last_place

from ..inclusion import move_chair, move_record
from ..inclusion_facts import InclusionFacts, attended_by, facts_of_class
from ..inclusion_forms import InclusionForm
from ..inclusion_rules import BEGINNING, ENDING


class Record(models.TextChoices):
    STAYS = "stays", "学籍保留在原学校"
    FOLLOWS = "follows", "学籍转入就读学校"


class Ending(models.TextChoices):
    RETURNS = "returns", "回到学籍所在学校就读"
    FOLLOWS = "follows", "学籍转入现就读学校"


class Inclusion(
    RecordChange,
    way(
        articles.INCLUSION,
        decide="准予就读",
        done="已准予就读",
        rules=BEGINNING,
        in_ceims="随班就读登记（学籍转入的办理转学）",
    ),
):
    """第二十五条：特教学校与普通学校之间就读，学籍可以保留在原学校，也可以转入"""

    kind_code = "inclusion"
    prefix = "随"
    FACTS = InclusionFacts
    FORM = InclusionForm
    DRAFT = ("to_class", "record")

    to_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+", verbose_name="编入班级")
    record = models.CharField("学籍", max_length=8, choices=Record, default=Record.STAYS)

    class Meta:
        verbose_name = verbose_name_plural = "特教与普通学校之间就读"
        constraints = [models.CheckConstraint(condition=Q(record__in=Record.values), name="inclusion_record")]

    @classmethod
    def own_facts(cls, child, on, given):
        to_class, attends = given.get("to_class"), attended_by(child)
        facts = {"attends": str(attends or ""), "from_special": child.school.kind == School.Kind.SPECIAL}
        if to_class:
            facts["to_special"] = to_class.school.kind == School.Kind.SPECIAL
        return facts | facts_of_class(to_class, theirs=True)

    @classmethod
    def peer_for(cls, child, given):
        return given["to_class"].school if given.get("to_class") else None

    @property
    def to_school(self) -> School:
        """The school the child will attend."""
        return self.to_class.school

    def papers(self):
        return [
            Paper("request", "监护人书面申请（写明学籍保留或转入）", articles.INCLUSION),
            Paper("assessment", "残疾人证，或残疾人教育专家委员会（医院）的评估意见", articles.INCLUSION),
        ]

    def change_record(self):
        (move_record if self.record == Record.FOLLOWS else move_chair)(self, self.child, self.to_class)


class InclusionEnd(
    RecordChange,
    way(
        articles.INCLUSION,
        decide="准予结束",
        done="已结束随班就读",
        rules=ENDING,
        in_ceims="取消随班就读登记（学籍转入的办理转学）",
    ),
):
    """第二十五条：结束随班就读——回到学籍所在学校，或者学籍转入现就读学校"""

    kind_code = "inclusion_end"
    prefix = "随"
    FACTS = InclusionFacts
    DRAFT = ("ending", "to_class")
    VARIANTS = ({"ending": Ending.RETURNS}, {"ending": Ending.FOLLOWS})

    ending = models.CharField("怎样结束", max_length=8, choices=Ending, default=Ending.RETURNS)
    to_class = models.ForeignKey(
        SchoolClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="回校编入班级",
        help_text="学籍转入现就读学校的不填，仍在现在的班级。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "结束随班就读"
        constraints = [
            models.CheckConstraint(
                condition=Q(ending="returns", to_class__isnull=False) | Q(ending="follows", to_class=None),
                name="inclusion_end_class",
            )
        ]

    @classmethod
    def own_facts(cls, child, on, given):
        attends, to_class = attended_by(child), given.get("to_class")
        facts = {"attends": str(attends or "")}
        if given.get("ending") == Ending.RETURNS:
            facts["class_missing"] = to_class is None
        elif to_class:
            facts["class_is_theirs"] = False
            return facts
        return facts | facts_of_class(to_class, theirs=bool(to_class) and to_class.school_id == child.school_id)

    @classmethod
    def peer_for(cls, child, given):
        return attended_by(child)

    def papers(self):
        return [Paper("request", "监护人书面申请", articles.INCLUSION)]

    def change_record(self):
        if self.ending == Ending.FOLLOWS:
            return move_record(self, self.child, last_place(self.child).school_class)
        return move_chair(self, self.child, self.to_class)
