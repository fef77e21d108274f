"""毕业生去向核对表 of a primary and a junior school (第三十一条): the lines both schools sign."""

from collections import Counter

from law.school_time import school_year_name
from suspensions.leavers_board.board import Where, last_day
from suspensions.models import Pairing

from .wording import day

SIGNERS = {"submit": "小学经办", "vouch": "小学审核", "confirm": "初中经办", "countersign": "初中审核"}


def pairing_sheet(case: Pairing | None) -> dict:
    """Values of the sheet as the primary school submitted it; blank for None."""
    if case is None:
        signers = [{"label": label} for label in SIGNERS.values()]
        return {"rows": [{} for _ in range(11)], "signers": signers, "decision": "空白表"}
    rows = list(case.submitted())
    counted = Counter(row.where for row in rows)
    return {
        "case_number": case.number,
        "primary": case.primary.name,
        "junior": case.junior.name,
        "year": school_year_name(case.year),
        "last_day": day(last_day(case.year)),
        "heads": len(rows),
        "said": "，".join(f"{Where(where).label}{count}名" for where, count in counted.most_common()),
        "rows": [{"name": row.child.name, "sex": row.child.sex_name, "words": row.words} for row in rows],
        "signers": signers_of(case),
        "decision": case.state_name,
    }


def signers_of(case: Pairing) -> list[dict]:
    """The four signatures of the present round, in their order."""
    steps = case.steps.filter(round=case.round, action__in=SIGNERS).select_related("actor")
    signed = {step.action: step for step in steps}
    return [
        {"label": label, "name": signed[action].actor.name, "on": day(signed[action].acted_on)}
        if action in signed
        else {"label": label}
        for action, label in SIGNERS.items()
    ]
