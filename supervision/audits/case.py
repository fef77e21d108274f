"""第三十五条：每学期核查学籍变动情况——数据比对提出发现、抽查点名，学校说明整改，教育局逐项认定."""

from django.db import models
from django.db.models import Q

from approvals.desks import Desk, Signature
from approvals.models import Case
from approvals.moves import back, ending, move
from approvals.ways import BUREAU_CHECKER, CLERK, REGISTRAR, SCHOOL_CHECKER
from law import articles
from law.school_time import school_year_name
from schools.models import School
from students.models import Student

from ..orders.breaches import Breach
from .rules import (
    RULES,
    AuditFacts,
    every_child_was_looked_for,
    every_finding_is_answered,
    every_finding_is_judged,
)

LAW = articles.TERM_CHECK
MAKE, CHECK = Signature.MAKE, Signature.CHECK
AUDIT, ANSWER, CLOSE = "教育局核查", "学校说明", "教育局认定"


class TermAudit(Case):
    """学期核查：一所学校一个学期的学籍核查（第三十五条）"""

    class State(models.TextChoices):
        DRAFT = "draft", "待教育局核查"
        AUDIT_CHECK = "audit_check", "核查发现待审核"
        ANSWER = "answer", "待学校说明整改"
        ANSWER_CHECK = "answer_check", "说明待学校审核"
        CLOSE = "close", "待教育局认定"
        CLOSE_CHECK = "close_check", "认定待审核"
        DONE = "done", "核查完毕"
        WITHDRAWN = "withdrawn", "已撤回"

    kind_code = "audit"
    prefix = "核"
    ARTICLE = LAW
    OPENER = CLERK
    TEMPLATE = "supervision/audit.html"
    CLOSED = frozenset({State.DONE, State.WITHDRAWN})
    SUCCESS = frozenset({State.DONE})
    RULES = RULES
    DESKS = {
        State.DRAFT: Desk(AUDIT, MAKE, CLERK, None),
        State.AUDIT_CHECK: Desk(AUDIT, CHECK, BUREAU_CHECKER, None),
        State.ANSWER: Desk(ANSWER, MAKE, REGISTRAR, "audit.answer_workdays"),
        State.ANSWER_CHECK: Desk(ANSWER, CHECK, SCHOOL_CHECKER, "audit.answer_workdays"),
        State.CLOSE: Desk(CLOSE, MAKE, CLERK),
        State.CLOSE_CHECK: Desk(CLOSE, CHECK, BUREAU_CHECKER),
    }
    # The right by which the sheet is filled in, in the states in which it is.
    SHEET = {State.DRAFT: "bureau_make", State.ANSWER: "make_change", State.CLOSE: "bureau_make"}

    year = models.PositiveSmallIntegerField("学年（起始年）")
    term = models.PositiveSmallIntegerField("学期", choices=[(1, "第一学期"), (2, "第二学期")])
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校", editable=False)
    counts = models.BooleanField("有效", default=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "学期核查"
        constraints = [
            models.UniqueConstraint(
                fields=["school", "year", "term"], condition=Q(counts=True), name="one_audit_per_school_and_term"
            ),
            models.CheckConstraint(condition=Q(term__in=[1, 2], year__range=(2020, 2100)), name="audit_term"),
        ]

    @property
    def child(self):
        """An audit speaks of many: no page of it is the page of one child."""
        return None

    @property
    def term_name(self) -> str:
        return f"{school_year_name(self.year)}{self.get_term_display()}"

    def build_facts(self, day):
        return AuditFacts(
            day,
            unseen=self.samples.filter(result="").count(),
            unanswered=self.findings.filter(answer="").count(),
            unjudged=self.findings.filter(verdict="").count(),
        )

    def page(self, user):
        from .presenting import page_of

        return page_of(self, user)

    @move(
        "核查发现，报审核",
        source=State.DRAFT,
        target=State.AUDIT_CHECK,
        article=LAW,
        rules=[every_child_was_looked_for],
    )
    def submit(self, **_):
        from .services import add_what_the_roll_call_found

        self.accept()
        add_what_the_roll_call_found(self)

    @move("下发学校", source=State.AUDIT_CHECK, target=State.ANSWER, article=LAW, rules=[every_child_was_looked_for])
    def issue(self, **_):
        pass

    @move(
        "逐项说明，报审核",
        source=State.ANSWER,
        target=State.ANSWER_CHECK,
        article=LAW,
        rules=[every_finding_is_answered],
    )
    def answer(self, **_):
        pass

    @move(
        "说明属实，报教育局",
        source=State.ANSWER_CHECK,
        target=State.CLOSE,
        article=LAW,
        rules=[every_finding_is_answered],
    )
    def vouch(self, **_):
        pass

    @move(
        "逐项认定，报审核", source=State.CLOSE, target=State.CLOSE_CHECK, article=LAW, rules=[every_finding_is_judged]
    )
    def judge_findings(self, **_):
        pass

    @move("同意，核查完毕", source=State.CLOSE_CHECK, target=State.DONE, article=LAW, rules=[every_finding_is_judged])
    def close(self, **_):
        pass

    @back("退回重填", source=State.AUDIT_CHECK, target=State.DRAFT, article=LAW)
    def send_back(self, **_):
        self.round += 1

    @back(
        "退回学校补充说明",
        source=[State.ANSWER_CHECK, State.CLOSE, State.CLOSE_CHECK],
        target=State.ANSWER,
        article=LAW,
    )
    def ask_again(self, **_):
        """What is answered anew is judged anew."""
        self.round += 1
        self.findings.update(verdict="")

    @ending("撤回", source=[State.DRAFT, State.AUDIT_CHECK], target=State.WITHDRAWN, article=LAW, hand=CLERK)
    def withdraw(self, **_):
        self.counts = False


class AuditFinding(models.Model):
    """核查发现：一项问题、学校的说明、教育局的认定"""

    class Source(models.TextChoices):
        DATA = "data", "数据比对"
        SAMPLE = "sample", "抽查点名"
        HAND = "hand", "现场核查"

    class Answer(models.TextChoices):
        FIXED = "fixed", "已整改"
        PLANNED = "planned", "正在整改"
        EXPLAINED = "explained", "情况说明（不属问题）"

    class Verdict(models.TextChoices):
        CLEARED = "cleared", "销号"
        WATCHED = "watched", "继续跟踪"
        ORDERED = "ordered", "转责令改正"

    case = models.ForeignKey(TermAudit, models.PROTECT, related_name="findings", verbose_name="案件")
    source = models.CharField("来源", max_length=8, choices=Source)
    breach = models.CharField("情形", max_length=1, choices=Breach)
    title = models.CharField("问题", max_length=120)
    number = models.PositiveIntegerField("数量", default=1)
    url = models.CharField("明细", max_length=200, blank=True)
    answer = models.CharField("学校说明", max_length=10, choices=Answer, blank=True)
    words = models.CharField("说明内容", max_length=300, blank=True)
    verdict = models.CharField("认定", max_length=10, choices=Verdict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "核查发现"
        ordering = ["breach", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["case", "source", "title"], name="audit_finding_once"),
            models.CheckConstraint(condition=Q(breach__in=Breach.values), name="audit_finding_breach"),
            models.CheckConstraint(
                condition=Q(answer__in=["", "fixed", "planned", "explained"]), name="audit_finding_answer"
            ),
            # Nothing is judged unheard.
            models.CheckConstraint(
                condition=Q(verdict="") | Q(verdict__in=["cleared", "watched", "ordered"]) & ~Q(answer=""),
                name="audit_finding_heard",
            ),
        ]

    def __str__(self):
        return f"{self.case} {self.title}"


class AuditSample(models.Model):
    """抽查学生：到校点名时这名学生在不在、手续全不全"""

    class Result(models.TextChoices):
        PRESENT = "present", "在校"
        LEAVE = "leave", "请假，有手续"
        ABSENT = "absent", "不在校（人籍分离）"
        OTHER_CLASS = "other_class", "在校，不在本班"

    case = models.ForeignKey(TermAudit, models.PROTECT, related_name="samples", verbose_name="案件")
    child = models.ForeignKey(Student, models.PROTECT, related_name="+", verbose_name="学生")
    place = models.CharField("班级", max_length=40, blank=True)
    result = models.CharField("点名结果", max_length=12, choices=Result, blank=True)
    note = models.CharField("备注", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "抽查学生"
        ordering = ["place", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["case", "child"], name="audit_sample_once"),
            models.CheckConstraint(
                condition=Q(result__in=["", "present", "leave", "absent", "other_class"]), name="audit_sample_result"
            ),
        ]

    def __str__(self):
        return f"{self.case} {self.child}"
