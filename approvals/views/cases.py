"""The case page and its acts: every button of every kind of change posts here."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import may
from accounts.roles import WORKS_ON_RECORDS
from schools.seats import NoSeat

from ..errors import NotYourHand, Refused, RulesBroken, TooLate
from ..forms import ActForm
from ..models import Case
from ..presenting import days_left, history, refusal_rows, slots
from ..rules import judge
from ..services import buttons_for, perform

TONES = ("primary", "warning", "secondary", "danger")


def visible_case(request, number: str) -> Case:
    """The case as its concrete kind, or 404 for whoever has no part in it."""
    spine = get_object_or_404(Case.objects.within_reach_of(request.user), number=number)
    return spine.model.objects.select_related("lead_school__bureau", "peer_school__bureau", "desk_school__bureau").get(
        pk=spine.pk
    )


def page_of(request, case: Case, form: ActForm | None = None, **more) -> dict:
    """The context of a case page; `more` carries a refusal to show."""
    buttons = buttons_for(case, request.user)
    moves = [button.custom["move"] for button in buttons]
    keeps = case.state in case.PAPERS_OPEN and may(request.user, case.paper_right, case.lead_school_id)
    sees = (
        case.state in case.ORIGINALS_OPEN
        and case.lead_school.county_direct
        and may(request.user, "bureau_make", case.lead_school_id)
    )
    hidden = case.papers_hidden_from(request.user)
    papers = [paper for paper in slots(case, keeps=keeps, sees_originals=sees) if paper["key"] not in hidden]
    return {
        "case": case,
        "left": days_left([case])[case.pk],
        "buttons": in_order([button_of(case, button) for button in buttons]),
        "form": form or (ActForm(case, moves) if buttons else None),
        "events": history(case),
        "papers": papers,
        "scans": [scan for paper in papers for scan in paper["scans"]],
        "evidence_url": evidence_url(case, request.user),
        **case.page(request.user),
        **more,
    }


def evidence_url(case: Case, user) -> str:
    """Where whoever works on the case, or decides about it, orders its evidence pack; "" for those who only look."""
    works = any(
        may(user, right, school) for right in WORKS_ON_RECORDS for school in (case.lead_school_id, case.peer_school_id)
    )
    return reverse("evidence:of_case", args=[case.number]) if works else ""


def in_order(buttons: list[dict]) -> list[dict]:
    """What may be done before what may not, the way forward before the ways back."""
    return sorted(buttons, key=lambda button: (bool(button["broken"]), TONES.index(button["tone"])))


def button_of(case: Case, transition) -> dict:
    """A button, greyed with its reasons when a rule forbids the move now."""
    described = transition.custom["move"]
    broken = judge(transition.conditions, case.facts).broken if transition.conditions else ()
    return {
        "action": transition.name,
        "label": described.label,
        "tone": "secondary" if broken and described.tone == "primary" else described.tone,
        "opinion": described.opinion_required,
        "broken": refusal_rows(judge(transition.conditions, case.facts), "") if broken else [],
    }


@require_GET
def case(request, number):
    found = visible_case(request, number)
    return render(request, found.TEMPLATE, page_of(request, found))


@require_POST
def act(request, number, action):
    """Make one move. In sight but not allowed → 403, refused by law → 422, too late → 409; what was typed is kept."""
    found = visible_case(request, number)
    described = move_named(found, action)
    moves = [b.custom["move"] for b in buttons_for(found, request.user)] or [described]
    form = ActForm(found, moves, request.POST)
    form_of_move = ActForm(found, [described], request.POST)
    form_of_move.is_valid() and form_of_move.require_opinion(described)
    if form_of_move.errors:
        form._errors = form_of_move.errors
        return render(request, found.TEMPLATE, page_of(request, found, form), status=422)
    try:
        done = perform(found, action, by=request.user, **form_of_move.cleaned_data)
    except (Refused, NoSeat) as refusal:
        return refused(request, found, form, described, refusal)
    messages.success(request, f"{done.number}：{described.label}，现为“{done.state_name}”。")
    return redirect(next_stop(request, done))


def move_named(found: Case, action: str):
    """The Move behind an address; an address that names none is a 404."""
    for transition in found.get_all_state_transitions():
        if transition.name == action and transition.custom["move"].by_hand:
            return transition.custom["move"]
    raise Http404(action)


def refused(request, found: Case, form, described, refusal: Exception):
    """The case page again, with the reason on top and the opinion still in its box."""
    status = 403 if isinstance(refusal, NotYourHand) else 409 if isinstance(refusal, TooLate) else 422
    if isinstance(refusal, RulesBroken):
        rows = refusal_rows(refusal.verdict, str(found.lead_school.bureau))
    elif isinstance(refusal, NoSeat):
        rows = [
            {
                "message": f"{refusal.seats}已无空余学位",
                "article": "第十九条第一款",
                "cure": "请选择有空余学位的班级或学校",
            }
        ]
    else:
        rows = refusal.rows
    fresh = visible_case(request, found.number)
    context = page_of(request, fresh, form, refusal_heading=f"“{described.label}”没有办理", refusal=rows)
    return render(request, fresh.TEMPLATE, context, status=status)


def next_stop(request, done: Case):
    """From the queue on to the next case of the queue, otherwise back to the case."""
    if request.POST.get("from") == "queue":
        following = Case.objects.on_desk_of(request.user).open().order_by("due_on", "pk").first()
        return f"{following.get_absolute_url()}?from=queue" if following else "approvals:workbench"
    return done
