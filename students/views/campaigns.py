"""动态信息维护 (第十三条): progress of the county and of a school, the sheet of a class, the answer about one child."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import powers_of
from approvals.errors import NotYourHand, Refused
from law import clock
from law.school_time import school_year_of
from schools.models import Bureau, School, SchoolClass

from .. import campaigns
from ..campaign_forms import AnswerForm, OpeningForm, ReasonForm, SheetWords, Words
from ..models import CampaignEntry, Placement, Student
from ..search import matching
from ..sight import class_in_sight
from .child import visible_child

State = CampaignEntry.State
TONES = {State.WAITING: "wait", State.CONFIRMED: "now", State.ACCEPTED: "done"}
COUNTS = {state.value: Count("pk", filter=Q(state=state)) for state in State}
SHOWN = 200


def carried_out(request, act, *given, **more):
    """The result of an act, or None with the refusal told; without the right 403."""
    try:
        return act(*given, by=request.user, **more)
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    return None


@require_http_methods(["GET", "POST"])
def campaign(request):
    """The county's progress per school, and its opening; whoever sees one school or class is led there."""
    powers = powers_of(request.user)
    schools = powers.schools("view_school")
    bureau = Bureau.objects.filter(school__in=schools).first()
    form = OpeningForm(request.POST or None)
    if request.method == "POST":
        if not (bureau and campaigns.may_open(request.user, bureau)):
            raise PermissionDenied("动态信息维护由教育局经办人员布置（第十三条）。")
        return opened(request, bureau, form)
    if not schools and powers.class_ids:
        return redirect("students:campaign_class", min(powers.class_ids))
    if len(schools) == 1:
        return redirect("students:campaign_school", min(schools))
    return county_page(request, bureau, form)


def opened(request, bureau, form):
    """Answer to the clerk's opening; a running campaign needs no day."""
    given = form.cleaned_data.get("due_on") if form.is_valid() else None
    if result := carried_out(request, campaigns.open_campaign, bureau, given):
        found, added = result
        messages.success(request, f"{found}：列入{added}名学生。" if added else f"{found}：没有新来的学生，名单未变。")
    return redirect("students:campaign")


def county_page(request, bureau, form):
    found = campaigns.present_campaign(bureau)
    chosen = Words(request.GET, label="学校")
    rows = chosen.narrow(school_rows(listed(request.user, found)))
    year, term = campaigns.present_term(clock.today())
    context = {
        "campaign": found,
        "filter": chosen,
        "rows": rows,
        "chart": chart_of(rows),
        "form": form,
        "opens": bool(bureau) and campaigns.may_open(request.user, bureau),
        "running": bool(found) and (found.year, found.term) == (year, term),
    }
    return render(request, "students/campaign.html", context)


def listed(user, found) -> QuerySet[CampaignEntry]:
    """Entries of the campaign in sight, of children still on the roll."""
    return CampaignEntry.objects.visible_to(user).listed().filter(campaign=found).order_by()


def school_rows(entries) -> list[dict]:
    tally = {row["school"]: row for row in entries.values("school").annotate(**COUNTS)}
    named = School.objects.filter(pk__in=tally).order_by("code")
    return [
        row_of(school.short_name, reverse("students:campaign_school", args=[school.pk]), tally[school.pk])
        for school in named
    ]


def row_of(name: str, url: str, tally: dict) -> dict:
    counts = {state.value: tally[state.value] for state in State}
    total = sum(counts.values())
    left = total - counts["accepted"]
    return {
        "name": name,
        "url": url,
        **counts,
        "total": total,
        "left": left,
        "share": 100 * counts["accepted"] // total,
    }


def chart_of(rows: list[dict]) -> dict:
    series = [
        {"label": state.label, "values": [row[state.value] for row in rows], "urls": [row["url"] for row in rows]}
        for state in State
    ]
    return {"kind": "bar", "unit": "人", "labels": [row["name"] for row in rows], "series": series}


@require_GET
def school(request, pk):
    """One school's progress per class, and its children who sit in no class."""
    found = get_object_or_404(School.objects.filter(pk__in=powers_of(request.user).schools("view_school")), pk=pk)
    campaign = campaigns.present_campaign(found.bureau_id)
    seat = Placement.objects.filter(ends=None, enrolment__voided=False, enrolment__student=OuterRef("child"))
    entries = listed(request.user, campaign).filter(school=found)
    entries = entries.annotate(seat=Subquery(seat.values("school_class")[:1]))
    chosen = Words(request.GET, label="班级")
    rows = chosen.narrow(class_rows(entries))
    context = {
        "campaign": campaign,
        "school": found,
        "filter": chosen,
        "rows": rows,
        "chart": chart_of(rows),
        "without_class": with_words(entries.filter(seat=None).select_related("child").order_by("child_id")[:SHOWN]),
        "one_of_many": powers_of(request.user).sees_many_schools,
    }
    return render(request, "students/campaign_school.html", context)


def class_rows(entries) -> list[dict]:
    year = school_year_of(clock.today())
    tally = {row["seat"]: row for row in entries.exclude(seat=None).values("seat").annotate(**COUNTS)}
    classes = SchoolClass.objects.filter(pk__in=tally).order_by("stage", "-cohort", "number")
    return [
        row_of(each.name_in(year), reverse("students:campaign_class", args=[each.pk]), tally[each.pk])
        for each in sorted(classes, key=lambda each: (each.grade_in(year) or 0, each.number))
    ]


def with_words(entries) -> list[CampaignEntry]:
    """Entries with what the sheet shows of them."""
    found = list(entries)
    for entry in found:
        entry.tone = TONES[entry.state]
        entry.rows = campaigns.in_rows(entry.changes)
        entry.record = campaigns.record_of(entry.child)
    return found


@require_http_methods(["GET", "POST"])
def school_class(request, pk):
    """The sheet of a class; the rest without changes, and the acceptance of what is confirmed, in one act each."""
    found = class_in_sight(request.user, pk)
    campaign = campaigns.present_campaign(found.school.bureau_id)
    if request.method == "POST":
        return class_act(request, campaign, found)
    chosen = SheetWords(request.GET, label="姓名或拼音")
    entries = campaigns.entries_of(campaign, found)
    fitting = narrowed(entries, chosen).select_related("child").order_by("child__name_pinyin", "child_id")
    waiting, confirmed = Q(state=State.WAITING, returned_for=""), Q(state=State.CONFIRMED)
    ready = confirmed & ~Q(confirmed_by=request.user)
    context = {
        "campaign": campaign,
        "school_class": found,
        "name": found.name_in(school_year_of(clock.today())),
        "filter": chosen,
        "entries": with_words(fitting),
        "counts": entries.aggregate(rest=Count("pk", filter=waiting), ready=Count("pk", filter=ready)),
        "confirms": campaigns.may_confirm(request.user, found.school_id, found.pk),
        "accepts": campaigns.may_accept(request.user, found.school_id),
        "sees_school": bool(powers_of(request.user).on("view_school", found.school_id)),
        "others": SchoolClass.objects.filter(pk__in=powers_of(request.user).class_ids - {found.pk}),
    }
    return render(request, "students/campaign_class.html", context)


def narrowed(entries, chosen) -> QuerySet[CampaignEntry]:
    if chosen.words:
        entries = entries.filter(child__in=matching(Student.objects.all(), chosen.words).order_by().values("pk"))
    if chosen.chosen == "changed":
        return entries.exclude(changes={})
    if chosen.chosen == "returned":
        return entries.exclude(returned_for="")
    return entries.filter(state=chosen.chosen) if chosen.chosen else entries


def class_act(request, campaign, found):
    """`rest` confirms all who wait, anything else accepts what is confirmed."""
    rest = request.POST.get("act", "rest") == "rest"
    act = campaigns.confirm_rest if rest else campaigns.accept_class
    if outcome := carried_out(request, act, campaign, found):
        tell = messages.success if outcome.done else messages.warning
        tell(request, told_of(outcome, "确认无变化" if rest else "接受"))
    return redirect("students:campaign_class", found.pk)


def told_of(outcome, done: str) -> str:
    said = [f"已{done}{outcome.done}名学生。" if outcome.done else f"没有可{done}的学生，本次没有改动。"]
    if outcome.own:
        said.append(f"{outcome.own}名由您本人确认，应由另一名学籍管理员接受或退回班主任确认。")
    if outcome.stale:
        said.append(f"{outcome.stale}名确认之后学籍信息已有变动，请退回班主任重新核对。")
    return "".join(said)


@require_http_methods(["GET", "POST"])
def child(request, slug):
    """One child: the record, the answer, and what the registrar makes of it."""
    found = visible_child(request, slug)
    campaign = campaigns.present_campaign(found.school.bureau_id)
    mine = CampaignEntry.objects.listed().filter(campaign=campaign, child=found)
    entry = mine.select_related("confirmed_by", "accepted_by").first()
    if entry is None:
        return no_entry(request, found, campaign)
    entry.child = found
    seat = campaigns.present_class_of(entry)
    confirms = campaigns.may_confirm(request.user, entry.school_id, seat)
    accepts = campaigns.may_accept(request.user, entry.school_id)
    if request.method == "POST" and not (confirms or accepts):
        raise PermissionDenied("动态信息由本班班主任或本校学籍管理员核对（第十三条）。")
    act = request.POST.get("act", "")
    form = AnswerForm(request.POST if act == "confirm" else None, entry=entry)
    if (request.method == "POST" and act != "confirm") or form.is_valid():
        return child_act(request, entry, act, form, seat)
    context = {
        "campaign": campaign,
        "child": found,
        "entry": with_words([entry])[0],
        "class_url": class_url(seat, entry),
        "form": form if confirms and entry.state != State.ACCEPTED else None,
        "accepts": accepts,
    }
    return render(request, "students/campaign_child.html", context, status=422 if form.errors else 200)


def class_url(seat, entry) -> str:
    if seat:
        return reverse("students:campaign_class", args=[seat])
    return reverse("students:campaign_school", args=[entry.school_id])


def no_entry(request, found, campaign):
    """A child who is not, or no more, on the list; an act tells so and changes nothing."""
    if request.method == "POST":
        messages.error(request, "该生不在本学期动态信息维护名单内，本次操作未生效。")
        return redirect("students:campaign_child", found.slug)
    return render(request, "students/campaign_child.html", {"campaign": campaign, "child": found})


def child_act(request, entry, act, form, seat):
    reason = ReasonForm(request.POST)
    acts = {
        "confirm": partial(campaigns.confirm, entry, getattr(form, "cleaned_data", {})),
        "accept": partial(campaigns.accept, entry),
        "send_back": partial(campaigns.send_back, entry, reason.cleaned_data["reason"] if reason.is_valid() else ""),
    }
    said = {"confirm": "已确认", "accept": "改动已接受", "send_back": "已退回"}
    if act not in acts:
        messages.error(request, "没有这项操作。")
    elif carried_out(request, acts[act]):
        messages.success(request, f"{entry.child.name}：{said[act]}。")
        return redirect(class_url(seat, entry))
    return redirect("students:campaign_child", entry.child.slug)
