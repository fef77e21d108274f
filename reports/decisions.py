"""Opinion blocks of a case decided along a way: what was signed, and empty cells for what was not."""

from approvals.models import Case, Step
from approvals.presenting import signature_of_step, stage_steps

from .contact import opinion_of
from .wording import day

# stage → caption of its block and the title of its second signer
Blocks = dict[str, tuple[str, str]]


def blank_blocks(blocks: Blocks) -> list[dict]:
    return [{"caption": caption, "chief": chief} for caption, chief in blocks.values()]


def opinion_blocks(case: Case, blocks: Blocks) -> list[dict]:
    return [block_of(case, stage, *words) for stage, words in blocks.items()]


def block_of(case: Case, stage: str, caption: str, chief: str) -> dict:
    signed = {step.signature: step for step in stage_steps(case).get(stage, [])}
    maker, decider = signed.get("make"), signed.get("check") or sole_signer(case, stage)
    return {
        "caption": caption,
        "chief": chief,
        "opinion": opinion_of(decider) if decider else "",
        "maker": signature_of_step(maker)["name"] if maker else ("—" if decider else ""),
        "checker": signature_of_step(decider)["name"] if decider else "",
        "signed_on": day(decider.acted_on) if decider else "",
    }


def sole_signer(case: Case, stage: str) -> Step | None:
    """A desk of one signature has neither maker nor checker: its last decision in this round speaks."""
    steps = case.steps.filter(stage=stage, round=case.round, signature="", target__in=["done", "refused"])
    return steps.select_related("actor", "appointment__user").order_by("pk").last()
