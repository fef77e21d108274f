"""The five books of 第十条: what each is called, when it is closed, its columns, where its lines come from."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models

from ..rosters import GRADUATES, NEWCOMERS, Column
from . import cards, graduates, movements, newcomers, transfers
from .reading import Reading, Scope


class Kind(models.TextChoices):
    NEWCOMERS = "newcomers", "新生花名册"
    MOVEMENTS = "movements", "学生增加（减少）情况登记表"
    CARDS = "cards", "学籍卡"
    TRANSFERS = "transfers", "转学联系表"
    GRADUATES = "graduates", "毕业生花名册"


@dataclass(frozen=True)
class BookKind:
    """One of the five.

    `mark` stands in the number of a closed book; `terms` are those at whose end it is closed; `watched` the values
    whose later change makes a correction page; `nil` says whether a book without lines is closed as well (an empty
    ledger of a term is a statement, an empty roster is none).
    """

    kind: Kind
    mark: str
    terms: tuple[int, ...]
    columns: tuple[Column, ...]
    read: Callable[[Scope], Reading]
    form: str
    watched: tuple[str, ...]
    nil: bool = False
    # The lines alone, for the screen, where `read` brings along what only the paper shows.
    glance: Callable[[Scope], Reading] | None = None
    noun: str = "名学生"

    @property
    def title(self) -> str:
        return str(self.kind.label)

    @property
    def continues(self) -> bool:
        """Whether a book goes on where the one before ended: then they are closed one after the other."""
        return len(self.terms) > 1


PERSON = ("name", "sex", "birth_date", "id_number")
BOOKS: dict[str, BookKind] = {
    each.kind.value: each
    for each in (
        BookKind(Kind.NEWCOMERS, "新", (1,), NEWCOMERS, newcomers.read, "newcomers_book", PERSON),
        BookKind(
            Kind.MOVEMENTS, "增", (1, 2), movements.COLUMNS, movements.read, "movements_book",
            ("name", "kind", "where", "day", "case"), nil=True, noun="人次",
        ),
        BookKind(
            Kind.CARDS, "卡", (2,), cards.COLUMNS, cards.read, "cards_book", PERSON, glance=cards.glance,
            noun="张学籍卡",
        ),
        BookKind(
            Kind.TRANSFERS, "转", (1, 2), transfers.COLUMNS, transfers.read, "transfers_book",
            ("name", "side", "where", "day", "case"), nil=True, glance=transfers.glance, noun="人次",
        ),
        BookKind(
            Kind.GRADUATES, "毕", (2,), GRADUATES, graduates.read, "graduates_book", (*PERSON, "passed", "certificate"),
        ),
    )
}  # fmt: skip
ORDER = [(code, term) for term in (1, 2) for code, each in BOOKS.items() if term in each.terms]
