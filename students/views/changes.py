"""Pages of every change that starts from a child: 能办什么, the draft; what follows is the case page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import may
from approvals.errors import Refused, RulesBroken
from approvals.models import Case
from approvals.presenting import VERDICT_WORDS, refusal_rows, verdict_of
from approvals.trying import tried
from law import clock

from ..change_forms import DayAsked, form_for
from ..changes import keep_change, kinds_of_change, start_change, verdict_on, verdicts_on
from ..presenting import tone_of
from .child import visible_child


@require_GET
def changes(request, slug):
    """能办什么: every kind of change with its verdict for this child, today or on the day asked about."""
    child = visible_child(request, slug)
    child.tone = tone_of(child)
    asked = DayAsked(request.GET)
    rows = [row_of(request, child, kind, verdict, asked.given) for kind, verdict in verdicts_on(child, asked.chosen)]
    lawful = [row for row in rows if row["tone"] != "refused"]
    context = {
        "child": child,
        "filter": asked,
        "on": asked.chosen,
        "lawful": lawful,
        "unlawful": [row for row in rows if row not in lawful],
        "transfer_url": f"{reverse('transfers:check')}?child={child.slug}&on={asked.chosen}",
    }
    return render(request, "students/changes.html", context)


def row_of(request, child, kind, verdict, day) -> dict:
    """A line of 能办什么; the draft it opens starts with the day asked about, where the draft has one."""
    word, tone = VERDICT_WORDS[verdict.word]
    opens = may(request.user, kind.OPENER.right, kind.lead_for(child, {}))
    return {
        "name": kind._meta.verbose_name,
        "article": str(kind.ARTICLE),
        "gist": kind.ARTICLE.gist,
        "word": word,
        "tone": tone,
        "url": reverse("students:change_new", args=[child.slug, kind.kind_code])
        + (f"?{kind.DAY_ASKED}={day}" if day and kind.DAY_ASKED else ""),
        "opens": opens,
        "broken": refusal_rows(verdict, ""),
    }


def kind_named(code: str):
    """The kind behind an address; an address that names none is a 404."""
    kind = kinds_of_change().get(code)
    if kind is None or not kind.FROM_CHILD:
        raise Http404(code)
    return kind


@require_http_methods(["GET", "POST"])
def new(request, slug, kind):
    """The draft of a change of this child; what was typed stays when the law or the desk says no."""
    child, kind = visible_child(request, slug), kind_named(kind)
    school = kind.lead_for(child, {})
    if not may(request.user, kind.OPENER.right, school):
        raise PermissionDenied(f"“{kind._meta.verbose_name}”由{school}的经办人员发起。")
    form = form_for(kind)(request.POST or None, initial=request.GET.dict(), child=child, school=school)
    broken = []
    if request.method == "POST" and form.is_valid():
        try:
            case = start_change(kind, child, by=request.user, **form.cleaned_data)
        except RulesBroken as refusal:
            broken = refusal_rows(refusal.verdict, str(child.school.bureau))
        except Refused as refusal:
            broken = refusal.rows
        else:
            messages.success(request, "已建立草稿。请按清单收取材料、核对后提交。")
            return redirect(f"{case.get_absolute_url()}#papers")
    verdict = verdict_on(kind, child)
    context = page_of_draft(kind, child, form, broken) | verdict_of(verdict) | {"verdict": VERDICT_WORDS[verdict.word]}
    return render(request, "students/change_new.html", context, status=422 if form.errors or broken else 200)


def page_of_draft(kind, child, form, broken: list) -> dict:
    return {
        "kind": kind,
        "kind_name": kind._meta.verbose_name,
        "article": str(kind.ARTICLE),
        "child": child,
        "form": form,
        "refusal": broken,
        "today": clock.today(),
    }


@require_http_methods(["GET", "POST"])
def draft(request, number):
    """The typed part of a draft, open until it is handed in."""
    spine = get_object_or_404(Case.objects.visible_to(request.user), number=number)
    kind = kind_named(spine.kind)
    case = kind.objects.select_related("lead_school__bureau").get(pk=spine.pk)
    if case.state != case.State.DRAFT:
        return redirect(case)
    if not may(request.user, kind.OPENER.right, case.lead_school_id):
        raise PermissionDenied(f"“{case.kind_name}”的草稿由{case.lead_school}的经办人员填写。")
    form = form_for(kind)(request.POST or None, instance=case, child=case.child, school=case.lead_school)
    broken = []
    if request.method == "POST" and form.is_valid():
        kept, broken = tried(keep_change, case, ask=case.lead_school.bureau, by=request.user, **form.cleaned_data)
        if kept:
            messages.success(request, "已保存。")
            return redirect(f"{case.get_absolute_url()}#papers")
    context = page_of_draft(kind, case.child, form, broken) | {"case": case}
    return render(request, "students/change_new.html", context, status=422 if form.errors or broken else 200)
