"""What the pages of breaches and orders draw."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Q
from django.urls import reverse

from accounts.policies import may, powers_of
from approvals.presenting import desk_line, verdict_of
from approvals.rules import judge
from law import clock, parameters
from schools.models import School
from students.change_pages import in_words

from .breaches import Breach, Sign, by_breach, signs_at
from .case import CORRECT, ISSUE, SIGN, VERIFY, Rectification

SAID = ("breach", "facts_text", "demand_text", "grave", "measures", "insisted", "accountability")
FEW = 6  # schools named in one row of the board


def page_of(case: Rectification, user) -> dict:
    """Context of `supervision/order.html`."""
    keeps = case.state == case.State.DRAFT and may(user, "bureau_make", case.lead_school_id)
    before = case.state in (case.State.DRAFT, case.State.ISSUE_CHECK, case.State.LEADER)
    facts = [{"label": case._meta.get_field(name).verbose_name, "value": in_words(case, name)} for name in SAID]
    if case.proved_by:
        facts.append({"label": "由投诉查实", "value": case.proved_by.number, "url": case.proved_by.get_absolute_url()})
    issued = case.steps.filter(action="issue").exists()
    return {
        "desks": desks_of(case),
        "desks_note": "教育局拟令、审核，主管局长签发；学校改正；教育局核验销号",
        "facts": [each for each in facts if each["value"] not in ("", "0")],
        "shown": case.shown,
        **(verdict_of(judge(case.RULES, case.facts)) if before else {}),
        "draft_url": reverse("supervision:order_draft", args=[case.number]) if keeps else "",
        "prints": [{"form": "order_notice", "label": "责令改正通知书"}] if issued else [],
    }


def desks_of(case: Rectification) -> list[dict]:
    """The four stages, each with its own number of days."""
    params = parameters.on(case.accepted_on or clock.today())
    clocks = {desk.stage: desk.clock for desk in case.DESKS.values() if desk.clock}
    school, bureau = case.lead_school.short_name, str(case.lead_school.bureau)
    units = [(stage, school if stage == CORRECT else bureau) for stage in (ISSUE, SIGN, CORRECT, VERIFY)]
    return desk_line(case, units, {stage: params[clock] for stage, clock in clocks.items()})


def board_of(user, seen: dict[int, School], chosen: School | None) -> dict:
    """Every kind of breach with what the record shows in sight, school by school, and the orders under way."""
    schools = {chosen.pk: chosen} if chosen else seen
    ids = list(schools)
    running = defaultdict(dict)
    for order in Rectification.objects.visible_to(user).filter(standing=True, school__in=ids):
        running[order.breach][order.school_id] = order
    makes = powers_of(user).schools("bureau_make")
    rows = [
        {
            "breach": breach,
            "label": breach.label,
            "lines": lines_of(breach, signs, schools, running[breach.value], makes),
        }
        for breach, signs in by_breach(signs_at(ids)).items()
    ]
    for row in rows:
        row["heading"] = f"第{row['breach'].value}项　{row['label']}"
        row["number"] = sum(line["number"] for line in row["lines"])
        row["note"] = f"{row['number']}项" if row["number"] else "无"
        row["more"] = max(len(row["lines"]) - FEW, 0) if not chosen else 0
        row["lines"] = row["lines"] if chosen else row["lines"][:FEW]
    return {"rows": rows, "chart": chart_of(rows)}


def lines_of(breach: Breach, signs: Iterable[Sign], schools: dict, running: dict, makes: set[int]) -> list[dict]:
    """One line a school: its signs, the order under way, or where the bureau's clerk draws one up."""
    found = defaultdict(list)
    for sign in signs:
        found[sign.school].append(sign)
    lines = [
        {
            "school": schools[pk],
            "signs": mine,
            "number": sum(sign.number for sign in mine),
            "order": running.get(pk),
            "order_url": f"{reverse('supervision:order_new')}?school={pk}&breach={breach.value}" if pk in makes else "",
        }
        for pk, mine in found.items()
    ]
    return sorted(lines, key=lambda line: (-line["number"], line["school"].code))


def chart_of(rows: list[dict]) -> dict:
    """How much the record shows of each kind."""
    return {
        "kind": "bar",
        "unit": "项",
        "labels": [f"第{row['breach'].value}项" for row in rows],
        "series": [{"label": "数据显示", "values": [row["number"] for row in rows]}],
    }


def figures_of(found, url: str) -> list[dict]:
    """Under way, overdue at a school, closed and escalated this year."""
    today = clock.today()
    ended = Q(closed_on__year=today.year)
    counted = found.aggregate(
        open=Count("pk", filter=Q(closed_on=None)),
        late=Count("pk", filter=Q(closed_on=None, due_on__lt=today)),
        done=Count("pk", filter=ended & Q(state=Rectification.State.DONE)),
        escalated=Count("pk", filter=ended & Q(state=Rectification.State.ESCALATED)),
    )
    late = counted["late"]
    return [
        {"label": "在办", "value": counted["open"], "url": f"{url}?scope=open"},
        {
            "label": "超期",
            "value": late,
            "url": f"{url}?scope=open&lateness=overdue",
            "tone": "refused" if late else "done",
        },
        {"label": f"{today.year}年改正销号", "value": counted["done"], "url": f"{url}?scope=closed"},
        {"label": f"{today.year}年追究责任", "value": counted["escalated"], "url": f"{url}?scope=closed"},
    ]
