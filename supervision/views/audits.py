"""Pages of the term's audit (第三十五条): the round, its beginning, the sheet of one school."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import may, school_ids_where
from approvals.trying import tried
from students.terms import present_opening

from ..audits import services
from ..audits.case import TermAudit
from ..audits.forms import AuditSheet, RoundFilter
from ..audits.presenting import figures_of, rows_of
from .overdue import sees_schools


@require_GET
def audits(request):
    """The audits of a term in sight, school by school."""
    sees_schools(request)
    opening = present_opening()
    chosen = RoundFilter(request.GET, user=request.user, opening=opening)
    rows = rows_of(chosen.narrow())
    makes = bool(school_ids_where(request.user, "bureau_make")) and chosen.is_present
    waiting = services.waiting_schools(request.user, opening).count() if makes else 0
    context = {"filter": chosen, "rows": rows, "waiting": waiting, **figures_of(rows)}
    return render(request, "supervision/audits.html", context)


@require_POST
def begin(request):
    """Begin this term's audit of every school that has none."""
    if not school_ids_where(request.user, "bureau_make"):
        raise PermissionDenied("学期核查由教育局经办人员开始（第三十五条）。")
    begun, refusal = tried(services.begin_round, by=request.user)
    if begun:
        messages.success(request, f"已开始{len(begun)}所学校的本学期核查，数据比对的发现和抽查名单已列出。")
    for row in refusal:
        messages.error(request, row["message"])
    return redirect("supervision:audits")


@require_http_methods(["GET", "POST"])
def sheet(request, number):
    """The sheet as it is open now: results of the roll call, answers of the school, or verdicts of the bureau."""
    seen = TermAudit.objects.visible_to(request.user).select_related("lead_school__bureau", "desk_school__bureau")
    case = get_object_or_404(seen, number=number)
    if case.state not in case.SHEET:
        return redirect(case)
    if not may(request.user, case.SHEET[case.state], case.lead_school_id):
        raise PermissionDenied(f"核查表现在由{case.desk_holder}经办人员填写（第三十五条）。")
    form, refusal = AuditSheet(request.POST or None, case=case), []
    if request.method == "POST" and form.is_valid():
        kept, refusal = tried(partial(services.fill_in, case, by=request.user), ask="县教育局", **form.asked)
        if kept:
            messages.success(request, f"{case.number}核查表已保存。")
            return redirect(case)
    context = {"form": form, "case": case, "refusal": refusal}
    return render(request, "supervision/audit_sheet.html", context, status=422 if form.errors or refusal else 200)
