"""第八条：佐证——学校以证明材料说明被报为问题学籍的记录属实，核准后同一问题永不再报."""

from dataclasses import dataclass

from django.db import models

from approvals.materials import Paper
from approvals.rules import rule
from approvals.ways import way
from law import articles
from students.change_forms import ChangeForm
from students.changes import RecordChange
from students.models.problem import Problem
from students.standing import Standing, no_open_case

from . import findings


@dataclass(frozen=True)
class ProofFacts(Standing):
    """佐证要看的事实：学生有几项待处理的问题，所选的一项是否仍待处理."""

    open_findings: int = 0
    chosen_is_open: bool = True


@rule(
    "学生没有待处理的问题学籍",
    articles.NO_FALSE_RECORD,
    remedy="无须佐证；信息有误的请办理基础信息变更",
    kept="学生有待处理的问题学籍",
)
def has_an_open_problem(f):
    return f.open_findings > 0


@rule(
    "所选的一项问题学籍已经处理完毕",
    articles.NO_FALSE_RECORD,
    remedy="请撤回本件，或另选仍待处理的一项",
    kept="所选的问题学籍仍待处理",
)
def chosen_problem_is_open(f):
    return f.chosen_is_open


class ProofForm(ChangeForm):
    """Only findings about this child that are still open can be chosen."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = self.instance.problem_id
        mine = Problem.objects.about(self.child)
        self.fields["problem"].queryset = mine.filter(pk=chosen) if chosen else mine.open()
        self.fields["problem"].empty_label = None


class Proof(
    RecordChange,
    way(
        articles.NO_FALSE_RECORD,
        decide="佐证属实，解除问题学籍",
        done="已佐证",
        rules=(has_an_open_problem, chosen_problem_is_open, no_open_case),
        in_ceims="问题学籍佐证",
    ),
):
    """问题学籍佐证：记录属实的一项问题永久解除；涉及两名学生的，两名学生一并解除"""

    kind_code = "proof"
    prefix = "佐"
    FACTS = ProofFacts
    FORM = ProofForm
    DRAFT = ("problem", "explanation")
    PRINTS = (("problem_form", "问题学籍处理申请表"),)

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="proofs", verbose_name="佐证哪一项问题")
    explanation = models.CharField(
        "情况说明", max_length=200, help_text="如：两名学生同名同日生，户口簿所载父母、住址均不同。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "问题学籍佐证"

    @classmethod
    def own_facts(cls, child, on, given):
        mine = set(Problem.objects.about(child).open().values_list("pk", flat=True))
        problem = given.get("problem")
        return {"open_findings": len(mine), "chosen_is_open": problem is None or problem.pk in mine}

    @classmethod
    def children_for(cls, child, given):
        """A pair is one matter: while it is being proved neither of the two is changed otherwise."""
        partner = given["problem"].partner_of(child)
        return [child, *([partner] if partner else [])]

    @classmethod
    def peer_for(cls, child, given):
        """The other child's school sees the case once it is handed in."""
        partner = given["problem"].partner_of(child) if given.get("problem") else None
        return partner.school if partner and partner.school_id != child.school_id else None

    def papers(self):
        return [
            Paper("in_school_proof", "学校盖章的在校就读证明", articles.NO_FALSE_RECORD),
            Paper("identity_scan", "户口簿（本人页、户主页）或身份证原件扫描件", articles.NO_FALSE_RECORD),
        ]

    def change_record(self):
        findings.settle(Problem.objects.filter(pk=self.problem_id), self, Problem.State.PROVED)
