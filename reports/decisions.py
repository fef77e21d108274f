"""Opinion blocks of a case decided along a way: what was signed, and empty cells for what was not."""

from approvals.models import Case, Step
from approvals.presenting import signature_of_step, stage_steps, steps_of

from .contact import opinion_of
from .errors import NotPrintable
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


def signers_of(case: Case, stage: str) -> list[str]:
    """Maker and checker of the latest round in which a stage was signed, with the day of the second."""
    signed = {step.signature: step for step in stage_steps(case).get(stage, [])}
    maker, checker = signed.get("make"), signed.get("check")
    return [
        signature_of_step(maker)["name"] if maker else "",
        signature_of_step(checker)["name"] if checker else "",
        day(checker.acted_on) if checker else "",
    ]


def step_of(case: Case, action: str, said: str) -> Step:
    """The last step of this kind. Raises NotPrintable when it has not been taken."""
    taken = [step for step in steps_of(case) if step.action == action]
    if not taken:
        article = case.model.ARTICLE
        raise NotPrintable(f"{case.number}现为“{case.state_name}”，还没有{said}，不能打印（{article}）。")
    return taken[-1]


def sole_signer(case: Case, stage: str) -> Step | None:
    """A desk of one signature has neither maker nor checker: its last decision in this round speaks."""
    steps = case.steps.filter(stage=stage, round=case.round, signature="", target__in=["done", "refused"])
    return steps.select_related("actor", "appointment__user").order_by("pk").last()
