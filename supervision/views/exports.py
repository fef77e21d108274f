"""Pages of 对外提供: the list, asking, one request with its decisions, the link, tracing a leaked copy."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import powers_of, school_ids_where
from approvals.errors import NotYourHand, Refused
from approvals.trying import tried
from law.articles import WRITTEN_APPROVAL
from students import handing_out
from students.importing.findings import WorkbookRefused
from students.paging import page_of

from ..exports import services, tracing
from ..exports.columns import label_of
from ..exports.forms import AskForm, DecisionForm, ExportFilter, TraceForm
from ..models import ExportDecision, ExportRequest
from ..models.export import SEES
from .overdue import cursor

BUREAU_ONLY = f"对外提供由教育局申请、审批和审计（{WRITTEN_APPROVAL}）。"


def at_bureau(request) -> None:
    if not any(powers_of(request.user).schools(right) for right in SEES):
        raise PermissionDenied(BUREAU_ONLY)


def in_sight(request):
    voices = Prefetch("decisions", ExportDecision.objects.select_related("decided_by"))
    seen = ExportRequest.objects.visible_to(request.user).defer("children")
    return seen.select_related("asked_by", "bureau", "file__take").prefetch_related(voices)


@require_GET
def exports(request):
    """Every request at this bureau, the latest first."""
    at_bureau(request)
    chosen = ExportFilter(request.GET)
    rows = chosen.narrow(in_sight(request))
    cursors = {name: cursor(request.GET.get(name, "")) for name in ("after", "before")}
    page = page_of(rows, ("id",), named="id", descending=True, **cursors)
    for each in page.rows:
        each.state, each.alarming = services.state_of(each), each.rows > services.ALARM
    context = {"page": page, "count": rows.count(), "filter": chosen, "article": WRITTEN_APPROVAL}
    context |= {"asks": bool(school_ids_where(request.user, "bureau_make")), "traces": may_trace(request.user)}
    return render(request, "supervision/exports.html", context)


def may_trace(user) -> bool:
    """Whoever approves or audits asks where a leaked list comes from."""
    return bool(school_ids_where(user, "audit_school") or school_ids_where(user, "bureau_sign"))


@require_http_methods(["GET", "POST"])
def new(request):
    at_bureau(request)
    if not school_ids_where(request.user, "bureau_make"):
        raise PermissionDenied(BUREAU_ONLY)
    form, refusal = AskForm(request.POST or None, user=request.user), []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        said = {name: given[name] for name in ("purpose", "recipient", "document", "expires_on")}
        said |= {"fields": given["fields_asked"], "children": form.children(), "scope": form.scope()}
        made, refusal = tried(services.ask, by=request.user, **said)
        if made:
            messages.success(request, f"{made}已送主管局长审批，{made.rows}名学生。")
            return redirect(made)
    context = {"form": form, "refusal": refusal}
    return render(request, "supervision/export_new.html", context, status=422 if form.errors or refusal else 200)


@require_GET
@never_cache
def one(request, pk):
    """One request: what is asked, who agreed, and for the one who asked the link with its password."""
    at_bureau(request)
    found = get_object_or_404(in_sight(request), pk=pk)
    return render(request, "supervision/export.html", page_of_one(request, found))


def page_of_one(request, found: ExportRequest) -> dict:
    state, mine = services.state_of(found), found.asked_by_id == request.user.pk
    making = services.last_making(found)
    return {
        "export": found,
        "state": state,
        "columns": [label_of(each) for each in found.fields],
        "alarming": found.rows > services.ALARM,
        "voices": services.voices_needed(found),
        "decides": state.code == "waiting" and not mine and bool(services.right_to_decide(found, request.user)),
        "form": DecisionForm(),
        "makes": mine and state.code == "approved" and (making is None or making.job.finished),
        "job": making.job if making and state.code == "approved" else None,
        "secret": services.secret_of(found.file) if mine and state.code == "ready" else None,
    }


@require_POST
def decide(request, pk):
    at_bureau(request)
    found = get_object_or_404(in_sight(request), pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"没有记入：{' '.join(form.errors['opinion'])}")
        return redirect(found)
    approve, opinion = request.POST.get("act") == "approve", form.cleaned_data["opinion"]
    return noted(request, found, *tried(services.decide, found, by=request.user, approve=approve, opinion=opinion))


@require_POST
def make(request, pk):
    at_bureau(request)
    found = get_object_or_404(in_sight(request), pk=pk)
    return noted(request, found, *tried(services.order_file, found, by=request.user))


def noted(request, found: ExportRequest, done, refusal: list[dict]):
    """The request again, with what was done or why it was not."""
    if done:
        messages.success(request, "已记入。")
    for row in refusal:
        messages.error(request, row["message"])
    return redirect(found)


@require_http_methods(["GET", "POST"])
@never_cache
def take(request, token):
    """The link: one file, one person, once, within a day. Opening the page takes nothing yet."""
    at_bureau(request)
    if request.method == "GET":
        return render(request, "supervision/export_take.html")
    try:
        file, content = services.take(token, by=request.user)
    except NotYourHand as refusal:
        raise Http404(str(refusal)) from refusal
    except Refused as refusal:
        return render(request, "supervision/export_take.html", {"refusal": refusal.rows}, status=409)
    return handing_out.workbook(content, f"{file.request}（加密）.xlsx")


@require_http_methods(["GET", "POST"])
@never_cache
def trace(request):
    """Which export does this leaked list come from?"""
    if not may_trace(request.user):
        raise PermissionDenied(BUREAU_ONLY)
    form, found, refusal = TraceForm(request.POST or None, request.FILES or None), None, []
    if request.method == "POST" and form.is_valid():
        try:
            uploaded = form.cleaned_data["file"]
            text = tracing.text_of(uploaded.read()) if uploaded else form.cleaned_data["text"]
            found = tracing.traced(text, request.user)
        except WorkbookRefused as refused:
            refusal = [{"message": str(refused)}]
    return render(request, "supervision/export_trace.html", {"form": form, "found": found, "refusal": refusal})
