"""第十二条：监护人凭《居民户口簿》等证明申请修改基础信息，学校核准，县级核准；学籍号不因证件号变更而变."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from approvals.errors import Refused
from approvals.materials import Paper
from approvals.ways import way
from law import articles, clock

from .. import corrections, freeze
from ..changes import RecordChange
from ..correction_forms import CorrectionForm
from ..correction_rules import RULES, CorrectionFacts
from ..dictionary.fields import by_attribute
from ..importing.names import read_name


class Ground(models.TextChoices):
    CHANGED = "changed", "户口登记或证件已变更"
    MISTYPED = "mistyped", "学校录入差错"


class Correction(
    RecordChange,
    way(articles.CORRECTION, decide="核准变更", done="已变更", rules=RULES, in_ceims="学生基础信息变更核办"),
):
    """基本信息变更：一件变更一名学生的一项或多项，逐项留存改前改后"""

    Ground = Ground
    kind_code = "correction"
    prefix = "更"
    FACTS = CorrectionFacts
    FORM = CorrectionForm
    DRAFT = ("ground", "reason_note")
    BESIDE = ("changes",)
    PRINTS = (("correction_form", "学籍信息变更申请表"), ("consistency_sheet", "一致性核对单"))
    VARIANTS = ({"ground": Ground.CHANGED}, {"ground": Ground.MISTYPED})

    ground = models.CharField("变更原因", max_length=8, choices=Ground, default=Ground.CHANGED)
    reason_note = models.CharField("原因说明", max_length=200, help_text="如：户口簿已更名；入学登记时输错一位。")

    class Meta:
        verbose_name = verbose_name_plural = "基本信息变更"
        constraints = [
            models.CheckConstraint(condition=Q(ground__in=["changed", "mistyped"]), name="correction_ground")
        ]

    @classmethod
    def own_facts(cls, child, on, given):
        today = max(on, clock.today())
        known = {
            "today": today,
            "windows": freeze.windows_from(today),
            "mistyped": given.get("ground") == Ground.MISTYPED,
        }
        if "changes" not in given:
            return known
        changes = corrections.asked_of(child, given["changes"])
        verdicts = [read_name(changes[name])[1] for name in ("name", "former_name") if changes.get(name)]
        faults = [verdict.message for verdict in verdicts if verdict and verdict.level == "error"]
        if "name" in changes and not changes["name"]:
            faults.append("姓名不能为空")
        faults += corrections.faults_of_number(child, changes, today)
        number = changes.get(corrections.NUMBER)
        holder = corrections.holder_elsewhere(child, number) if number else ""
        return known | {"fields": tuple(changes), "faults": "；".join(faults), "holder": holder}

    def given(self):
        return super().given() | {"changes": corrections.changes_of(self)}

    def keep_draft(self, given):
        if "changes" in given:
            child = self.child
            corrections.keep_items(self, child, corrections.asked_of(child, given["changes"]))

    def lines_beside(self):
        words = [corrections.words_of_item(item) for item in self.items.all()]
        return [
            {"label": label, "value": f"{before or '（空）'} → {after or '（空）'}"} for label, before, after in words
        ]

    def papers(self):
        asked = [
            Paper("correction_form", "《学生学籍信息变更申请表》（监护人签字）", articles.CORRECTION),
            Paper("household_book", "《居民户口簿》及复印件", articles.CORRECTION),
        ]
        if self.ground == Ground.MISTYPED:
            return [*asked, Paper("consistency_sheet", "一致性核对单（监护人签字）", articles.EXAM_FREEZE)]
        return [*asked, Paper("change_proof", "公安机关变更证明或其他证明文件", articles.CORRECTION)]

    def change_record(self):
        corrections.carry_out(self)

    def undo_effect(self):
        """Undoing changes key fields too: in a freeze only what the leader had exempted goes back."""
        if not self.exception_rules and self.facts_of_undoing().frozen:
            raise Refused("中考冻结期内不能撤销涉及九年级关键信息的变更，请待冻结期结束（第十四条）。")
        with freeze.declared(exempt=self.pk if self.exception_rules else None):
            super().undo_effect()

    def facts_of_undoing(self) -> CorrectionFacts:
        facts = self.facts_for(self.child, clock.today(), case=self)
        return CorrectionFacts(**vars(facts) | {"fields": tuple(item.field for item in self.items.all())})


class CorrectionItem(models.Model):
    """变更项目：一个栏目由什么改为什么；草稿中可换，提交后不改不删，证件号只存密文与末四位"""

    case = models.ForeignKey(Correction, models.PROTECT, related_name="items", verbose_name="变更案件")
    field = models.CharField("栏目", max_length=30)
    before = models.JSONField("改前", null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("改后", null=True, encoder=DjangoJSONEncoder)
    cipher = models.BinaryField("新证件号密文", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "变更项目"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["case", "field"], name="correction_field_once"),
            models.CheckConstraint(
                condition=Q(field="id_number", cipher__isnull=False) | (~Q(field="id_number") & Q(cipher=None)),
                name="correction_number_is_sealed",
            ),
        ]

    def __str__(self):
        return f"{self.case} {self.field}"

    @property
    def label(self) -> str:
        return by_attribute(self.field).label
