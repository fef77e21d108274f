"""适龄儿童名册: the list of a year, one child with all acts about it, and the draft of its deferral."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import may, school_ids_where
from approvals.errors import NotYourHand, Refused
from approvals.presenting import VERDICT_WORDS, verdict_of
from approvals.trying import tried
from law import clock

from ..filters import BY_NAME
from ..models import Deferral, RosterChild, Student
from ..paging import PAGE, page_of
from ..roster import looking_after, presenting
from ..roster.deferrals import keep_deferral, start_deferral, verdict_on
from ..roster.forms import ContactForm, DeferralForm, OwnerForm, ReasonForm, RosterFilter, SettledForm
from ..roster.matching import Result, result_of, term_start
from ..roster.models import bureaus_of

PRINTED = 2_000


@require_GET
def roster(request):
    """The children of a year in sight: who is in school, who is not, and who looks after them."""
    chosen = RosterFilter(request.GET, user=request.user)
    placed = chosen.placed()
    found, whole = chosen.narrow(placed), "print" in request.GET
    rows = found.select_related("community").defer("wrapped_key", "number_cipher")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_of(rows, BY_NAME, after=after, before=before, size=PRINTED if whole else PAGE)
    tally, at_bureau = presenting.tally_of(placed), bool(bureaus_of(request.user))
    owners = presenting.owners_of(tally)
    places = presenting.places_of(tally, owners) if at_bureau else []
    context = {
        "filter": chosen,
        "page": page,
        "whole": whole,
        "children": presenting.with_words(page.rows, owners),
        "count": len(page.rows) if page.whole else found.count(),
        "figures": presenting.figures_of(tally, f"{request.path}?year={chosen.chosen_year}"),
        "answering": places,
        "chart": presenting.chart_of(places),
        "may_upload": bool(school_ids_where(request.user, "bureau_make")),
        "starts": chosen.starts,
        "days": (clock.today() - chosen.starts).days,
    }
    return render(request, "students/roster.html", context)


def visible(request, slug: str) -> RosterChild:
    """The roster child with its result and owner, or 404 for whoever has no part in it."""
    seen = get_object_or_404(RosterChild.objects.visible_to(request.user), slug=slug)
    found = result_of(seen)
    presenting.with_words([found], presenting.owners_of([found]))
    return found


ACTS = {
    "log": (looking_after.log, ContactForm, "已登记。"),
    "settle": (looking_after.settle, SettledForm, "去向已报告，等教育局核实。"),
    "accept": (looking_after.accept, None, "去向已核实。"),
    "back": (looking_after.send_back, ReasonForm, "已退回，继续列入应入未入。"),
    "same": (partial(looking_after.identify, same=True), None, "已认定为同一人。"),
    "different": (partial(looking_after.identify, same=False), None, "已认定不是同一人。"),
    "assign": (looking_after.assign, OwnerForm, "责任学校已指定。"),
}


@require_http_methods(["GET", "POST"])
def child(request, slug):
    """One child: what the list says, where it is, who went there; every act posts here."""
    found = visible(request, slug)
    forms, refusal = forms_for(request, found), []
    if request.method == "POST":
        answer = carried_out(request, found, forms)
        if not isinstance(answer, list):
            return answer
        refusal = answer
    status = 422 if request.method == "POST" else 200
    return render(request, "students/roster_child.html", page_of_child(request, found, forms, refusal), status=status)


def forms_for(request, found: RosterChild) -> dict:
    """The forms of the page; the posted one bound."""
    act = request.POST.get("act", "")
    made = {}
    for name, (_, form, _said) in ACTS.items():
        if form is None:
            continue
        more = {"user": request.user, "bureau_id": found.bureau_id} if form is OwnerForm else {}
        initial = {"on": clock.today(), "who": request.user.name} if form is ContactForm else {}
        made[name] = form(
            request.POST if act == name else None, initial=initial, prefix=None, auto_id=f"{name}_%s", **more
        )
    return made


def carried_out(request, found: RosterChild, forms: dict):
    """A redirect when the act was done; else what to tell, or [] when a form says it itself."""
    name = request.POST.get("act", "")
    if name not in ACTS:
        raise Http404(name)
    act, _, said = ACTS[name]
    form = forms.get(name)
    if form is not None and not form.is_valid():
        refuse_stranger(request, found, name)
        return []
    try:
        act(found, by=request.user, **(form.cleaned_data if form is not None else {}))
    except NotYourHand as refused:
        raise PermissionDenied(str(refused)) from refused
    except Refused as refused:
        return refused.rows
    messages.success(request, said)
    return redirect(found)


HANDS = {
    "assign": (looking_after.may_assign, "责任学校由教育局经办人员指定"),
    "back": (looking_after.may_accept, "去向由教育局人员核实，报告与核实须为两人"),
}


def refuse_stranger(request, found: RosterChild, name: str) -> None:
    """Whoever may not do it at all learns that, not how to fill in the form."""
    may, by = HANDS.get(name, (looking_after.may_look_after, "查访与去向由责任学校的学籍管理员或教育局经办人员登记"))
    if not may(request.user, found):
        raise PermissionDenied(f"{by}（第四条）。")


def page_of_child(request, found: RosterChild, forms: dict, refusal: list) -> dict:
    user = request.user
    looks_after = looking_after.may_look_after(user, found)
    alike = None if found.record_id else Student.objects.select_related("school").filter(pk=found.alike_id).first()
    return {
        "child": found,
        "refusal": refusal,
        "lines": presenting.facts_of(found, in_full=looks_after),
        "record": presenting.record_row(found.record, user),
        "alike": presenting.record_row(alike, user),
        "entries": found.entries.select_related("by"),
        "days": (clock.today() - term_start(found.year)).days if found.result == Result.DUE else None,
        "looks_after": looks_after,
        "contact": forms["log"] if looks_after else None,
        "settling": forms["settle"] if looks_after and found.is_open and not found.settled else None,
        "accepts": found.waits and looking_after.may_accept(user, found),
        "reason": forms["back"] if found.settled and looking_after.may_accept(user, found) else None,
        "owner_form": forms["assign"] if looking_after.may_assign(user, found) else None,
        "opens_deferral": found.owner_id and may(user, "bureau_make", found.owner_id),
        **presenting.deferral_of(found, user),
    }


@require_http_methods(["GET", "POST"])
def deferral_new(request, slug):
    """The draft of a deferral; what was typed stays when the law says no."""
    found = visible(request, slug)
    if not looking_after.may_assign(request.user, found):
        raise PermissionDenied("缓学由教育局经办人员受理（《义务教育法》第十一条）。")
    form = DeferralForm(request.POST or None, initial={"guardian": found.guardian})
    return deferral_sheet(request, found, form, partial(start_deferral, found))


@require_http_methods(["GET", "POST"])
def deferral_draft(request, number):
    """The same sheet, open until it is handed in."""
    case = get_object_or_404(Deferral.objects.visible_to(request.user), number=number)
    if not may(request.user, "bureau_make", case.lead_school_id):
        raise PermissionDenied("缓学的草稿由教育局经办人员填写。")
    if case.state != case.State.DRAFT:
        return redirect(case)
    form = DeferralForm(request.POST or None, instance=case)
    return deferral_sheet(request, case.roster_child, form, partial(keep_deferral, case), case)


def deferral_sheet(request, found: RosterChild, form: DeferralForm, act, case: Deferral | None = None):
    refusal = []
    if request.method == "POST" and form.is_valid():
        kept, refusal = tried(act, ask=found.bureau, by=request.user, **form.cleaned_data)
        if kept:
            messages.success(request, "已保存。请按清单收取材料，核对无误后报审核。")
            return redirect(f"{kept.get_absolute_url()}#papers")
    verdict = verdict_on(found, case)
    context = {"child": found, "case": case, "form": form, "refusal": refusal, "article": Deferral.ARTICLE}
    context |= verdict_of(verdict) | {"verdict": VERDICT_WORDS[verdict.word]}
    return render(request, "students/deferral_new.html", context, status=422 if form.errors or refusal else 200)
