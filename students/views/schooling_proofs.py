"""Pages of 学习经历证明: finding the graduate or the school, the draft from a roll book, what was issued."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import modelform_factory
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import may, powers_of, school_ids_where
from approvals.errors import Refused
from approvals.presenting import with_days
from approvals.trying import tried
from schools.models import School

from ..change_forms import field_for
from ..changes import keep_change
from ..models import CertificateProof, Student
from ..schooling_proofs import services
from ..schooling_proofs.case import PERSON, ROLL_BOOK
from ..schooling_proofs.forms import ElsewhereForm, FormerFilter, RollBookForm
from ..search import matching

SHOWN = 50
COLUMNS = [*PERSON, "id_tail", "stage", "entered_month", "left_month", "certificate_number", ROLL_BOOK, "lost_how"]
DraftForm = modelform_factory(CertificateProof, form=RollBookForm, fields=COLUMNS, formfield_callback=field_for)


def school_of(user) -> School | None:
    """The school for which this person makes; None for everybody else."""
    return School.objects.filter(pk__in=school_ids_where(user, "make_change"), closed_on=None).order_by("pk").first()


@require_GET
def proofs(request):
    """Graduates in sight under the words typed, and the proofs asked for and issued."""
    return shown(request, ElsewhereForm())


def shown(request, elsewhere: ElsewhereForm, *, refusal=(), issued_by: School | None = None):
    if not school_ids_where(request.user, "view_school"):
        raise PermissionDenied("学习经历证明由学校学籍管理员和教育局办理（第三十二条）。")
    chosen = FormerFilter(request.GET)
    words = chosen.cleaned_data["q"].strip() if chosen.is_valid() else ""
    former = Student.objects.visible_to(request.user).filter(status=Student.Status.GRADUATED)
    found = matching(former, words).select_related("school").order_by("name_pinyin", "pk")[:SHOWN] if words else []
    cases = CertificateProof.objects.visible_to(request.user).select_related("lead_school").order_by("-pk")
    makes = powers_of(request.user).schools("make_change")
    context = {
        "filter": chosen,
        "words": words,
        "former": [{"child": child, "mine": child.school_id in makes} for child in found],
        "cases": with_days(cases[:SHOWN]),
        "shown": SHOWN,
        "makes": bool(makes),
        "elsewhere": elsewhere,
        "refusal": refusal,
        "issued_by": issued_by,
    }
    return render(
        request, "students/schooling_proofs.html", context, status=422 if refusal or elsewhere.errors else 200
    )


@require_POST
def elsewhere(request):
    """The school that issued the certificate of exactly this name and number; found or not, the look is kept."""
    school = school_of(request.user)
    if school is None:
        raise PermissionDenied("查找毕业学校由学校学籍管理员办理；教育局可直接在学生名单中查找。")
    form = ElsewhereForm(request.POST)
    if not form.is_valid():
        return shown(request, form)
    try:
        issued_by = services.school_that_issued(**form.cleaned_data, by=request.user, school=school)
    except Refused as refusal:
        return shown(request, form, refusal=refusal.rows)
    return shown(request, form, issued_by=issued_by)


@require_http_methods(["GET", "POST"])
def new(request):
    """A line of the school's roll book, of somebody who graduated before there was a register."""
    school = school_of(request.user)
    if school is None:
        raise PermissionDenied("学习经历证明由原学校的学籍管理员申请（第三十二条）。")
    form = DraftForm(request.POST or None, school=school)
    return sheet(request, form, school, lambda given: services.start_from_roll_book(school, by=request.user, **given))


@require_http_methods(["GET", "POST"])
def draft(request, number):
    """The same line, open until it is handed in."""
    seen = CertificateProof.objects.visible_to(request.user).select_related("lead_school__bureau")
    case = get_object_or_404(seen, number=number)
    if not may(request.user, "make_change", case.lead_school_id):
        raise PermissionDenied("草稿由原学校的学籍管理员填写（第三十二条）。")
    if case.state != case.State.DRAFT or case.child:
        return redirect(case)
    form = DraftForm(request.POST or None, instance=case, school=case.lead_school)
    return sheet(request, form, case.lead_school, lambda given: keep_change(case, by=request.user, **given), case)


def sheet(request, form, school: School, keep, case: CertificateProof | None = None):
    """The draft's page; what was typed stays when the law or the desk says no."""
    refusal = []
    if request.method == "POST" and form.is_valid():
        kept, refusal = tried(keep, form.cleaned_data, ask=school.bureau)
        if kept:
            messages.success(request, "已保存。请按清单收取材料、核对后提交。")
            return redirect(f"{kept.get_absolute_url()}#papers")
    context = {"form": form, "case": case, "school": school, "refusal": refusal}
    return render(
        request, "students/schooling_proof_draft.html", context, status=422 if form.errors or refusal else 200
    )
