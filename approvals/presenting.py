"""What the pages draw of a case: desk line, history, papers, verdict. Reads rows, decides nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse

from law import clock
from law.articles import COUNTY
from law.parameters import DEFINITIONS
from law.workdays import Calendar

from .models import Case, Material, Scan, Step
from .rules import Level, Verdict

COLOURS = {Level.HARD: "red", Level.SOFT: "amber", Level.WARN: "amber"}
MATERIAL_STATES = {"missing": "missing", "handed": "filed", "returned": "returned", "checked": "checked"}
STEP_TONES = {"danger": "refused", "warning": "soon"}


def days_left(cases: Iterable[Case]) -> dict[int, int | None]:
    """Working days left per case id, for a whole list with one look at the calendar."""
    cases, today = list(cases), clock.today()
    dues = [c.due_on for c in cases if c.due_on]
    if not dues:
        return {c.pk: None for c in cases}
    calendar = Calendar.between(min(*dues, today), max(*dues, today))
    return {c.pk: calendar.count(today, c.due_on) if c.due_on else None for c in cases}


def with_days(cases: Iterable[Case]) -> list[Case]:
    """The same cases, each carrying `left` for the deadline mark."""
    cases = list(cases)
    left = days_left(cases)
    for case in cases:
        case.left = left[case.pk]
    return cases


def signature_of_step(step: Step) -> dict:
    """One signature as the desk line draws it; a deputy signs with both names."""
    name = step.actor.name
    if step.deputising and step.appointment:
        name = f"{name}（代{step.appointment.user.name}）"
    return {
        "role": {"make": "经办", "check": "审核"}.get(step.signature, "办理"),
        "name": name,
        "on": step.acted_on,
        "result": step.label,
    }


def stage_steps(case: Case) -> dict[str, list[Step]]:
    """stage → its signed steps of the latest round in which the stage was signed."""
    stages: dict[str, list[Step]] = defaultdict(list)
    alone = _acts_alone(case)
    for step in steps_of(case):
        if not step.stage or not (step.signature or (step.source, step.action) in alone):
            continue
        if stages[step.stage] and stages[step.stage][-1].round != step.round:
            stages[step.stage] = []
        stages[step.stage].append(step)
    return stages


def _acts_alone(case: Case) -> set[tuple[str, str]]:
    """(state, move) by which a desk of one hand is passed: such a step bears no mark of 经办 or 审核."""
    return {
        (transition.source, transition.name)
        for transition in case.get_all_state_transitions()
        if (desk := case.desk_of(transition.source)) and not desk.signature and transition.custom["move"].signs
    }


def steps_of(case: Case) -> list[Step]:
    """All steps with their people, loaded once per case instance."""
    if not hasattr(case, "_steps"):
        case._steps = list(case.steps.select_related("actor", "appointment__user", "appointment__school"))
    return case._steps


def desk_line(case: Case, stages: Sequence[tuple[str, str]], limit: int | Mapping[str, int] | None) -> list[dict]:
    """The stages of a case as a time line. `stages` are (name, unit) in order.

    `limit` is in working days: one for all stages, or by stage where each has its own.
    """
    signed, today = stage_steps(case), clock.today()
    limits = limit if isinstance(limit, Mapping) else dict.fromkeys((name for name, _ in stages), limit)
    drawn = [_desk(case, name, unit, signed.get(name, []), limits.get(name)) for name, unit in stages]
    days = [d for desk in drawn for d in (desk["arrived"], desk["ended"], desk["due"]) if d]
    calendar = Calendar.between(min([*days, today]), max([*days, today]))
    for desk in drawn:
        if desk["arrived"]:
            desk["used"] = max(calendar.count(desk["arrived"], desk["ended"] or today), 0)
        if desk["state"] == "now" and desk["due"]:
            desk["left"] = calendar.count(today, desk["due"])
    return drawn


def _desk(case: Case, name: str, unit: str, steps: list[Step], limit) -> dict:
    state = _desk_state(case, name, steps)
    arrived = steps[0].arrived_on if steps else case.arrived_on if state == "now" else None
    return {
        "name": name,
        "unit": unit,
        "state": state,
        "signatures": _signatures(case, name, steps, state),
        "limit": limit if steps or case.due_on else None,
        "arrived": arrived if steps or case.due_on else None,
        "ended": steps[-1].acted_on if steps and state != "now" else None,
        "due": case.due_on if state == "now" else None,
        "confirmed": case.due_confirmed,
        "article": clock_article(case) if state == "now" else "",
        "used": None,
        "left": None,
        "note": _latest_opinion(steps),
    }


def clock_article(case: Case) -> str:
    """The article that gives the present desk its days; "" on a desk without a clock."""
    desk = case.desk_of(case.state)
    parameter = case.clock_of(desk)[1] if desk and case.due_on else None
    return str(DEFINITIONS[parameter].article) if parameter else ""


def _latest_opinion(steps: list[Step]) -> str:
    return next((step.opinion for step in reversed(steps) if step.opinion), "")


def _desk_state(case: Case, name: str, steps: list[Step]) -> str:
    if case.desk_stage == name:
        return "now"
    if not steps or steps[-1].signature == "make":
        # What a case that came to its end never needed to sign has been passed.
        return "done" if not steps and case.state in case.SUCCESS else "wait"
    return "refused" if steps[-1].target in ("refused",) else "done"


def _signatures(case: Case, name: str, steps: list[Step], state: str) -> list[dict]:
    by_hand = {step.signature: signature_of_step(step) for step in steps}
    if any(desk.stage == name and not desk.signature for desk in case.DESKS.values()):
        return [by_hand.get("", {"role": "办理"})]
    blank = [("make", "经办"), ("check", "审核")]
    only_check = state in ("done", "refused") and "make" not in by_hand
    return [by_hand.get(hand, {"role": role}) for hand, role in blank if not (only_check and hand == "make")]


def history(case: Case) -> list[dict]:
    """The signed steps as a time line, newest first."""
    events = [
        {
            "on": step.acted_on,
            "title": step.label,
            "text": step.opinion,
            "who": _signer(step),
            "article": step.article.removeprefix(str(COUNTY)),
            "tone": "done" if step.signature == "check" else "idle",
        }
        for step in steps_of(case)
    ]
    return events[::-1]


def _signer(step: Step) -> str:
    place = step.appointment.place if step.appointment else ""
    role = step.appointment.get_role_display().removeprefix("教育局") if step.appointment else ""
    deputy = f"（代{step.appointment.user.name}）" if step.deputising and step.appointment else ""
    return f"{place}{role} {step.actor.name}{deputy}"


def rule_rows(verdict: Verdict) -> list[dict]:
    """A verdict as the rule list draws it: broken rules first."""
    findings = sorted(verdict.findings, key=lambda f: (f.kept, f.level != Level.HARD))
    return [
        {
            "level": "green" if f.kept else COLOURS[f.level],
            "message": f.rule.kept_message if f.kept else f.message,
            "article": f.article,
            "cure": "" if f.kept else f.remedy,
            "clears": "主管局长（写明理由）" if not f.kept and f.level == Level.SOFT else "",
            "possible_from": f.possible_from,
        }
        for f in findings
    ]


VERDICT_WORDS = {"yes": ("可以办理", "done"), "override": ("须主管局长特批", "soon"), "no": ("不能办理", "refused")}


def verdict_of(verdict) -> dict:
    """A verdict for the page: what is broken in full, what is kept folded into one line, the first possible day."""
    rows = rule_rows(verdict)
    kept = [row for row in rows if row["level"] == "green"]
    return {
        "broken_rules": [row for row in rows if row["level"] != "green"],
        "kept_rules": kept,
        "kept_summary": f"{len(kept)}条符合办法",
        "first_possible": next((each.possible_from for each in verdict.broken if each.possible_from), None),
    }


def refusal_rows(verdict: Verdict, ask: str) -> list[dict]:
    """Broken rules as the refusal notice draws them."""
    return [
        {"message": f.message, "article": f.article, "cure": f.remedy, "possible_from": f.possible_from, "ask": ask}
        for f in verdict.broken
    ]


def scan_rows(number_of_case: str, material: Material, scans: list[Scan]) -> list[dict]:
    return [
        {
            "url": reverse("approvals:scan", args=[number_of_case, scan.pk]),
            "thumb": "",
            "name": f"{material.label} {number}" if len(scans) > 1 else material.label,
            "kind": "pdf" if scan.mime == "application/pdf" else "image",
        }
        for number, scan in enumerate(scans, 1)
    ]


def slots(case: Case, *, keeps: bool, sees_originals: bool) -> list[dict]:
    """Every paper of the checklist as a slot; `keeps` adds upload and check, `sees_originals` the bureau's own look."""
    materials = list(case.materials.prefetch_related("scans").select_related("checked_by", "original_seen_by"))
    return [_slot(case, m, keeps, sees_originals) for m in materials]


def _slot(case: Case, material: Material, keeps: bool, sees_originals: bool) -> dict:
    scans = [s for s in material.scans.all() if not s.withdrawn]

    def act(name):
        return reverse("approvals:paper", args=[case.number, material.code, name])

    return {
        "key": material.code,
        "name": material.label,
        "requirement": material.article
        + (f" · {material.note}" if material.note and material.state != "returned" else ""),
        "required": material.required,
        "state": MATERIAL_STATES[material.state],
        "reason": material.note if material.state == "returned" else "",
        "checked_by": _checked_by(material),
        "scans": scan_rows(case.number, material, scans),
        "upload_url": act("hand_in") if keeps else "",
        "paper_url": act("on_paper") if keeps and material.state in ("missing", "returned") else "",
        "check_url": act("check") if keeps else "",
        "return_url": act("return") if keeps else "",
        "original_url": act("original") if sees_originals and not material.original_seen_by_id else "",
    }


def _checked_by(material: Material) -> str:
    said = []
    if material.checked_by:
        said.append(f"{material.checked_by.name} {material.checked_on:%-m月%-d日}核验")
    if material.original_seen_by:
        said.append(f"教育局{material.original_seen_by.name} {material.original_seen_on:%-m月%-d日}复核原件")
    return "；".join(said)
