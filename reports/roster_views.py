"""表册打印: the rosters of a school's classes, its list of certificates, and letters about one child or paper."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import powers_of, school_ids_where
from accounts.roles import WORKS_ON_RECORDS
from law import clock
from law.school_time import school_year_of
from schools.models import School, SchoolClass
from students.filters import OneSchool
from students.models import Certificate, Student

from . import certificate_forms, roll_forms, rosters
from .errors import NotPrintable
from .forms import FORMS
from .views import sheet_handed_out

OF_CLASS = {
    "newcomers_roster": rosters.newcomers_of,
    "graduates_roster": rosters.graduates_of,
    "roll_check": roll_forms.roll_check_of,
}
YEARS_BACK = 9
BLANKS = (
    "newcomers_roster", "graduates_roster", "collection_list", "completion_certificate", "schooling_proof",
    "enrolment_proof", "suspension_proof", "suspension_form", "transfer_contact", "correction_form",
    "deregistration_form", "dropout_report", "admission_notice", "balance_sheet", "direct_form", "investor_form",
    "transfer_proof", "resumption_notice", "basics_form", "problem_form", "consistency_sheet", "file_handover",
    "handover_list", "one_time_notice", "acceptance_receipt", "refusal_notice", "pairing_sheet",
    "movements_book", "registry_card", "transfers_book", "transfer_proofs", "roll_check", "home_lessons",
)  # fmt: skip


class BookFilter(OneSchool):
    """Whose books are printed."""

    RIGHTS = WORKS_ON_RECORDS


@require_GET
def rosters_page(request):
    """The classes with the rosters each can have now, and every blank form."""
    chosen = BookFilter(request.GET, user=request.user)
    if not chosen.count:
        raise PermissionDenied("花名册由学校学籍管理员、学校领导和教育局打印（第十条）。")
    school, year = chosen.chosen, school_year_of(clock.today())
    context = {
        "filter": chosen,
        "school": school,
        "entering": entering_of(school, year) if school else [],
        "leaving": leaving_of(school, year) if school else [],
        "open": open_in(school, year) if school else [],
        "years": years_of(school) if school else [],
        "blanks": [FORMS[code] for code in BLANKS],
    }
    return render(request, "reports/rosters.html", context)


def entering_of(school: School, year: int) -> list[dict]:
    found = school.classes.filter(cohort=year, closed_on=None).order_by("stage", "number")
    return [{"pk": each.pk, "name": each.name_in(year)} for each in found]


def open_in(school: School, year: int) -> list[dict]:
    """Every open class of this year, grades ascending."""
    found = [each for each in school.classes.filter(closed_on=None) if each.grade_in(year)]
    found.sort(key=lambda each: (each.grade_in(year), each.number))
    return [{"pk": each.pk, "name": each.name_in(year)} for each in found]


def leaving_of(school: School, year: int) -> list[dict]:
    """Classes in their last year or gone since, the latest first."""
    rows = []
    for each in school.classes.filter(cohort__gte=year - YEARS_BACK).order_by("-cohort", "stage", "number"):
        left = each.cohort + (6 if each.stage == "primary" else 3)
        if left <= year + 1:
            rows.append({"pk": each.pk, "name": f"{left}届{each.get_stage_display()}{each.number}班"})
    return rows


def years_of(school: School) -> list[int]:
    """The years of which papers stand, the latest first."""
    papers = Certificate.objects.standing().filter(school=school)
    return sorted(papers.order_by().values_list("year", flat=True).distinct(), reverse=True)


@require_POST
@never_cache
def of_class(request, pk, form):
    """A roster of one class; a stranger gets 404."""
    found = get_object_or_404(SchoolClass.objects.select_related("school__bureau"), pk=pk)
    if form not in OF_CLASS or not powers_of(request.user).on("view_school", found.school_id):
        raise Http404(form)
    return printed(request, form, found.school_id, lambda: OF_CLASS[form](found))


@require_POST
@never_cache
def of_certificates(request, pk, year):
    """发放清单 of one school and year."""
    school = get_object_or_404(School.objects.filter(pk__in=school_ids_where(request.user, "view_school")), pk=pk)
    return printed(request, "collection_list", school.pk, lambda: certificate_forms.collection_of(school, year))


@require_POST
@never_cache
def of_paper(request, pk):
    """修业证明 as a letter."""
    seen = Certificate.objects.visible_to(request.user).select_related("student", "school__bureau")
    paper = get_object_or_404(seen, pk=pk)
    return printed(request, "completion_certificate", paper.school_id, lambda: certificate_forms.completion_of(paper))


@require_POST
@never_cache
def of_child(request, slug):
    """在籍证明 of a child in sight."""
    child = get_object_or_404(Student.objects.visible_to(request.user).select_related("school__bureau"), slug=slug)
    return printed(request, "enrolment_proof", child.school_id, lambda: certificate_forms.enrolment_of(child))


@require_POST
@never_cache
def lessons_of_child(request, slug):
    """送教上门登记表 of a child in sight."""
    child = get_object_or_404(Student.objects.visible_to(request.user).select_related("school__bureau"), slug=slug)
    return printed(request, "home_lessons", child.school_id, lambda: roll_forms.home_lessons_of(child))


def printed(request, code: str, school: int, make):
    """The PDF of the sheet `make` gives, or the page that says why there is none; 403 before its content is read."""
    form, powers = FORMS[code], powers_of(request.user)
    if not any(powers.on(right, school) for right in form.rights):
        raise PermissionDenied(f"《{form.title}》由学校学籍管理员、学校领导和教育局打印（{form.article}）。")
    try:
        sheet = make()
    except NotPrintable as refusal:
        context = {"form": form, "case": None, "refusal": refusal}
        return render(request, "reports/refused.html", context, status=422)
    return sheet_handed_out(request, form, sheet)
