"""Pages of 招生分配: the dry run over the county, and the draft of one school."""

from collections import Counter

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import may, school_ids_where
from approvals.errors import Refused
from approvals.presenting import with_days
from law import clock
from law.school_time import school_year_name
from schools.models import School

from ..leavers import plan
from ..leavers.assigning import by_primary, dry_run, juniors_of, keep_assignment, open_assignment
from ..leavers.assignment_pages import chart_of
from ..leavers.cohort import beginning_year
from ..models import Assignment, LeaverDestination


class RowsForm(forms.Form):
    """One choice of a junior school for each row."""

    def __init__(self, *args, rows, juniors, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "未定"), *((school.pk, school.short_name) for school in juniors)]
        for row in rows:
            field = forms.TypedChoiceField(
                label=f"{row.child.name}的初中", choices=choices, coerce=int, empty_value=None, required=False
            )
            field.initial = row.school_id
            self.fields[f"r{row.pk}"] = field
        self.rows = rows

    def lines(self):
        return [{"row": row, "field": self[f"r{row.pk}"]} for row in self.rows]

    @property
    def chosen(self) -> dict[int, int | None]:
        return {row.pk: self.cleaned_data[f"r{row.pk}"] for row in self.rows}


def clerk_schools(request) -> set[int]:
    ids = school_ids_where(request.user, "bureau_make")
    if not ids:
        raise PermissionDenied("招生分配由教育局经办人员办理（第四条）。")
    return ids


@require_http_methods(["GET", "POST"])
def assignment(request):
    """The dry run: plan against proposal of every junior school; opens the case of one school."""
    ids, refusal = clerk_schools(request), []
    if request.method == "POST":
        try:
            return redirect("students:assignment_draft", open_assignment(asked(request, ids), by=request.user).number)
        except Refused as refused:
            refusal = refused.rows
    year, bureau = beginning_year(clock.today()), School.objects.select_related("bureau").get(pk=min(ids)).bureau
    rows = dry_run(bureau, year)
    living = LeaverDestination.objects.filter(year=year, ended_by=None)
    assigned = set(living.filter(school__bureau=bureau).values_list("child", flat=True))
    open_rows = [each for each in rows if each.child.pk not in assigned]
    recent = Assignment.objects.visible_to(request.user).filter(year=year)
    lines = plan.lines(year, juniors_of(bureau), proposed=Counter(each.school for each in open_rows))
    context = {
        "primaries": by_primary(rows, assigned),
        "lines": lines,
        "chart": chart_of(lines),
        "unsure": sum(each.school is None for each in open_rows),
        "refusal": refusal,
        "year_name": school_year_name(year),
        "recent": with_days(recent.select_related("lead_school")[:50]),
    }
    return render(request, "students/assignment.html", context, status=422 if refusal else 200)


def asked(request, ids: set[int]) -> School:
    """The school whose leavers are to be assigned, among the clerk's own."""
    wanted = request.POST.get("school", "")
    if not wanted:
        raise Refused("请选择一所学校（第四条）。")
    found = School.objects.select_related("bureau").filter(pk__in=ids)
    found = found.filter(pk=wanted).first() if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19 else None
    if found is None:
        raise Http404(wanted)
    return found


@require_http_methods(["GET", "POST"])
def draft(request, number):
    """The list of one case while it may be changed by hand."""
    case = get_object_or_404(
        Assignment.objects.visible_to(request.user).select_related("lead_school__bureau"), number=number
    )
    if not may(request.user, "bureau_make", case.lead_school_id):
        raise PermissionDenied("招生分配的草稿由教育局经办人员填写（第四条）。")
    if case.state != case.State.DRAFT:
        return redirect(case)
    rows = list(case.rows.select_related("child", "primary"))
    form = RowsForm(request.POST or None, rows=rows, juniors=juniors_of(case.lead_school.bureau))
    refusal = []
    if request.method == "POST" and form.is_valid():
        try:
            keep_assignment(case, form.chosen, by=request.user)
        except Refused as refused:
            refusal = refused.rows
        else:
            messages.success(request, "已保存。核对无误后提交审核。")
            return redirect(case)
    context = {"case": case, "form": form, "refusal": refusal}
    return render(request, "students/assignment_draft.html", context, status=422 if form.errors or refusal else 200)
