"""Whose desk a case is on: a state of a case names a desk, a desk names the hand that may act there."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Which school of the case a right is asked on."""

    LEAD = "lead"
    PEER = "peer"


class Signature(StrEnum):
    """A desk is two signatures by two accounts."""

    MAKE = "make", "经办"
    CHECK = "check", "审核"
    NONE = "", ""

    def __new__(cls, value, label):
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


@dataclass(frozen=True)
class Hand:
    """A right on one side of the case: the check of a button and the filter of a queue are both made from it."""

    right: str
    side: Side


@dataclass(frozen=True)
class Desk:
    """A place where a case waits: `stage` groups the two signatures that share one clock."""

    stage: str
    signature: Signature
    hand: Hand
    clock: str | None = "approval.stage_workdays"

    @property
    def name(self) -> str:
        return f"{self.stage}{self.signature.label}" if self.signature else self.stage
