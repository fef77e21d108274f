"""The five books of 第十条: what each is called, when it is closed, its columns, where its lines come from."""

from collections.abc import Callable
from dataclasses import dataclass, replace

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


REMARK = Column("remark", "备注", 30)
WHOLE = {"registry_number", "id_number", "certificate", "birth_date", "phone", "day", "filed_on", "case"}
NARROW = 18  # millimetres: a head of four characters needs most of it


def gives_way(column: Column) -> bool:
    """Whether a column of words may be narrower on a correction page."""
    return column.key not in WHOLE and column.width >= NARROW


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

    def columns_of(self, part) -> tuple[Column, ...]:
        """The columns of a part of the book: on a correction page the last one tells what was done to the line and what
        stood there before, and the words beside it give way; numbers and dates keep their width."""
        if part is None or not part.amendment:
            return self.columns
        others = [column for column in self.columns if column.key != REMARK.key]
        room = sum(column.width for column in self.columns) - REMARK.width
        giving = sum(column.width for column in others if gives_way(column))
        share = (room - sum(column.width for column in others) + giving) / giving
        return *(replace(one, width=round(one.width * share, 1)) if gives_way(one) else one for one in others), REMARK

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
