"""What the page of a 学习经历证明 shows: the person as the book says, the desks, the rules, the paper once issued."""

from django.urls import reverse

from accounts.policies import may
from approvals.presenting import verdict_of
from approvals.rules import judge

from ..change_pages import desks_of, in_words, prints_of
from ..presenting import person_line

SHOWN = ("stage", "entered_month", "left_month", "certificate_number", "roll_book", "lost_how")


def page_of(case, user) -> dict:
    child, draft = case.child, case.state == case.State.DRAFT
    keeps = draft and may(user, case.OPENER.right, case.lead_school_id)
    address = "students:change_draft" if child else "students:schooling_proof_draft"
    return {
        "person": person_line(child, user, "") if child else None,
        "desks": desks_of(case),
        "desks_note": "每个环节经办、审核两人签字",
        "lines": lines_of(case),
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
        "draft_url": reverse(address, args=[case.number]) if keeps else "",
        "prints": [{"form": code, "label": label} for code, label in prints_of(case) if fits(code, case)],
    }


def fits(code: str, case) -> bool:
    """The proof itself prints once it is issued; slips that address a child's family need a child."""
    return code == "schooling_proof" or case.child is not None


def lines_of(case) -> list[dict]:
    person = f"{case.name}，{case.get_sex_display()}，{case.birth_date:%Y年%-m月%-d日}出生"
    rows = [{"label": "毕业生", "value": person}]
    rows += [{"label": case._meta.get_field(n).verbose_name, "value": in_words(case, n)} for n in SHOWN]
    if case.proof_number:
        word = "" if case.stands else "（已撤销，作废）"
        rows.append({"label": "证明编号", "value": f"{case.proof_number}{word}"})
        rows.append({"label": "出具日期", "value": in_words(case, "issued_on")})
    return [*rows, {"label": "受理日期", "value": in_words(case, "accepted_on") or "未受理"}]
