"""疑似重复学籍: the list, the search by a job, one pair and its decision."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import school_ids_where
from approvals.errors import NotYourHand, Refused
from jianping_xueji.jobs import Job

from ..duplicates import presenting, services
from ..duplicates.forms import DecisionForm, LikenessFilter
from ..models import Likeness
from ..paging import page_of
from .agreement import cursor

PAIR = ("child__school", "other__school")


@require_GET
def duplicates(request):
    """Pairs in sight, most alike first; the bureau's clerk starts the search here."""
    chosen = LikenessFilter(request.GET, user=request.user)
    found = chosen.narrow()
    after, before = cursor(request, "after"), cursor(request, "before")
    rows = found.select_related(*PAIR)
    page = page_of(rows, ("score", "pk"), after=after, before=before, descending=True, named="pk")
    job = Job.objects.visible_to(request.user).filter(kind="duplicates.find").first()
    context = {
        "filter": chosen,
        "page": page,
        "pairs": presenting.with_names(page.rows, request.user),
        "count": len(page.rows) if page.whole else found.count(),
        "may_find": bool(school_ids_where(request.user, "bureau_make")),
        "job": job if job and not job.finished else None,
        "last": job if job and job.state == Job.State.DONE else None,
    }
    return render(request, "students/duplicates.html", context)


@require_POST
def find(request):
    """Start the search; a running one of the same person is not started twice."""
    running = Job.objects.visible_to(request.user).filter(kind="duplicates.find", finished_at=None)
    try:
        if not running.exists():
            services.ask_to_find(request.user)
    except NotYourHand as refused:
        raise PermissionDenied(str(refused)) from refused
    return redirect("students:duplicates")


@require_http_methods(["GET", "POST"])
def duplicate(request, pk):
    """One pair: both records, why it is asked, and the decision."""
    found = get_object_or_404(Likeness.objects.visible_to(request.user).select_related(*PAIR), pk=pk)
    may_decide = services.may_decide(request.user, found)
    form, refusal = DecisionForm(request.POST or None), []
    if request.method == "POST" and not may_decide:
        raise PermissionDenied(services.NOT_YOURS)
    if request.method == "POST" and form.is_valid():
        same = form.cleaned_data["same"] == "yes"
        try:
            services.decide(found, same=same, ground=form.cleaned_data["ground"], by=request.user)
        except Refused as refused:
            refusal = refused.rows
        else:
            messages.success(request, "已认定。" + ("请办理重复学籍合并。" if same else "情况不变不再列出。"))
            return redirect(found)
    context = presenting.page_of(found, request.user) | {
        "form": form if may_decide and found.state == Likeness.State.OPEN else None,
        "refusal": refusal,
    }
    return render(request, "students/duplicate.html", context, status=422 if form.errors or refusal else 200)
