"""Pages of transfer: 能否办理, finding the child, the draft; everything after hand-in happens on the case page."""

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import may, school_ids_where
from approvals.errors import Refused
from approvals.presenting import VERDICT_WORDS, verdict_of
from approvals.views.lists import listed
from law import clock, parameters
from law.school_time import grade_name, school_year_of
from schools.models import School, Seats
from students.change_forms import DayAsked
from students.lookup import find_elsewhere
from students.models import Student

from .checking import verdict_for
from .desks import State
from .forms import CheckForm, DraftForm, FindChildForm, OutsideChildForm
from .grounds import Ground
from .holds import present_grade
from .models import OutwardTransfer, SchoolPlacement, Transfer
from .services import Origin, keep_draft, present_place, start_from_outside, start_transfer


def facts_of_child(request) -> dict:
    """School and grade of the child that is asked about, when one is; 404 for a child out of sight."""
    if not (slug := request.GET.get("child")):
        return {}
    child = get_object_or_404(Student.objects.visible_to(request.user), slug=slug)
    place = present_place(child)
    grade = place.school_class.grade_in(school_year_of(clock.today())) if place else None
    return {"from_school": child.school_id, "grade": grade, "child": child.slug}


def starting_facts(request) -> dict:
    """What the check form is filled with: a visible child's school and grade, own school, the day asked about."""
    facts = {"on": DayAsked(request.GET).chosen} | facts_of_child(request)
    own = school_ids_where(request.user, "make_change")
    if len(own) == 1 and "from_school" not in facts:
        facts["to_school"] = next(iter(own))
    return facts


@require_GET
def check(request):
    """能否办理: green, amber, red per rule, and the first day on which it becomes possible."""
    asked = "ground" in request.GET
    form = CheckForm(request.GET if asked else None, initial=starting_facts(request), user=request.user)
    context = {"form": form, "may_start": bool(school_ids_where(request.user, "make_change"))}
    if asked and form.is_valid():
        verdict = verdict_for(**form.cleaned_data)
        word, tone = VERDICT_WORDS[verdict.word]
        context |= {"word": word, "tone": tone, "today": form.cleaned_data["on"], **verdict_of(verdict)}
        context |= {"outward_url": outward_draft(request.user, form.cleaned_data), "now": clock.today()}
    return render(request, "transfers/check.html", context)


def outward_draft(user, asked: dict) -> str:
    """The draft of 转往县外 for the child asked about, filled with what was asked; "" where none can be begun."""
    child = asked["child"]
    if not (child and asked["to_division"] and may(user, OutwardTransfer.OPENER.right, child.school_id)):
        return ""
    known = {name: asked[name] for name in ("to_division", "ground")}
    known |= {OutwardTransfer.DAY_ASKED: asked["on"]} | ({"return_home": "on"} if asked["return_home"] else {})
    return f"{reverse('students:change_new', args=[child.slug, OutwardTransfer.kind_code])}?{urlencode(known)}"


def own_school(request) -> School:
    """The receiving school the registrar acts for; with several, the one named in the address."""
    ids = school_ids_where(request.user, "make_change")
    if not ids:
        raise PermissionDenied("发起转学由转入学校的学籍管理员办理。")
    wanted = request.GET.get("school") or request.POST.get("school")
    if wanted and wanted not in {str(pk) for pk in ids}:
        raise Http404(wanted)
    return School.objects.get(pk=wanted or min(ids))


@require_http_methods(["GET", "POST"])
def new(request):
    """Find the child in another school of the county, then start the draft."""
    school = own_school(request)
    form = FindChildForm(request.POST or None)
    child = None
    if request.method == "POST" and form.is_valid():
        child = find_elsewhere(**form.cleaned_data, by=request.user, school=school)
        if child is None:
            form.add_error(None, "本县没有姓名与号码完全相符的学生。请核对后重填；外县学生请用“县外转入”。")
        elif "start" in request.POST:
            return started(request, form, child, school)
    place = present_place(child) if child else None
    context = {"form": form, "school": school, "child": child, "place": place, "outside": False}
    return render(request, "transfers/new.html", context, status=422 if form.errors else 200)


def ground_asked(request) -> str:
    """The ground chosen on 能否办理, carried in the address; the usual one when none was."""
    asked = request.GET.get("ground", "")
    return asked if asked in Ground.values else Ground.CATCHMENT


def started(request, form, child, school):
    """Open the draft, or say why not with everything typed still there."""
    place = present_place(child)
    if place is None:
        form.add_error(
            None, f"{child.name}现在不在任何班级（{child.get_status_display()}），请先由原学校恢复在读（第二十三条）。"
        )
    else:
        try:
            grade = place.school_class.grade_in(school_year_of(clock.today()))
            case = start_transfer(child, school, by=request.user, ground=ground_asked(request), grade=grade)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("transfers:draft", number=case.number)
    context = {"form": form, "school": school, "child": child, "place": place, "outside": False}
    return render(request, "transfers/new.html", context, status=422)


@require_http_methods(["GET", "POST"])
def new_outside(request):
    """A child who comes in from outside the county: taken in as pending, then the draft.

    `?placement=` names the 入学通知书 by which the bureau chose this school: what it says is filled in.
    """
    school = own_school(request)
    notice = placement_asked(request, school)
    form = OutsideChildForm(request.POST or None, initial=notice.told_to_transfer if notice else None)
    if request.method == "POST" and form.is_valid():
        try:
            case = begin_outside(request.user, school, dict(form.cleaned_data), notice)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("transfers:draft", number=case.number)
    context = {"form": form, "school": school, "outside": True}
    return render(request, "transfers/new.html", context, status=422 if form.errors else 200)


def placement_asked(request, school: School) -> SchoolPlacement | None:
    """The placement named in the address, if it was made to this school and the user may see it."""
    mine = SchoolPlacement.objects.visible_to(request.user).filter(lead_school=school)
    return mine.filter(number=request.GET.get("placement", "")).first()


def begin_outside(user, school: School, given: dict, notice: SchoolPlacement | None) -> Transfer:
    """One transaction: the pending child and its draft, in the grade its age suggests until the registrar says."""
    origin = Origin(
        given.pop("from_division"),
        given.pop("from_school_name"),
        given.pop("from_school_code"),
        given.pop("from_class"),
    )
    if notice:
        return start_from_outside(user, school, given, origin, present_grade(notice) or notice.grade, notice.ground)
    grade = likely_grade(given["birth_date"], school)
    return start_from_outside(user, school, given, origin, grade)


def likely_grade(birth_date, school: School) -> int:
    """The grade of a child of this age, kept inside what the school teaches."""
    year = school_year_of(clock.today())
    age_grade = year - birth_date.year - 6 + (1 if (birth_date.month, birth_date.day) <= (8, 31) else 0)
    return min(max(age_grade, school.grades[0]), school.grades[-1])


def free_seats(school: School) -> dict[int, int]:
    year = school_year_of(clock.today())
    rows = Seats.objects.filter(school=school, year=year).exclude(school_class=None)
    return {row.school_class_id: max(row.free_seats, 0) for row in rows}


@require_http_methods(["GET", "POST"])
def draft(request, number):
    """学生与去向, 理由: the part of the wizard that is typed; papers and hand-in are on the case page."""
    case = get_object_or_404(Transfer.objects.visible_to(request.user), number=number)
    if case.state != State.DRAFT:
        return redirect(case)
    if not may(request.user, "make_change", case.lead_school_id):
        raise PermissionDenied("转学草稿由转入学校的学籍管理员填写。")
    form = DraftForm(
        request.POST or None,
        initial={name: getattr(case, name) for name in DraftForm.base_fields} | {"to_class": case.to_class_id},
        school=case.lead_school,
        grade=None if case.from_outside else case.grade,
        year=school_year_of(clock.today()),
        free=free_seats(case.lead_school),
        fixed_grade=not case.from_outside,
    )
    if request.method == "POST" and form.is_valid():
        try:
            keep_draft(case, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存。请按清单收取材料、核对后提交。")
            return redirect(f"{reverse('approvals:case', args=[case.number])}#papers")
    context = {"form": form, "case": case, "child": case.child, "grade": grade_name(case.grade)}
    return render(request, "transfers/draft.html", context, status=422 if form.errors else 200)


@require_GET
def waiting_for_arrival(request):
    """已办结未报到: decided, but the child has not sat down in the new class yet, with the day by which it should."""
    cases = Transfer.objects.visible_to(request.user).filter(state=State.DONE)
    cases = list(listed(cases).order_by("moved_on", "pk"))
    limit = timedelta(days=parameters.on(clock.today())["transfer.report_days"])
    for case in cases:
        case.report_by = case.moved_on + limit
        case.days_over = (clock.today() - case.report_by).days
    return render(request, "transfers/waiting.html", {"cases": cases})
