"""Pages of 问题学籍: the list, and the findings of one child with the national system's answer to be entered."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import may
from approvals.errors import NotYourHand, Refused

from ..models.problem import Problem
from ..problems.claims import registered_elsewhere
from ..problems.filters import ProblemFilter
from ..problems.presenting import with_pages
from .child import visible_child

PAGE = 10
WITH_CHILDREN = ("child__school", "other__school", "resolved_by", "entered_by")


@require_GET
def problems(request):
    """Findings in sight, newest first; a school sees its own, the bureau those of the county."""
    chosen = ProblemFilter(request.GET, user=request.user)
    found = chosen.narrow()
    rows, page = one_page(found, request.GET.get("after", ""), request.GET.get("before", ""))
    context = {
        "filter": chosen,
        "count": found.count(),
        "problems": with_pages(rows, request.user),
        "page": page,
    }
    return render(request, "students/problems.html", context)


def one_page(found, after: str, before: str) -> tuple[list[Problem], dict]:
    """Findings below `after` or above `before` (keys of findings), and the cursors to the neighbours."""
    found = found.select_related(*WITH_CHILDREN).prefetch_related("child__numbers", "other__numbers")
    backwards = before.isdecimal() and len(before) < 18
    forwards = after.isdecimal() and len(after) < 18
    if backwards:
        rows = list(found.filter(pk__gt=before).order_by("pk")[: PAGE + 1])
    else:
        rows = list((found.filter(pk__lt=after) if forwards else found).order_by("-pk")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    first, last = (str(rows[0].pk), str(rows[-1].pk)) if rows else ("", "")
    at_start, at_end = (not more, False) if backwards else (not forwards, not more)
    return rows, {"previous": "" if at_start else first, "next": "" if at_end else last}


@require_http_methods(["GET", "POST"])
def of_child(request, slug):
    """Everything ever found about one child; the bureau's clerk enters 外省已注册 here."""
    child = visible_child(request, slug)
    if not may(request.user, "view_school", child.school_id):
        raise PermissionDenied("问题学籍由本校学籍管理员和教育局查看（第八条）。")
    refusal = []
    if request.method == "POST":
        try:
            registered_elsewhere(child, by=request.user, source=request.POST.get("source", ""))
        except NotYourHand as denied:
            raise PermissionDenied(str(denied)) from denied
        except Refused as denied:
            refusal = denied.rows
        else:
            messages.success(request, "已登记。学生待处理的问题解决之前，不能转学、毕业。")
            return redirect(reverse("students:child_problems", args=[child.slug]))
    mine = Problem.objects.visible_to(request.user).about(child).select_related(*WITH_CHILDREN)
    context = {
        "child": child,
        "problems": with_pages(mine.prefetch_related("child__numbers", "other__numbers"), request.user),
        "may_enter": may(request.user, "bureau_make", child.school_id),
        "refusal": refusal,
        "source": request.POST.get("source", ""),
    }
    return render(request, "students/child_problems.html", context, status=422 if refusal else 200)
