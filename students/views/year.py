"""Pages of 学年: the bureau's overview and its promotion, a school's graduation, the county's assessment."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import school_ids_where
from approvals.errors import NotYourHand, Refused
from law import clock
from law.school_time import grade_name, school_year_name
from schools.models import School

from ..importing.listing import read_list
from ..importing.sealed import seal, unseal
from ..year import papers, presenting, services
from ..year.calendar import ending_year
from ..year.forms import ListForm
from ..year.judging import judge_results
from ..year.promotion import PromotionRun
from ..year.sheets import RESULTS
from .dry_runs import findings_of, looked_at, shown
from .makers import makers_bureau

PURPOSE = "assessment"
OF_BUREAU = ("bureau_make", "bureau_check", "bureau_sign", "audit_school")
NOT_THE_CLERK = "综合考核结果由教育局经办人员导入（第三十二条）。"
ALL = 2000  # exceptions on one page; narrower by school


def school_in_sight(user, pk: int) -> School:
    return get_object_or_404(School.objects.filter(pk__in=school_ids_where(user, "view_school")), pk=pk)


@require_GET
def year(request):
    """The bureau's overview; whoever sees one school only is led to its page."""
    seen = School.objects.filter(pk__in=school_ids_where(request.user, "view_school"), closed_on=None).order_by("code")
    try:
        bureau = services.bureau_of(request.user, *OF_BUREAU)
    except NotYourHand as refusal:
        if school := seen.first():
            return redirect("students:year_school", school.pk)
        raise PermissionDenied(str(refusal)) from refusal
    ending = ending_year(clock.today())
    context = {"year_name": school_year_name(ending), **presenting.bureau_page(bureau, ending, request.user)}
    return render(request, "students/year/year.html", context)


@require_GET
def exceptions(request):
    """Every child who does not move up, and why; by school."""
    seen = School.objects.filter(pk__in=school_ids_where(request.user, "view_school"), closed_on=None).order_by("code")
    if not seen:
        raise PermissionDenied("升级名单由学校管理人员和教育局查看（第十五条）。")
    chosen = seen.filter(pk=request.GET["school"]) if request.GET.get("school", "").isdecimal() else seen
    ending = ending_year(clock.today())
    rows = services.exceptions(chosen[0].bureau, ending, limit=ALL, schools=[s.pk for s in chosen]) if chosen else []
    context = {"rows": rows, "limit": ALL, "schools": seen, "year_name": school_year_name(ending)}
    return render(request, "students/year/exceptions.html", context)


def back_to_year(request, act):
    """Do what the button says and return to the overview with the refusal or the result in words."""
    try:
        messages.success(request, act())
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refused:
        for sentence in refused.sentences:
            messages.error(request, sentence)
    return redirect("students:year")


@require_POST
def submit(request):
    """The maker's hand on the promotion of all schools."""

    def act():
        bureau = services.bureau_of(request.user, services.MAKES)
        run = services.submit_run(bureau, ending_year(clock.today()), by=request.user)
        return f"已提交{run}，请审核人员在新学年第一天起确认。"

    return back_to_year(request, act)


def run_in_sight(request, pk: int) -> PromotionRun:
    return get_object_or_404(PromotionRun.objects.visible_to(request.user), pk=pk)


@require_POST
def confirm(request, pk):
    """The checker's hand: the work starts in the background."""
    run = run_in_sight(request, pk)

    def act():
        services.confirm_run(run, by=request.user)
        return f"已确认{run}，正在后台写入；完成之前没有任何学籍变动。"

    return back_to_year(request, act)


@require_POST
def withdraw(request, pk):
    """Take a submitted run back."""
    run = run_in_sight(request, pk)

    def act():
        services.withdraw_run(run, by=request.user)
        return f"已撤回{run}。"

    return back_to_year(request, act)


@require_POST
def undo(request, pk):
    """The leader's correction of the whole run."""
    run = run_in_sight(request, pk)

    def act():
        services.take_back_run(run, by=request.user, opinion=request.POST.get("opinion", "").replace("\0", ""))
        return f"正在撤销{run}；完成之前没有任何学籍变动。"

    return back_to_year(request, act)


@require_GET
def school(request, pk):
    """One school's graduation: the finishing grades, who is left out and why, the lists."""
    seen = school_in_sight(request.user, pk)
    ending = ending_year(clock.today())
    context = {"year_name": school_year_name(ending), **presenting.school_page(seen, ending, request.user)}
    return render(request, "students/year/school.html", context)


@require_POST
def start_graduation(request, pk, grade):
    """Open the list of everybody who can graduate now."""
    seen = school_in_sight(request.user, pk)
    if pk not in school_ids_where(request.user, "make_change"):
        raise PermissionDenied("毕业由学校学籍管理员经办（第十五条）。")
    try:
        case = services.start_graduation(seen, grade, by=request.user)
    except Refused as refused:
        for sentence in refused.sentences:
            messages.error(request, sentence)
        return redirect("students:year_school", pk)
    messages.success(
        request, f"已生成{grade_name(grade)}毕业名单 {case.number}，共{case.subjects.count()}名。请核对后报审核。"
    )
    return redirect(case)


@require_http_methods(["GET", "POST"])
def assessment(request):
    """Upload results and look at what would be registered; nothing is kept yet."""
    bureau, ending = makers_bureau(request, NOT_THE_CLERK), ending_year(clock.today())
    form = ListForm(RESULTS, request.POST or None, request.FILES or None)

    def dry_run(given: dict) -> dict:
        file = given["workbook"]
        sheet = read_list(file.read(), RESULTS)
        judged = judge_results(sheet, ending, bureau.pk)
        token = seal(papers.content_of_results(judged, ending, file.name), purpose=PURPOSE, by=request.user)
        return findings_of(sheet, judged, token if judged.good else "", rows=presenting.rows_of_results(judged))

    return assessment_page(request, form, **looked_at(request, form, dry_run))


def assessment_page(request, form, **seen):
    year_name = school_year_name(ending_year(clock.today()))
    return shown(request, "students/year/assessment.html", form, year_name=year_name, **seen)


@require_POST
def open_assessment(request):
    """Open the case with the good rows of the dry run."""
    makers_bureau(request, NOT_THE_CLERK)
    try:
        content = unseal(request.POST.get("token", ""), purpose=PURPOSE, by=request.user)
        case = papers.open_assessment(content, by=request.user)
    except Refused as refused:
        return assessment_page(request, ListForm(RESULTS), refusal=refused.rows)
    messages.success(request, f"已建立综合考核结果 {case.number}。请核对后报审核。")
    return redirect(case)
