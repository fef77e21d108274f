"""Pages of classes: 分班 (who waits, the list and its changes), and opening or closing a class."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import may, school_ids_where
from approvals.presenting import with_days
from approvals.trying import tried
from law import clock
from law.school_time import grade_name, school_year_of
from schools.models import School

from ..classing import services
from ..classing.class_change import ClassChange, start_class_change
from ..classing.forms import ClassChangeForm, PlacesForm, SchoolFilter, SeedForm, StartForm, SwapForm
from ..classing.ledger import classes_in
from ..classing.presenting import balance_of
from ..classing.seating import waiting_at
from ..models import Placing

RECENT = 10


@require_http_methods(["GET", "POST"])
def placings(request):
    """Who waits for a class, grade by grade, and the beginning of a placing."""
    schools = school_ids_where(request.user, "view_school")
    chosen = SchoolFilter(request.GET, schools=schools)
    school = chosen.chosen()
    if request.method == "POST" and not (school and may(request.user, "make_change", school)):
        raise PermissionDenied("分班由学校学籍管理员办理。")
    waiting = waiting_at(school, school_year_of(clock.today())) if school else None
    grades = sorted(waiting.by_grade) if waiting else []
    form, refusal = StartForm(request.POST or None, grades=grades), []
    if request.method == "POST" and form.is_valid():
        case, refusal = tried(services.start_placing, school, form.cleaned_data["grade"], by=request.user,
                              seed=form.cleaned_data["seed"])  # fmt: skip
        if case:
            messages.success(request, f"已建立{case.number}草稿。请核对各班名单，需要调整的逐人改班。")
            return redirect("students:placing_sheet", case.number)
    return shown(request, chosen, school, waiting, form, refusal)


def shown(request, chosen, school, waiting, form, refusal):
    recent = Placing.objects.visible_to(request.user).filter(lead_school=school).order_by("-pk")[:RECENT]
    grades = (
        [{"name": grade_name(g), "count": len(found)} for g, found in sorted(waiting.by_grade.items())]
        if waiting
        else []
    )
    context = {
        "filter": chosen if chosen.only is None else None,
        "school": school,
        "grades": grades,
        "waiting": waiting,
        "form": form if school and grades and may(request.user, "make_change", school) else None,
        "recent": with_days(recent) if school else [],
        "refusal": refusal,
    }
    return render(request, "students/placings.html", context, status=422 if form.errors or refusal else 200)


@require_http_methods(["GET", "POST"])
def sheet(request, number):
    """The list of a draft: each child's class by a box, two children swapped, or everything drawn anew."""
    case = get_object_or_404(Placing.objects.visible_to(request.user).select_related("lead_school"), number=number)
    if not may(request.user, "make_change", case.lead_school_id):
        raise PermissionDenied("分班名单由学校学籍管理员调整。")
    if case.state != case.State.DRAFT:
        return redirect(case)
    forms = forms_of(case, request)
    refusal = []
    if request.method == "POST":
        done, refusal = changed(request, case, forms)
        if done:
            return redirect("students:placing_sheet", case.number)
    placed = [row for row in forms["assign"].rows if row.school_class_id]
    context = {"case": case, "refusal": refusal, "grade": grade_name(case.grade), "balance": balance_of(case, placed)}
    bad = refusal or any(form.errors for form in forms.values())
    return render(request, "students/placing_sheet.html", context | forms, status=422 if bad else 200)


def forms_of(case, request) -> dict:
    """The three forms of the sheet; only the one that was sent is bound."""
    rows = list(
        case.rows.select_related("child", "school_class").order_by("school_class__number", "child__name_pinyin")
    )
    classes = classes_in(case.lead_school_id, case.grade, case.year)
    sent = request.POST.get("act") if request.method == "POST" else None
    bound = {act: request.POST if sent == act else None for act in ("assign", "swap", "draw")}
    return {
        "assign": PlacesForm(bound["assign"], rows=rows, classes=classes, year=case.year),
        "swap": SwapForm(bound["swap"], rows=rows, year=case.year),
        "draw": SeedForm(bound["draw"]),
    }


def changed(request, case, forms) -> tuple[str, list]:
    """(what was done, []) or ("", what stands against it)."""
    act, by = request.POST.get("act"), request.user
    form = forms.get(act)
    if form is None or not form.is_valid():
        return "", [] if form else [{"message": "请选择要办理的事项。"}]
    if act == "assign":
        moved, refusal = tried(services.assign, case, form.wanted, by=by)
        said = f"已调整{moved}名学生。" if moved else "没有改动。"
    elif act == "swap":
        _, refusal = tried(services.swap, case, form.cleaned_data["one"], form.cleaned_data["other"], by=by)
        said = "两名学生已互换班级。"
    else:
        _, refusal = tried(services.redraw, case, seed_of(form), by=by)
        said = "已重新编排，手工调整不再保留。"
    if refusal:
        return "", refusal
    messages.success(request, said)
    return said, []


def seed_of(form) -> int:
    seed = form.cleaned_data["seed"]
    return services.randbelow(services.SEEDS) if seed is None else seed


@require_http_methods(["GET", "POST"])
def class_change(request, pk):
    """Opening or closing a class of this school."""
    if pk not in school_ids_where(request.user, "view_school"):
        raise Http404(pk)
    if not may(request.user, "make_change", pk):
        raise PermissionDenied("开班、撤班由学校学籍管理员办理。")
    school = School.objects.get(pk=pk)
    form, refusal = ClassChangeForm(request.POST or None, school=school), []
    if request.method == "POST" and form.is_valid():
        case, refusal = tried(start_class_change, school, by=request.user, **form.cleaned_data)
        if case:
            messages.success(request, f"已建立{case.number}草稿。请核对后提交学校审核。")
            return redirect(case)
    context = {"form": form, "school": school, "refusal": refusal, "article": ClassChange.ARTICLE}
    return render(request, "students/class_change_new.html", context, status=422 if form.errors or refusal else 200)
