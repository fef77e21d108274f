"""What the pages of complaints draw: the four legs with their days, who complained (where one may know), figures."""

from collections.abc import Iterable

from django.db.models import Count, Q
from django.urls import reverse

from accounts.policies import may
from approvals.presenting import desk_line, verdict_of, with_days
from approvals.rules import judge
from jianping_xueji.vault import mask_phone
from law import clock, parameters
from students.change_pages import in_words, place_name
from students.presenting import person_line

from .case import PROVED, Complaint
from .words import ACT, ANSWER, OPINION, ORDER, REVIEW, VERIFY, Matter, Truth

SAID = ("received_on", "channel", "matter", "content", "demand", "order_text")
FOUND = ("found", "truth", "opinion_text", "done_text", "told_on", "told_how", "passed_to")
HIDDEN = "投诉人要求保密"
# (form, label, whether the bureau alone prints it)
PRINTS = (
    ("complaint_receipt", "投诉受理告知单", True),
    ("complaint_order", "核查单", False),
    ("complaint_supervision", "督办单", False),
    ("complaint_answer", "投诉答复意见书", True),
)


def page_of(case: Complaint, user) -> dict:
    """Context of `supervision/complaint.html`."""
    named, child = case.names_complainant_to(user), case.child
    keeps = case.state == case.State.DRAFT and may(user, "bureau_make", case.lead_school_id)
    ready = judge(case.RULES, case.facts) if case.state in (case.State.DRAFT, case.State.ORDER_CHECK) else None
    return {
        "child": child,
        "person": person_line(child, user, place_name(child)) if child else None,
        "complainant": complainant_of(case) if named else None,
        "reveal_url": reverse("supervision:complaint_contact", args=[case.number]) if named and case.contact else "",
        "hidden": HIDDEN,
        "desks": desks_of(case),
        "desks_note": "3+5+5+5个工作日（教基一厅函〔2014〕50号）",
        "said": lines_of(case, SAID),
        "found": [line for line in lines_of(case, FOUND) if line["value"]],
        **(verdict_of(ready) if ready else {}),
        "draft_url": reverse("supervision:complaint_draft", args=[case.number]) if keeps else "",
        "prints": prints_for(case, user),
        "again_url": again_url(case, user),
        "order_url": order_url(case, user),
    }


def order_url(case: Complaint, user) -> str:
    """Where a complaint that proved founded becomes an order to put things right (第三十八条)."""
    drawn_up = may(user, "bureau_make", case.lead_school_id) and case.is_proved
    return f"{reverse('supervision:order_new')}?complaint={case.number}" if drawn_up else ""


def again_url(case: Complaint, user) -> str:
    """Where a complainant who does not accept a closed answer is registered once more."""
    may_register = not case.is_open and may(user, "bureau_make", case.lead_school_id)
    return f"{reverse('supervision:complaint_new')}?original={case.number}" if may_register else ""


def complainant_of(case: Complaint) -> dict:
    """The complainant as a person line; the number masked."""
    return {
        "key": case.number,
        "name": case.complainant,
        "number": mask_phone(case.phone),
        "number_label": "电话",
        "place": case.relation,
        "word": "要求保密" if case.confidential else "",
        "tone": "soon",
    }


def lines_of(case: Complaint, names: Iterable[str]) -> list[dict]:
    rows = [{"label": case._meta.get_field(name).verbose_name, "value": in_words(case, name)} for name in names]
    if "matter" in names:
        rows.append({"label": "事项依据", "value": str(case.accused_of)})
        rows += [
            {"label": label, "value": other.number, "url": other.get_absolute_url()}
            for label, other in (("涉及的业务", case.about_case), ("原投诉件", case.follows))
            if other
        ]
    return rows


def desks_of(case: Complaint) -> list[dict]:
    """The legs of the complaint, each with its own number of days."""
    params = parameters.on(case.received_on if case.received_on <= clock.today() else clock.today())
    legs = {desk.stage: desk for desk in case.DESKS.values()}
    shown = [ORDER, VERIFY, OPINION, *([ACT] if case.truth != Truth.UNFOUNDED else []), ANSWER]
    shown += [REVIEW] if case.reviewed or case.state == case.State.REVIEW else []
    school, bureau = case.lead_school.short_name, str(case.lead_school.bureau)
    units = [(leg, bureau if legs[leg].hand.right.startswith("bureau") else school) for leg in shown]
    return desk_line(case, units, {leg: params[legs[leg].clock] for leg in shown})


def prints_for(case: Complaint, user) -> list[dict]:
    """Papers that fit the state: to the complainant by the bureau only, to and from the school by both."""
    bureau = any(may(user, right, case.lead_school_id) for right in ("bureau_make", "bureau_check"))
    issued = case.steps.filter(action="issue").exists()
    fits = {
        "complaint_receipt": True,
        "complaint_order": issued,
        "complaint_supervision": case.steps.filter(action="supervise").exists(),
        "complaint_answer": bool(case.opinion_text) and case.state in case.ANSWERED,
    }
    return [
        {"form": code, "label": label} for code, label, of_bureau in PRINTS if fits[code] and (bureau or not of_bureau)
    ]


def rows_of(cases: Iterable[Complaint], user) -> list[Complaint]:
    """Rows of the list with days left, child and (where one may know) complainant; one question for the children."""
    cases = with_days(cases)
    for case in cases:
        case.who = case.complainant if case.names_complainant_to(user) else HIDDEN
    return cases


def figures_of(found, url: str) -> dict:
    """What is open, late, founded this year; and the matters as a chart, each bar leading to its rows."""
    today = clock.today()
    counted = found.aggregate(
        open=Count("pk", filter=Q(closed_on=None)),
        late=Count("pk", filter=Q(closed_on=None, due_on__lt=today)),
        closed=Count("pk", filter=Q(closed_on__year=today.year)),
        founded=Count("pk", filter=PROVED & Q(closed_on__year=today.year)),
    )
    figures = [
        {"label": "在办", "value": counted["open"], "url": f"{url}?scope=open"},
        {
            "label": "已超期",
            "value": counted["late"],
            "url": f"{url}?scope=open&lateness=overdue",
            "tone": "refused" if counted["late"] else "done",
        },
        {"label": f"{today.year}年办结", "value": counted["closed"], "url": f"{url}?scope=closed"},
        {"label": "其中属实、部分属实", "value": counted["founded"], "url": f"{url}?scope=closed"},
    ]
    return {"figures": figures, "chart": chart_of(found, url)}


def chart_of(found, url: str) -> dict | None:
    matters = dict(found.order_by().values_list("matter").annotate(number=Count("pk")))
    if not matters:
        return None
    shown = [matter for matter in Matter if matter in matters]
    return {
        "kind": "bar",
        "unit": "件",
        "labels": [matter.label for matter in shown],
        "series": [
            {
                "label": "投诉",
                "values": [matters[matter] for matter in shown],
                "urls": [f"{url}?scope=all&matter={matter.value}" for matter in shown],
            }
        ],
    }
