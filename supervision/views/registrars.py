"""Pages of the register of registrars (第三十四条)."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import may, powers_of, school_ids_where
from approvals.trying import tried
from schools.models import School

from ..registrars import services
from ..registrars.case import RegistrarChange
from ..registrars.forms import RegisterFilter, ReportForm
from ..registrars.presenting import register
from .overdue import sees_schools


@require_GET
def registrars(request):
    """Who keeps the records where; schools without anybody first."""
    sees_schools(request)
    chosen = RegisterFilter(request.GET, user=request.user)
    context = {"filter": chosen, "reports": bool(powers_of(request.user).schools("sign_change")), **register(chosen)}
    return render(request, "supervision/registrars.html", context)


@require_http_methods(["GET", "POST"])
def new(request):
    """The headmaster reports a registrar."""
    mine = School.objects.filter(pk__in=school_ids_where(request.user, "sign_change"), closed_on=None)
    school = mine.select_related("bureau").order_by("pk").first()
    if school is None:
        raise PermissionDenied("学籍管理员由校长报送（第三十四条）。")
    form = ReportForm(request.POST or None, school=school)
    return sheet(request, form, school, partial(services.report, school))


@require_http_methods(["GET", "POST"])
def draft(request, number):
    """The same sheet, open until it is reported."""
    seen = RegistrarChange.objects.visible_to(request.user).select_related("school__bureau", "person")
    case = get_object_or_404(seen, number=number)
    if not may(request.user, "sign_change", case.lead_school_id):
        raise PermissionDenied("学籍管理员由校长报送（第三十四条）。")
    if case.state != case.State.DRAFT:
        return redirect(case)
    known = {"account": case.person.username, "predecessor": case.predecessor_id}
    form = ReportForm(request.POST or None, instance=case, initial=known, school=case.school)
    return sheet(request, form, case.school, partial(services.keep, case), case)


def sheet(request, form: ReportForm, school: School, act, case: RegistrarChange | None = None):
    """The sheet; what was typed stays when the law or the desk says no."""
    refusal = []
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        person = given.pop("account")
        kept, refusal = tried(act, person, ask=school.bureau, by=request.user, **given)
        if kept:
            messages.success(request, f"{kept.number}已保存。请上传培训合格证书后报送。")
            return redirect(f"{kept.get_absolute_url()}#papers")
    context = {"form": form, "case": case, "school": school, "refusal": refusal}
    return render(request, "supervision/registrar_new.html", context, status=422 if form.errors or refusal else 200)
