"""Pages of 七年级招生入学: leavers to take over, the newcomer from outside, what is still to be completed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import may, school_ids_where
from approvals.errors import Refused, RulesBroken
from approvals.presenting import refusal_rows, with_days
from law import clock
from law.school_time import school_year_name, school_year_of
from schools.models import School, SchoolClass, Stage

from ..leavers import completing
from ..leavers.forms import OutsiderForm, TakeOverForm
from ..leavers.intake import dealt, expected_at, open_intake, take_in_outsider
from ..leavers.intake_pages import due_words
from ..models import Grade7Intake

RECENT = 20
LONGEST = 19  # digits of an id


def junior_schools(user):
    """Schools in sight that teach grade seven."""
    seen = School.objects.filter(pk__in=school_ids_where(user, "view_school"), closed_on=None)
    return seen.exclude(kind=School.Kind.PRIMARY).select_related("bureau").order_by("code")


def school_asked(request) -> School | None:
    """The school named in the address, or the only one in sight; None when there are many to choose from, or none."""
    schools, wanted = junior_schools(request.user), request.GET.get("school", "")
    if wanted:
        found = schools.filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < LONGEST else None
        if found is None:
            raise Http404(wanted)
        return found
    found = list(schools[:2])
    return found[0] if len(found) == 1 else None


@require_http_methods(["GET", "POST"])
def intake(request):
    """The leavers expected here, all ticked: one click takes them over into a class."""
    school = school_asked(request)
    takes = school is not None and may(request.user, "make_change", school)
    if request.method == "POST" and not takes:
        raise PermissionDenied("招生入学由初中的学籍管理员经办（第六条第三款）。")
    if school is None:
        return render(request, "students/intake_schools.html", {"schools": junior_schools(request.user)})
    places = list(expected_at(school, school_year_of(clock.today())))
    form = TakeOverForm(request.POST or None, school=school, places=places)
    broken = []
    if request.method == "POST" and form.is_valid():
        case, broken = begun(request, school, form)
        if case:
            return redirect(case)
    return shown(request, school, form, places, takes, broken)


def begun(request, school, form):
    """The case of one click, or what the law says against it."""
    children, given = form.chosen, form.cleaned_data
    try:
        seated = (
            {child.pk: given["to_class"] for child in children}
            if given["to_class"]
            else dealt(children, school, seed=school_year_of(clock.today()))
        )
        return open_intake(school, seated, by=request.user, begins_on=given["begins_on"]), []
    except RulesBroken as refusal:
        return None, refusal_rows(refusal.verdict, str(school.bureau))
    except Refused as refusal:
        return None, refusal.rows


def shown(request, school, form, places, takes, broken):
    year, rooms = school_year_of(clock.today()), form.fields["to_class"]
    recent = Grade7Intake.objects.visible_to(request.user).filter(lead_school=school, year=year)
    context = {
        "school": school,
        "form": form,
        "places": places,
        "takes": takes,
        "refusal": broken,
        "year_name": school_year_name(year),
        "due": due_words(year),
        "classes": [{"name": each.name_in(year), "free": rooms.free.get(each.pk, 0)} for each in rooms.classes],
        "plan_free": rooms.free.get(None),
        "recent": with_days(recent.select_related("opened_by").order_by("-pk")[:RECENT]),
    }
    return render(request, "students/intake.html", context, status=422 if form.errors or broken else 200)


@require_http_methods(["GET", "POST"])
def outside(request):
    """A newcomer who finished primary school elsewhere: found by number first, taken in once."""
    school = school_asked(request)
    if school is None or not may(request.user, "make_change", school):
        raise PermissionDenied("招生入学由初中的学籍管理员经办（第六条第三款）。")
    form = OutsiderForm(request.POST or None, school=school)
    if request.method == "POST" and form.is_valid():
        try:
            case = take_in_outsider(school, by=request.user, **form.given())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已建立{case.number}。请收取原小学学籍证明，核对后提交。")
            return redirect(f"{case.get_absolute_url()}#papers")
    context = {"form": form, "school": school}
    return render(request, "students/intake_outside.html", context, status=422 if form.errors else 200)


@require_GET
def completion(request):
    """核实完善: the classes of grade seven of one school and how far each is."""
    school = school_asked(request)
    if school is None:
        return redirect("students:intake")
    context = {"school": school, "rows": completing.progress(school), "due": due_words(school_year_of(clock.today()))}
    return render(request, "students/intake_completion.html", context)


@require_GET
def completion_class(request, pk):
    """One class: per child what is empty, what dates from primary school, which proofs to collect."""
    seen = school_ids_where(request.user, "view_school")
    classes = SchoolClass.objects.select_related("school").filter(school__in=seen, stage=Stage.JUNIOR)
    found = get_object_or_404(classes, pk=pk)
    lines = completing.lines_of(found)
    context = {
        "school_class": found,
        "name": found.name_in(school_year_of(clock.today())),
        "lines": lines,
        "left": sum(not line.done for line in lines),
    }
    return render(request, "students/intake_completion_class.html", context)
