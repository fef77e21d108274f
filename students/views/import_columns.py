"""What else one can do with an upload: say what its columns are, take it back marked, draft corrections, undo it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals.errors import NotYourHand, Refused

from ..importing import drafting, service, undoing
from ..importing.column_page import FIELDS_BY_GROUP, ColumnPage
from ..importing.container import SCHOOL
from ..models import ImportFile
from .dry_runs import marked_answer
from .imports import own, page_of

NOTHING_TO_DRAFT = "没有可以起草的变更：学籍与名册已经一致、学生已不在本校，或已有变动在办。"
NO_COPY = "这份文件打不开，不能逐格标注。请下载“核对结果”对照修改。"


@require_http_methods(["GET", "POST"])
def columns(request, pk):
    """The columns of an upload, each with samples and the field it is read as; a person may say otherwise."""
    file = own(request, pk)
    asked = request.POST or request.GET
    page = ColumnPage.of(file, asked.get("sheet", ""), asked.get("head", "")) if file.may_be_read_otherwise else None
    if page is None:
        messages.warning(request, "这份名册现在不能指定列的对应，请重新上传。")
        return redirect(file)
    faults = []
    if request.method == "POST":
        said, faults = page.said_in(request.POST)
        faults = faults or read_again(file, request.user, said, page.mapping)
        if not faults:
            messages.success(request, "已按您指定的列重新核对；下次上传同样表头的名册会照此办理。")
            return redirect(file)
    context = {"file": file, "page": page, "groups": FIELDS_BY_GROUP, "refusal": faults}
    return render(request, "students/import_columns.html", context, status=422 if faults else 200)


def read_again(file: ImportFile, user, said: dict, mapping: list[dict]) -> list[dict]:
    """Begin the reading; what stands against it otherwise."""
    try:
        service.read_again(file, user, said=said, mapping=mapping)
    except Refused as refusal:
        return refusal.rows
    return []


@require_POST
def repair(request, pk):
    """Take one automatic repair back, or let it stand after all; the list is read once more."""
    file, cell = own(request, pk), request.POST.get("cell", "").strip().upper()
    try:
        service.decide_repair(file, request.user, cell, wanted=bool(request.POST.get("wanted")))
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        return refused(request, file, refusal.rows)
    return redirect(file)


@require_GET
def marked(request, pk):
    """The user's own file with the findings in it; it holds whole numbers, so only for who uploads for the school."""
    file = own(request, pk)
    if file.state == ImportFile.State.DISCARDED:
        return refused(request, file, [{"message": NO_COPY}])
    said, where = file.report["findings"], {"sheet": file.sheet, "head": file.head}
    copy = marked_answer(file, said, f"import-{file.pk}-marked.xlsx", limits=SCHOOL, **where)
    return copy or refused(request, file, [{"message": NO_COPY}])


@require_POST
def corrections(request, pk):
    """Drafts of 基本信息变更 for the next children whose key fields differ; refused only when none could be begun."""
    file = own(request, pk)
    after = request.POST.get("after", "")
    try:
        done = drafting.draft(file, request.user, after=int(after) if after.isdecimal() and len(after) < 10 else 0)
    except Refused as refusal:
        return refused(request, file, refusal.rows)
    if not done.cases:
        rows, behind = done.refusals or [{"message": NOTHING_TO_DRAFT}], str(done.last_row or "")
        return refused(request, file, rows, corrections=drafting.page_of(file, behind))
    messages.success(request, f"已起草 {len(done.cases)} 件基本信息变更，请逐件补齐证明材料后提交。")
    for each in done.refusals:
        messages.warning(request, each["message"])
    return redirect(f"{file.get_absolute_url()}?drafted={done.last_row}#corrections")


def refused(request, file: ImportFile, rows: list[dict], **more):
    """The preview with what stands against an act."""
    return render(request, "students/import_preview.html", page_of(request, file, refusal=rows, **more), status=409)


@require_POST
def undo(request, pk):
    """Take a whole import back, with the reason; refused with what stands on it."""
    file = own(request, pk)
    try:
        undoing.undo(file, request.user, request.POST.get("opinion", "")[:500])
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        return refused(request, file, refusal.rows)
    messages.success(request, f"已撤销“{file.name}”的导入：新生离开名册，在籍学生恢复原来的内容。")
    return redirect(file)
