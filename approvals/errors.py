"""Why the door stayed shut, in words for the person in front of it."""

from .models import Case, Step
from .rules import Verdict


class Refused(Exception):
    """Base of all refusals; `sentences` is what the page shows."""

    sentences: list[str]

    def __init__(self, *sentences: str):
        super().__init__(*sentences)
        self.sentences = list(sentences)

    @property
    def rows(self) -> list[dict]:
        """The sentences as the refusal notice draws them."""
        return [{"message": sentence} for sentence in self.sentences]


class NotYourHand(Refused):
    """The account holds no right for this act on this desk, or would sign twice on one desk."""


def whose_turn(case: Case) -> str:
    """Who is to be asked, in words: 本件现由建平县教育局在“教育局”环节办理，请与该处联系。"""
    stage = case.desk_stage or case.state_name
    holder = case.desk_holder
    return f"本件现由{holder}在“{stage}”环节办理，请与该处联系。" if holder else f"本件现为“{case.state_name}”。"


class TooLate(Refused):
    """Somebody acted first: the case has left the state in which this act was possible."""

    def __init__(self, case, last: Step | None):
        done = f"{last.actor.name}已于{last.acted_on:%Y年%-m月%-d日}办理“{last.label}”" if last else "状态已变化"
        super().__init__(f"{case.number} {done}，现为“{case.state_name}”，本次操作未生效，请按最新状态办理。")
        self.last = last


class RulesBroken(Refused):
    """The law forbids the act; every broken rule is told at once (一次性告知)."""

    def __init__(self, verdict: Verdict):
        super().__init__(*[finding.sentence for finding in verdict.broken])
        self.verdict = verdict


class ChildBusy(Refused):
    """The child already has an open change (第二十四条)."""
