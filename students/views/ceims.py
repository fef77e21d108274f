"""全国系统: one page of three steps — export, the national system, its answer — and what is still wanting."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import may
from approvals.errors import NotYourHand, Refused
from schools.models import School

from .. import handing_out
from ..exporting import services
from ..exporting.forms import ExportForm, SchoolForm
from ..exporting.graduates import graduates_file
from ..exporting.wanting import counts_of
from ..models import Look, Numbering

LOOKS_SHOWN = 10


def school_form(request) -> SchoolForm:
    """The school on whose records the person works; 403 for whoever works on none."""
    form = SchoolForm(request.POST or request.GET, user=request.user)
    if not form.count:
        raise PermissionDenied("全国系统工作簿由学校学籍管理员或教育局经办人员导出（第三十七条）。")
    return form


@require_GET
def ceims(request):
    return shown(request, school_form(request))


def shown(request, schools: SchoolForm, form: ExportForm | None = None, refusal=()):
    school = schools.chosen
    context = {"schools": schools, "school": school, "refusal": refusal}
    if school:
        numberings = Numbering.objects.visible_to(request.user).filter(rows__child__school=school).distinct()
        context |= {
            "counts": counts_of(school),
            "form": form or ExportForm(school=school),
            "open_numberings": numberings.filter(closed_on=None).count(),
            "may_number": may(request.user, "bureau_make", school),
            "files": files_of(school, request.user),
        }
    status = 422 if refusal or form is not None and form.errors else 200
    return render(request, "students/ceims.html", context, status=status)


def files_of(school: School, user):
    """The last files of this school, or the person's own for the bureau."""
    own = {"user": user} if may(user, "bureau_make", school) else {"school": school}
    return Look.objects.filter(kind=Look.Kind.FILE, **own).select_related("user")[:LOOKS_SHOWN]


@require_POST
@never_cache
def export(request):
    """The workbook, or the page again with what stands in its way."""
    schools = school_form(request)
    if schools.chosen is None:
        return shown(request, schools, refusal=[{"message": "请先选择学校，再导出。"}])
    form = ExportForm(request.POST, school=schools.chosen)
    if not form.is_valid():
        return shown(request, schools, form)
    try:
        file = services.ceims_file(schools.chosen, by=request.user, **form.cleaned_data)
    except Refused as refused:
        return shown(request, schools, form, refused.rows)
    return handed_out(file)


@require_POST
@never_cache
def problems(request):
    """问题清单 of the school as a workbook."""
    schools = school_form(request)
    if schools.chosen is None:
        return shown(request, schools, refusal=[{"message": "请先选择学校，再导出。"}])
    try:
        return handed_out(services.problem_file(schools.chosen, by=request.user))
    except Refused as refused:
        return shown(request, schools, refusal=refused.rows)


def handed_out(file: services.File) -> HttpResponse:
    return handing_out.workbook(file.content, file.name)


@require_POST
@never_cache
def graduates(request, year):
    """The list for the city, which prints the certificates; the bureau's clerk takes it there."""
    try:
        return handed_out(graduates_file(year, by=request.user))
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refused:
        for sentence in refused.sentences:
            messages.error(request, sentence)
        return redirect("students:certificates")
