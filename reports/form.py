"""What a form is: its article, who may print it, where its content comes from, how it may be asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field

from approvals.models import Case
from law.articles import Article
from students.models.record_change import TAKEN_BACK

from .subject import Sheet

ANY_TRANSFER = frozenset({"transfer"})
UNDONE = frozenset({"withdrawn", *TAKEN_BACK})


@dataclass(frozen=True)
class Form:
    """One official form.

    `data(case)` gives the plain values of the filled form, `data(None)` those of the blank one, or raises NotPrintable.
    `reads` names the numbers that appear in full, each of which leaves a look in the log; `void_in` the states in which
    a paper printed earlier can no longer be relied on. A form without kinds is about a `sheets.Sheet`: a class, a list.
    """

    code: str
    title: str
    article: Article
    data: Callable[..., dict]
    kinds: frozenset[str] = ANY_TRANSFER
    rights: tuple[str, ...] = ("view_school",)
    page: str = "letter"
    one_page: bool = False
    # A leaf that is printed on both sides has two.
    sides: int = 1
    reads: tuple[str, ...] = ()
    void_in: frozenset[str] = field(default=UNDONE)
    # A form about each child of a case about many: `data(case, child)`, or every child when none is named.
    each_child: bool = False
    # A form that also prints without a case, for every child of a class: `of_child(child, school_class)`.
    of_child: Callable[..., dict] | None = None
    # The only grade in which the children of a class have it.
    only_grade: int | None = None
    # A form about one certificate: `of_paper(certificate)`, and its printer where the form is 套打, gives a Sheet.
    of_paper: Callable[..., Sheet] | None = None
    layout: str = ""

    @property
    def fits_a_page(self) -> bool:
        """Letters, and forms made for one leaf, are set tighter before they take another page."""
        return self.one_page or self.page == "letter"

    @property
    def in_batches(self) -> bool:
        """Whether many can be printed at once: of children, of certificates, or of cases."""
        return bool(self.of_child or self.of_paper or self.kinds)

    def covers(self, case: Case) -> bool:
        return case.kind in self.kinds or "*" in self.kinds and case.model.NOTICES

    @property
    def template(self) -> str:
        return f"reports/forms/{self.layout or self.code}.html"
