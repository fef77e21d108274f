"""Pages of 学年日历: the year at a glance, the holiday notices, and one notice with what it changes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import powers_of
from approvals.errors import NotYourHand, Refused

from ..calendar import holidays
from ..calendar.forms import DecisionForm, NoticeForm
from ..calendar.notices import in_sight, notice_page, notices_page
from ..calendar.presenting import chosen_year, year_page


@require_GET
def school_year(request):
    """One school year with all its windows and limits, and the numbers of the law behind them."""
    year = chosen_year(request.GET.get("year", ""))
    return render(request, "supervision/year.html", year_page(request.user, year))


def holds_one_of(request, rights) -> bool:
    return any(powers_of(request.user).schools(right) for right in rights)


@require_http_methods(["GET", "POST"])
def notices(request):
    """Every holiday notice there was, and the form to paste the next one; reading it writes nothing yet."""
    proposes = holds_one_of(request, holidays.PROPOSERS)
    if request.method == "POST" and not proposes:
        raise PermissionDenied(holidays.NOT_PROPOSER)
    form, refusal = NoticeForm(request.POST or None), []
    if request.method == "POST" and form.is_valid() and "send" in request.POST:
        try:
            sent = holidays.propose(by=request.user, **form.cleaned_data)
        except Refused as refused:
            refusal = refused.rows
        else:
            messages.success(request, f"{sent}已送交核对。请由另一人打开本页启用。")
            return redirect(sent.get_absolute_url())
    context = notices_page() | {"form": form if proposes else None, "reading": form.reading, "refusal": refusal}
    return render(request, "supervision/notices.html", context, status=422 if form.errors or refusal else 200)


@require_GET
def notice(request, pk):
    """One notice: its text, how it is read, what it changes, and what was decided."""
    found = get_object_or_404(in_sight(request.user), pk=pk)
    return render(request, "supervision/notice.html", notice_page(found, request.user))


@require_POST
def decide(request, pk):
    """Put the notice in force, or return it."""
    found = get_object_or_404(in_sight(request.user), pk=pk)
    form = DecisionForm(request.POST)
    opinion = form.cleaned_data["opinion"] if form.is_valid() else ""
    try:
        made = holidays.decide(found, by=request.user, confirmed="confirm" in request.POST, opinion=opinion)
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        page = notice_page(found, request.user) | {"refusal": refusal.rows}
        return render(request, "supervision/notice.html", page, status=422)
    said = f"已启用，{made.moved_cases}件在办案件的到期日已重新计算。" if made.confirmed else "已退回登记人。"
    messages.success(request, f"{found}{said}")
    return redirect(found.get_absolute_url())
