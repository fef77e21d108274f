"""Pages of 证书: the list of a year, the city's numbers, the seal of the batch, the signature of the collector."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import may, school_ids_where
from approvals.errors import Refused
from law import clock
from law.school_time import school_year_name

from ..importing import sealed
from ..importing.listing import read_list
from ..models.certificate import Certificate
from ..year import papers, presenting
from ..year.calendar import ending_year
from ..year.forms import CertificateFilter, CollectForm, ListForm, SealForm
from ..year.judging import judge_numbers
from ..year.sheets import NUMBERS
from .dry_runs import findings_of, looked_at, shown
from .makers import makers_bureau

PAGE = 50
PURPOSE = "certificates"
NOT_THE_CLERK = "证书编号和验印由教育局经办人员登记（第三十二条）。"


@require_GET
def certificates(request):
    """The papers of a year: who has which number, what is sealed, who has collected."""
    if not school_ids_where(request.user, "view_school"):
        raise PermissionDenied("毕业证书由学校管理人员和教育局查看（第三十二条）。")
    chosen = CertificateFilter(request.GET, user=request.user)
    found = chosen.narrow()
    counts = presenting.counts_of_papers(found)
    rows = found.select_related("student", "school").order_by("school__code", "student__name_pinyin", "pk")
    pages = Paginator(rows, PAGE)
    pages.count = counts["all"]
    context = {
        "filter": chosen,
        "counts": counts,
        "page": pages.get_page(request.GET.get("page")),
        "year": chosen.year,
        "year_name": school_year_name(chosen.year),
        "may_number": bool(school_ids_where(request.user, "bureau_make")),
        "seal": SealForm(),
    }
    return render(request, "students/year/certificates.html", context)


@require_http_methods(["GET", "POST"])
def numbers(request):
    """Upload the city's numbers and look at what would be written; nothing is kept yet."""
    bureau, ending = makers_bureau(request, NOT_THE_CLERK), ending_year(clock.today())
    form = ListForm(NUMBERS, request.POST or None, request.FILES or None)

    def dry_run(given: dict) -> dict:
        sheet = read_list(given["workbook"].read(), NUMBERS)
        judged = judge_numbers(sheet, ending, bureau.pk)
        token = sealed.seal(papers.content_of_numbers(judged, ending), purpose=PURPOSE, by=request.user)
        return findings_of(sheet, judged, token if judged.good else "", rows=presenting.rows_of_numbers(judged))

    return numbers_page(request, form, **looked_at(request, form, dry_run))


def numbers_page(request, form, **seen):
    year_name = school_year_name(ending_year(clock.today()))
    return shown(request, "students/year/numbers.html", form, year_name=year_name, **seen)


@require_POST
def give_numbers(request):
    """Write the numbers of the dry run."""
    makers_bureau(request, NOT_THE_CLERK)
    try:
        content = sealed.unseal(request.POST.get("token", ""), purpose=PURPOSE, by=request.user)
        count = papers.give_numbers(content, by=request.user)
    except Refused as refused:
        return numbers_page(request, ListForm(NUMBERS), refusal=refused.rows)
    messages.success(request, f"已登记{count}个毕业证书编号。")
    return redirect("students:certificates")


@require_POST
def seal(request):
    """验印 and 发证 dates of the batch of this year."""
    bureau, form = makers_bureau(request, NOT_THE_CLERK), SealForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请填写验印日期和发证日期。")
        return redirect("students:certificates")
    try:
        count = papers.seal_batch(bureau, ending_year(clock.today()), by=request.user, **form.cleaned_data)
    except Refused as refused:
        for sentence in refused.sentences:
            messages.error(request, sentence)
    else:
        messages.success(request, f"已登记{count}份毕业证书的验印和发证日期。")
    return redirect("students:certificates")


@require_http_methods(["GET", "POST"])
def certificate(request, pk):
    """One paper: its numbers and days, and the signature of whoever collects it."""
    paper = get_object_or_404(Certificate.objects.visible_to(request.user).select_related("student", "school"), pk=pk)
    if request.method == "POST" and not may(request.user, "make_change", paper.school_id):
        raise PermissionDenied("证书由发证学校的学籍管理员发放登记（第三十二条）。")
    form, refusal = CollectForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        try:
            papers.hand_out(paper, by=request.user, **form.cleaned_data)
        except Refused as refused:
            refusal = refused.rows
        else:
            messages.success(
                request,
                f"已登记{paper.student.name}的{paper.get_kind_display()}由{form.cleaned_data['collected_by']}领取。",
            )
            return redirect("students:certificates")
    hands_out = paper.collected_on is None and not paper.voided and may(request.user, "make_change", paper.school_id)
    context = {"paper": paper, "form": form if hands_out else None, "refusal": refusal}
    return render(request, "students/year/certificate.html", context, status=422 if form.errors or refusal else 200)
