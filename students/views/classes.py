"""Classes and seats: how full every grade and class is, who sits there, which case holds which seat."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.policies import may, powers_of
from law import clock
from law.school_time import LAST_GRADE, school_year_name, school_year_of
from schools.models import School

from ..models import Student
from ..presenting import with_places
from ..seating import class_bar, county_chart, county_rows, grades_of, holds_in, limits_on, state_of
from ..sight import class_in_sight


@require_GET
def classes(request):
    """One school's grades and classes; for whoever sees many schools, the county first."""
    powers = powers_of(request.user)
    schools = powers.schools("view_school")
    if not schools and powers.class_ids:
        return redirect("students:class", min(powers.class_ids))
    wanted = request.GET.get("school", "")
    if wanted or len(schools) == 1:
        return school_page(request, _school(wanted or str(min(schools)), schools), len(schools) > 1)
    return county_page(request, schools)


def _school(wanted: str, schools: set[int]) -> School:
    """The school of this id among those in sight; anything else is 404."""
    found = next((pk for pk in schools if str(pk) == wanted), None)
    if found is None:
        raise Http404(wanted)
    return School.objects.get(pk=found)


def county_page(request, schools):
    year = school_year_of(clock.today())
    rows = county_rows(schools, year)
    context = {"rows": rows, "chart": county_chart(schools, year), "year_name": school_year_name(year)}
    return render(request, "students/county.html", context)


def school_page(request, school: School, one_of_many: bool):
    year = school_year_of(clock.today())
    context = {
        "school": school,
        "grades": grades_of(school, year),
        "holds": holds_in(school, year, request.user),
        "lead": f"{school_year_name(year)}。{limits_on(clock.today())}",
        "one_of_many": one_of_many,
        "more": acts_on(school, request.user),
    }
    return render(request, "students/classes.html", context)


def acts_on(school: School, user) -> list[dict]:
    """What the registrar may do with the classes of the school."""
    if not may(user, "make_change", school):
        return []
    change = reverse("students:class_change_new", args=[school.pk])
    return [{"label": "分班", "url": reverse("students:placings")}, {"label": "开班、撤班", "url": change}]


@require_GET
def school_class(request, pk):
    """The children of one class, by class number where there is one, and the seats cases hold in it."""
    found = class_in_sight(request.user, pk)
    year = school_year_of(clock.today())
    seated = Student.objects.filter(
        enrolments__placements__school_class=found,
        enrolments__placements__ends=None,
        enrolments__voided=False,
    )
    children = seated.select_related("school").prefetch_related("numbers").order_by("name_pinyin", "id")
    rows = with_places(children, request.user)
    context = {
        "school_class": found,
        "name": found.name_in(year),
        "children": rows,
        "state": state_of(len(rows), found, limits_on(clock.today())),
        "bar": None if found.at_home else class_bar(found, year, len(rows)),
        "holds": holds_in(found.school, year, request.user, school_class=found),
        "sees_school": bool(powers_of(request.user).on("view_school", found.school_id)),
        "in_grade_nine": found.grade_in(year) == LAST_GRADE,
    }
    return render(request, "students/class.html", context)
