"""Declaring the moves of a case: a django-fsm transition that also names its hand, article and words.

A kind of change writes `@move("同意", source=…, target=…, article=…)` above a method; without a hand of its own a move
belongs to the desk on which the case lies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django_fsm import transition

from law.articles import Article

from .desks import Hand, Signature
from .rules import Rule


@dataclass(frozen=True)
class Move:
    """What a button needs to know beyond source and target."""

    label: str
    article: Article
    hand: Hand | None = None
    opinion_required: bool = False
    tone: str = "primary"
    fields: tuple[str, ...] = ()
    in_ceims: str = ""
    signs: bool = True
    by_hand: bool = True
    undoes: bool = False


def move(
    label: str,
    *,
    source: str | Sequence[str],
    target,
    article: Article,
    hand: Hand | None = None,
    rules: Sequence[Rule] = (),
    opinion_required: bool = False,
    tone: str = "primary",
    fields: Sequence[str] = (),
    in_ceims: str = "",
    signs: bool = True,
    by_hand: bool = True,
    undoes: bool = False,
):
    """Declare a transition of `Case.state`.

    `fields` are the particulars the act form asks for and the method receives as keywords; `in_ceims` names the act to
    be repeated in the national system; `signs=False` marks a move that is not the desk's signature (a withdrawal);
    `by_hand=False` one that a job makes, so that no page shows a button for it; `undoes` that earlier acts in the
    national system are taken back.
    """
    described = Move(label, article, hand, opinion_required, tone, tuple(fields), in_ceims, signs, by_hand, undoes)
    return transition(field="state", source=source, target=target, conditions=list(rules), custom={"move": described})


# Sent back with a reason, or ended with one (withdrawn, overtaken, undone): neither is the desk's signature.
back = partial(move, opinion_required=True, tone="warning", signs=False)
ending = partial(move, opinion_required=True, tone="danger", signs=False)


def signature_of(desk, described: Move) -> Signature:
    """The signature a move gives on the desk where the case lies."""
    return desk.signature if desk and described.signs else Signature.NONE
