"""开学到校登记: progress and the list of those who have not come, and the sheet of one class."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import powers_of
from approvals.errors import Refused
from schools.models import School
from students.models import Student
from students.sight import class_in_sight

from . import absence, arrivals
from .arrival_forms import ArrivalForm

SHOWN = 500


@require_GET
def overview(request):
    """Who has not come, and which classes have not reported; a class teacher is led to the own class."""
    powers = powers_of(request.user)
    schools = powers.schools("view_school")
    if not schools and len(powers.class_ids) == 1:
        return redirect("dropout:arrival_sheet", min(powers.class_ids))
    wanted = request.GET.get("school", "")
    chosen = {pk for pk in schools if str(pk) == wanted} or schools
    opening = arrivals.present_opening()
    rows = arrivals.progress(chosen, opening)
    seen = Student.objects.visible_to(request.user)
    if len(chosen) < len(schools):
        seen = seen.filter(school__in=chosen)
    missing = list(arrivals.not_come(seen, opening)[:SHOWN])
    for row in missing:
        row.class_name = row.school_class.name_in(opening.year)
    context = {
        "opening": opening,
        "missing": missing,
        "classes": rows if len(chosen) == 1 else [],
        "schools": arrivals.per_school(rows) if len(chosen) > 1 else [],
        "school": School.objects.filter(pk__in=chosen).first() if len(chosen) == 1 else None,
        "many": len(schools) > 1,
        "done": sum(row["reported"] for row in rows),
        "all": len(rows),
    }
    return render(request, "suspensions/arrivals.html", context)


@require_http_methods(["GET", "POST"])
def sheet(request, pk):
    """One class: every child with one answer, written by one POST."""
    found = class_in_sight(request.user, pk)
    writes = absence.may_log(request.user, found)
    if request.method == "POST" and not writes:
        raise PermissionDenied("开学到校情况由本班班主任或本校学籍管理员登记。")
    opening = arrivals.present_opening()
    children = list(arrivals.expected_in(found))
    before = {row.child_id: row for row in arrivals.standing(opening).filter(child__in=children)}
    form = ArrivalForm(request.POST or None, children=children, before=before)
    if request.method == "POST" and form.is_valid():
        try:
            count = arrivals.report(found, form.marks, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found.name_in(opening.year)}到校情况已登记，写入{count}人。")
            return redirect("dropout:arrivals")
    context = {
        "school_class": found,
        "name": found.name_in(opening.year),
        "opening": opening,
        "form": form,
        "writes": writes,
        "done": bool(before),
        "sees_school": bool(powers_of(request.user).on("view_school", found.school_id)),
    }
    return render(request, "suspensions/arrival_sheet.html", context, status=422 if form.errors else 200)
