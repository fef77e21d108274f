"""第十条：结册——学籍管理员结册，校长核对签字；结后只增不改，差错另作更正页，不能撤销."""

from django.db import models
from django.db.models import Q

from approvals.desks import Desk, Hand, Side, Signature
from approvals.materials import facts_of_papers
from approvals.ways import DRAFT, REGISTRAR, SCHOOL, SCHOOL_CHECK, way
from law import articles

from .rules import RULES

HEADMASTER = Hand("sign_change", Side.LEAD)


class BookClosing(
    way(articles.BOOKS, decide="校长核对无误，结册", done="已结册", rules=RULES, bureau=False),
):
    """簿册结册（第十条）：一册一结，两人签字；撤并学校未结的簿册由接收学校结"""

    kind_code = "book_closing"
    prefix = "簿"
    TEMPLATE = "reports/book_closing.html"
    DESKS = {
        DRAFT: Desk(SCHOOL, Signature.MAKE, REGISTRAR, None),
        SCHOOL_CHECK: Desk(SCHOOL, Signature.CHECK, HEADMASTER),
    }

    # A book, not a school: when schools are merged, open cases go over, the book stays the old school's.
    book = models.ForeignKey("reports.Book", models.PROTECT, related_name="closings", verbose_name="簿册")
    until = models.DateField("止日（含）", help_text="本册记到这一天；这一天以后的变动记入下一册。")
    amendment = models.PositiveSmallIntegerField("更正页号（本册为0）", default=0)
    reason = models.CharField("更正理由", max_length=200, blank=True)
    digest = models.CharField("提交时内容摘要", max_length=64, blank=True, editable=False)
    site = models.CharField("核验网址", max_length=200, blank=True, editable=False)
    running = models.BooleanField("在办", default=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "簿册结册"
        constraints = [
            models.UniqueConstraint(fields=["book"], condition=Q(running=True), name="one_closing_of_a_book"),
            models.CheckConstraint(condition=Q(amendment=0) | ~Q(reason=""), name="book_correction_has_reason"),
        ]

    # A closed book is for ever: there is no way back, only a further page (第十条 永久保存).
    undo = None

    @property
    def child(self):
        return None

    def papers(self):
        return []

    def build_facts(self, day):
        from .closing import facts_of_case

        return facts_of_case(self, day, **facts_of_papers(self))

    def accept(self):
        """Handed in: the content the headmaster is asked about."""
        from .closing import present_digest

        super().accept()
        self.digest = present_digest(self)

    def take_effect(self):
        from .closing import close_book

        close_book(self)

    def let_go(self):
        self.running = False

    def particulars_of(self, action, given):
        """The signed step keeps number and digest of what was closed."""
        kept = {"number": self.made.number, "digest": self.made.digest} if action == "approve" else {}
        return super().particulars_of(action, given) | kept

    def page(self, user):
        from .presenting import page_of_closing

        return page_of_closing(self, user)
