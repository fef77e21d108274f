"""What the page of a change shows: the child, what is asked for, who has signed, which rules hold."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from accounts.policies import may
from approvals.presenting import desk_line, verdict_of
from approvals.rules import Level, judge
from law import clock, parameters
from law.school_time import school_year_of
from schools.models import SchoolClass

from .presenting import person_line
from .standing import last_place


def page_of(case, user) -> dict:
    """Context of `students/change.html`."""
    child = case.child
    draft = case.state == case.State.DRAFT
    keeps = draft and may(user, case.OPENER.right, case.lead_school_id)
    return {
        "child": child,
        "person": person_line(child, user, place_name(child)),
        "desks": desks_of(case),
        "desks_note": "每个环节经办、审核两人签字",
        "lines": lines_of(case),
        **(verdict_of(judge([*case.RULES, *case.AWAITED], case.facts)) if case.is_open else {}),
        "today": case.accepted_on or clock.today(),
        "draft_url": reverse("students:change_draft", args=[case.number])
        if keeps and (case.DRAFT or case.BESIDE)
        else "",
        "prints": [{"form": code, "label": label} for code, label in prints_of(case)],
    }


def prints_of(case) -> list[tuple[str, str]]:
    """The kind's own forms, and what a family takes home in this state (一次性告知)."""
    if case.state == case.State.REFUSED:
        return [*case.PRINTS, ("refusal_notice", "不予受理告知书")]
    if case.state in case.SUCCESS:
        return [*case.PROOFS, *case.PRINTS, ("acceptance_receipt", "受理回执")]
    if case.accepted_on:
        return [*case.PRINTS, ("acceptance_receipt", "受理回执")]
    if not case.is_open:
        return list(case.PRINTS)
    unlawful = bool(judge(case.RULES, case.facts).of(Level.HARD))
    refused = [("refusal_notice", "不予受理告知书")] if unlawful else []
    return [*case.PRINTS, ("one_time_notice", "一次性告知单"), *refused]


def place_name(child) -> str:
    """The class in which the child sits or sat last, as people call it."""
    place = last_place(child)
    return place.school_class.name_in(school_year_of(clock.today())) if place else ""


def desks_of(case, stages: Sequence[str] = ()) -> list[dict]:
    """The desk line of a case; `stages` where not every case of the kind passes all of them."""
    school, bureau = case.lead_school.short_name, str(case.lead_school.bureau)
    units = {desk.stage: bureau if desk.hand.right.startswith("bureau") else school for desk in case.DESKS.values()}
    limit = parameters.on(case.accepted_on or clock.today())["approval.stage_workdays"]
    return desk_line(case, [(stage, units[stage]) for stage in stages or case.STAGES], limit)


def lines_of(case) -> list[dict]:
    """The draft as label and words."""
    rows = [{"label": case._meta.get_field(n).verbose_name, "value": in_words(case, n)} for n in case.DRAFT]
    rows += case.lines_beside()
    if case.exception_reason:
        rows.append({"label": "特批理由", "value": case.exception_reason})
    return [*rows, {"label": "受理日期", "value": in_words(case, "accepted_on") or "未受理"}]


def in_words(case, name: str) -> str:
    """A column as people write it: choices by label, days in Chinese, a class by its present name."""
    field, value = case._meta.get_field(name), getattr(case, name)
    if value in (None, ""):
        return ""
    if field.choices:
        return str(getattr(case, f"get_{name}_display")())
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value:%Y年%-m月%-d日}"
    if isinstance(value, SchoolClass):
        return value.name_in(school_year_of(clock.today()))
    return str(value)
