"""Pages of 新生入学: search, enter, look after one child of a batch, and acts on many children of it."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import may, school_ids_where
from approvals.errors import NotYourHand, Refused, RulesBroken, TooLate
from approvals.presenting import refusal_rows
from approvals.views.papers import shown_scan
from jianping_xueji.vault import ScanRefused

from ..intake import batches, child_page, duplicates, filing, forms, overflows
from ..models import DuplicateSearch, FiledScan, Overflow, Registration, Student

RECENT = 30


@require_http_methods(["GET", "POST"])
def search(request):
    """查重 first: whoever wants to enter a child says whom, and what was found is kept."""
    if not school_ids_where(request.user, "make_change"):
        raise PermissionDenied("新生登记由学校的学籍管理员办理（第六条第二款）。")
    form = forms.SearchForm(request.POST or None, user=request.user)
    found = None
    if request.method == "POST" and form.is_valid():
        found = duplicates.search(form.asked, form.cleaned_data["school"], form.cleaned_data["grade"], request.user)
        if found.outcome == DuplicateSearch.Outcome.NOBODY:
            messages.success(request, found.said)
            return redirect("intake:new", found.pk)
    context = {"form": form, "found": found, "searches": searches_of(request.user)[:RECENT]}
    return render(request, "students/intake_search.html", context, status=422 if form.errors else 200)


def searches_of(user):
    """The log of searches at the schools in sight, newest first."""
    seen = DuplicateSearch.objects.filter(school__among=school_ids_where(user, "view_school"))
    return seen.select_related("school", "by", "application__student").defer("sealed", "wrapped_key")


@require_GET
def searches(request):
    """查重记录: who looked for whom, when, and what was found; names and numbers masked."""
    return render(request, "students/intake_searches.html", {"searches": searches_of(request.user)[:200]})


@require_http_methods(["GET", "POST"])
def new(request, pk):
    """Everything else about a child that was searched for."""
    seen = DuplicateSearch.objects.filter(school__among=school_ids_where(request.user, "view_school"))
    asked_for = get_object_or_404(seen.select_related("school__bureau"), pk=pk)
    if not may(request.user, "make_change", asked_for.school_id):
        raise PermissionDenied("新生登记由学校的学籍管理员办理（第六条第二款）。")
    doubtful = asked_for.outcome == DuplicateSearch.Outcome.NAMESAKE
    form = forms.NewcomerForm(request.POST or None, school=asked_for.school, grade=asked_for.grade, doubtful=doubtful)
    refusal = []
    if request.method == "POST" and form.is_valid():
        try:
            case = batches.register_newcomer(asked_for, form.newcomer, by=request.user)
        except Refused as refused:
            refusal = said_by(refused, asked_for.school)
        else:
            messages.success(request, f"已登记{case.entered.name}，下一步：打印《学生基本信息表》请监护人签字。")
            return redirect("intake:child", case.entered.slug)
    context = {"form": form, "search": asked_for, "asked": duplicates.Asked.of(asked_for), "refusal": refusal}
    return render(request, "students/intake_new.html", context, status=422 if form.errors or refusal else 200)


def said_by(refused: Refused, school) -> list[dict]:
    """A refusal as the notice draws it."""
    if isinstance(refused, RulesBroken):
        return refusal_rows(refused.verdict, str(school.bureau))
    return refused.rows


def pending_child(request, slug: str) -> Student:
    """A child in sight that waits in a batch, or was registered from one."""
    seen = Student.objects.visible_to(request.user).filter(school__among=school_ids_where(request.user, "view_school"))
    child = get_object_or_404(seen.select_related("school__bureau", "application__community"), slug=slug)
    if not hasattr(child, "application"):
        raise Http404(slug)
    return child


@require_http_methods(["GET", "POST"])
def child(request, slug):
    """One child of a batch: what is in the way, the form to put it right, signature and originals."""
    child = pending_child(request, slug)
    keeps = may(request.user, "make_change", child.school_id)
    if request.method == "POST" and not keeps:
        raise PermissionDenied("登记由学校的学籍管理员更正（第六条第二款）。")
    form = child_page.form_of(child, request.POST or None)
    refusal = []
    if request.method == "POST" and form.is_valid():
        try:
            batches.amend(child, form.newcomer, by=request.user)
        except Refused as refused:
            refusal = said_by(refused, child.school)
        else:
            messages.success(request, f"已保存{child.name}的登记。")
            return redirect("intake:child", slug)
    return shown(request, child, form=form, refusal=refusal)


def shown(request, child: Student, *, status: int = 200, **more):
    context = child_page.page_of(child, request.user) | {key: value for key, value in more.items() if value}
    failed = context.get("refusal") or getattr(more.get("form"), "errors", None)
    return render(request, "students/intake_child.html", context, status=422 if failed else status)


@require_POST
def act(request, slug, act):
    """One act on one child: the signature, an original, taking it out, reporting it to the bureau."""
    child = pending_child(request, slug)
    if act not in ACTS:
        raise Http404(act)
    if not may(request.user, "make_change", child.school_id):
        raise PermissionDenied("登记由学校的学籍管理员办理（第六条第二款）。")
    try:
        said = ACTS[act](request, child)
    except ScanRefused as refused:
        return shown(request, child, refusal=[{"message": str(refused)}])
    except Refused as refused:
        return shown(request, child, refusal=said_by(refused, child.school))
    messages.success(request, said)
    return redirect("intake:child", slug)


def sign(request, child) -> str:
    form = forms.SignatureForm(request.POST)
    if not form.is_valid():
        raise Refused(*[f"{form.fields[name].label}：{errors[0]}" for name, errors in form.errors.items()])
    given = {name: form.cleaned_data[name] for name in ("signed_on", "signer", "relation")}
    batches.sign_for(batches.batch_of(child), [child.pk], by=request.user, **given)
    return f"已登记{child.name}监护人{given['signer']}签字。"


def file_original(request, child) -> str:
    paper = request.POST.get("paper", "")
    uploads = request.FILES.getlist("files")
    if paper not in FiledScan.Paper.values or not uploads:
        raise Refused("没有收到文件，请重新选择 JPG、PNG 或 PDF。")
    for upload in uploads:
        filing.file_scan(child.application, paper, upload.read(), upload.name, by=request.user)
    return f"{FiledScan.Paper(paper).label}已归档，永久保存。"


def words(request) -> str:
    """The reason as typed, without what no text column can hold."""
    return request.POST.get("opinion", "").replace("\x00", "")[:500]


def take_out(request, child) -> str:
    batches.take_out(child, by=request.user, reason=words(request))
    return f"已把{child.name}移出本批，没有建立学籍。"


def report(request, child) -> str:
    case = overflows.report_full(child, by=request.user, reason=words(request))
    return f"已报教育局统筹：{case.number}。教育局指定学校以前，该生不在本校批次中。"


ACTS = {"sign": sign, "original": file_original, "take_out": take_out, "report": report}


@require_POST
def batch(request, number):
    """One act on the chosen children of a batch."""
    case = get_object_or_404(Registration.objects.visible_to(request.user), number=number)
    if not may(request.user, "make_change", case.lead_school_id):
        raise PermissionDenied("本批由学校的学籍管理员办理（第六条第二款）。")
    acts = {"seat": seat_chosen, "sign": sign_chosen, "apart": set_apart, "propose": propose}
    if request.POST.get("act") not in acts:
        raise Http404("act")
    try:
        messages.success(request, acts[request.POST["act"]](request, case))
    except NotYourHand as refused:
        raise PermissionDenied(str(refused)) from refused
    except TooLate as late:
        messages.error(request, str(late))
    except Refused as refused:
        messages.error(request, str(refused.sentences[0]))
    return redirect(f"{case.get_absolute_url()}#children")


def chosen(request, case) -> list[int]:
    """The ticked children of this batch, or everybody in it. Raises Refused when none is ticked."""
    ticked = [int(pk) for pk in request.POST.getlist("child") if pk.isdecimal() and len(pk) < 18]
    wanted = case.entries.all() if request.POST.get("everybody") else case.entries.filter(student__in=ticked)
    ours = list(wanted.values_list("student", flat=True))
    if not ours:
        raise Refused("请先在名册上勾选学生，或者勾选“全批”。")
    return ours


def seat_chosen(request, case) -> str:
    wanted = request.POST.get("class", "")
    if not (wanted.isdecimal() and len(wanted) < 18):
        raise Refused("请选择班级。")
    children = chosen(request, case)
    batches.seat(case, dict.fromkeys(children, int(wanted)), by=request.user)
    return f"已为{len(children)}名学生编班。"


def sign_chosen(request, case) -> str:
    try:
        day = date.fromisoformat(request.POST.get("signed_on", ""))
    except ValueError as fault:
        raise Refused("请填写签字日期。") from fault
    children = chosen(request, case)
    batches.sign_for(case, children, by=request.user, signed_on=day)
    return f"已登记{len(children)}名学生的监护人签字。"


def set_apart(request, case) -> str:
    new = batches.set_unsigned_apart(case, by=request.user)
    return f"待签的学生已转入{new.title} {new.number}，本批其余学生可以提交。"


def propose(request, case) -> str:
    return f"已为{batches.seat_evenly(case, by=request.user)}名学生均衡编班，可逐名改动。"


@require_http_methods(["GET", "POST"])
def overflow(request, number):
    """The bureau's clerk names the school that takes the child."""
    seen = Overflow.objects.visible_to(request.user).select_related("lead_school__bureau", "peer_school")
    case = get_object_or_404(seen, number=number)
    if not may(request.user, "bureau_make", case.lead_school_id):
        raise PermissionDenied("统筹由教育局经办人员安排（第四条）。")
    choices, refusal = overflows.choices_for(case), []
    if request.method == "POST":
        wanted = request.POST.get("school", "")
        school = next((each.school for each in choices if str(each.school.pk) == wanted), None)
        try:
            if school is None:
                raise Refused("请从列表中选择接收学校。")
            overflows.name_school(case, school, by=request.user)
        except Refused as refused:
            refusal = said_by(refused, case.lead_school)
        else:
            messages.success(request, f"已指定{school}接收。核对无误后报审核。")
            return redirect(case)
    context = {"case": case, "choices": choices, "refusal": refusal}
    return render(request, "students/overflow_choose.html", context, status=422 if refusal else 200)


@require_GET
@never_cache
def scan(request, pk):
    """An original as an attachment of its own origin: never run, never framed by others, never cached."""
    seen = FiledScan.objects.filter(application__student__school__among=school_ids_where(request.user, "view_school"))
    found = get_object_or_404(seen.select_related("application__student"), pk=pk)
    return shown_scan(filing.content_of(found), found.mime, f"{found.paper}-{found.pk}")


@require_GET
def progress(request):
    """建籍进度: per school, how many applied, wait, lie at the bureau, are registered, and what is overdue."""
    from ..intake.progress import page_of

    return render(request, "students/intake_progress.html", page_of(request.user) | {"new_url": new_url(request.user)})


def new_url(user) -> str:
    return reverse("intake:search") if school_ids_where(user, "make_change") else ""
