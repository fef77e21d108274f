"""Pages of 学籍簿册: the shelf of a school, the board of the county, one book before and after it is closed."""

from collections.abc import Iterable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import may, powers_of, school_ids_where
from approvals.trying import tried
from jianping_xueji import jobs
from jianping_xueji.vault import VaultError
from law import articles
from students import handing_out
from students.exporting.services import keep_trace, mark_of

from ..errors import NotPrintable, PrintRefused
from ..forms import FORMS
from . import closing, frozen, presenting, printing
from .doorway import Asked, asked_for, file_in_sight, part_in_sight, permit, shelf_in_sight
from .forms import BoardFilter, ClosingForm, CorrectionForm, SectionFilter, YearFilter
from .models import BookClosing, BookFile, BookPart
from .workbook import workbook_of

ROWS_SHOWN = 200


@require_GET
def books(request):
    """The shelf of one's own school, or the board of all schools in sight."""
    seen = school_ids_where(request.user, "view_school")
    if not seen:
        raise PermissionDenied("学籍簿册由学校学籍管理员、学校领导和教育局查看（第十条）。")
    if len(seen) == 1:
        return redirect("reports:shelf", pk=next(iter(seen)))
    chosen = BoardFilter(request.GET, user=request.user)
    rows = presenting.board_of(list(chosen.schools()), chosen.chosen_year)
    if chosen.cleaned_data.get("missing"):
        rows = [row for row in rows if row["missing"]]
    context = {"filter": chosen, "rows": rows, "heads": presenting.board_heads(chosen.chosen_year)}
    context |= {"year": chosen.chosen_year, "chart": presenting.chart_of(rows, chosen.chosen_year) if rows else {}}
    context["columns"] = ", ".join(["学校", *context["heads"], "应结未结::num"])
    return render(request, "reports/books.html", context)


@require_GET
def shelf(request, pk):
    """A school's books of one year; those of schools it took over stand below, under their own names."""
    school = shelf_in_sight(request.user, pk)
    chosen = YearFilter(request.GET)
    keeper = presenting.kept_elsewhere(school)
    context = {
        "filter": chosen,
        "school": school,
        "keeper": keeper,
        "shelves": presenting.shelf_of(school, chosen.chosen_year),
        "prints": any(may(request.user, right, keeper or school) for right in FORMS["cards_book"].rights),
        "makes": may(request.user, "make_change", keeper or school),
        "county": powers_of(request.user).sees_many_schools,
    }
    return render(request, "reports/shelf.html", context)


@require_GET
def book(request, pk, kind, year, term):
    """An open book as it stands today, numbers masked; a closed one leads to its page."""
    asked = asked_for(request.user, pk, kind, year, term)
    if closed := next((part for part in asked.earlier if (part.year, part.book.term) == (year, term)), None):
        return redirect("reports:book_part", pk=closed.pk)
    reading = (asked.what.glance or asked.what.read)(asked.scope)
    chosen = SectionFilter(request.GET, sections=reading.choices)
    lines = reading.only(chosen.chosen).lines if chosen.chosen else reading.lines
    context = page_of_lines(asked.what, lines) | {
        "asked": asked,
        "filter": chosen,
        "facts": presenting.book_facts(asked.scope.period, reading, asked.what.noun),
        "faults": reading.faults,
        "scope": asked.scope,
        "prints": asked.prints,
        "makes": may(request.user, "make_change", asked.keeper),
        "large": printing.is_large(asked.what, len(lines)),
    }
    return render(request, "reports/book.html", context)


def page_of_lines(what, lines, part=None) -> dict:
    """Rows of the screen: numbers by their last four, the first two hundred."""
    columns = what.columns_of(part)
    rows = [[line.masked.get(column.key, "") for column in columns] for line in lines[:ROWS_SHOWN]]
    heads = [column.label for column in columns]
    rows = [list(zip(heads, row, strict=True)) for row in rows]
    columns = ", ".join(f"{head}::num" if head == "序号" else head for head in heads)
    return {"what": what, "columns": columns, "rows": rows, "count": len(lines), "shown": len(rows)}


@require_POST
@never_cache
def book_print(request, pk, kind, year, term):
    """An open book (or one class of it) on paper, marked as not closed; a large one by a job."""
    asked = permit(asked_for(request.user, pk, kind, year, term))
    reading = asked.what.read(asked.scope)
    chosen = SectionFilter(request.POST, sections=reading.choices)
    reading = reading.only(chosen.chosen) if chosen.chosen else reading
    if printing.is_large(asked.what, len(reading.lines)):
        if chosen.chosen:
            return refused(request, asked.what, NotPrintable("本班学生过多，请打印整册。"))
        started = jobs.start(closing.JOB, asked.address | {"site": site_of(request)}, by=request.user)
        return render(request, "reports/book_job.html", {"job": started, "title": asked.what.title})
    make = partial(printing.print_open, asked.what, asked.scope, reading, keeper=asked.keeper, section=chosen.chosen)
    return handed_out(request, asked, make)


def handed_out(request, asked: Asked, make):
    """The PDF, or the page that says why there is none."""
    try:
        printed = make(by=request.user, address_of=address_of(request))
    except PrintRefused as refusal:
        return refused(request, asked.what, refusal)
    return pdf([printed.pdf], f"{printed.record.number}.pdf")


def refused(request, what, refusal: PrintRefused):
    context = {"form": FORMS[what.form], "case": None, "refusal": refusal}
    return render(request, "reports/refused.html", context, status=422)


def pdf(content: Iterable[bytes], name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, name)
    return answer


def site_of(request) -> str:
    return request.build_absolute_uri("/")


def address_of(request):
    from .job_handlers import address_on

    return address_on(site_of(request))


@require_POST
@never_cache
def book_workbook(request, pk, kind, year, term):
    """An open book as a workbook."""
    asked = permit(asked_for(request.user, pk, kind, year, term))
    mark = mark_of(request.user, f"{asked.school}{asked.scope.period.name}{asked.what.title}（未结册）")
    content = workbook_of(asked.what, asked.what.read(asked.scope), mark=mark)
    keep_trace(asked.keeper, request.user, f"导出未结《{asked.what.title}》（{asked.scope.period.name}）")
    return handing_out.workbook(content, f"{asked.what.title} {asked.school} {asked.scope.period.name}（未结册）.xlsx")


@require_http_methods(["GET", "POST"])
def book_close(request, pk, kind, year, term):
    """Begin to close a book, or to make its next correction page; a running draft is written anew."""
    asked = asked_for(request.user, pk, kind, year, term)
    if not may(request.user, "make_change", asked.keeper):
        raise PermissionDenied(f"结册由{asked.keeper}学籍管理员办理，校长核对签字（{articles.BOOKS}）。")
    case = BookClosing.objects.filter(book__in=asked.books, running=True).first()
    if case and (case.state != case.State.DRAFT or case.amendment):
        return redirect(case)
    correcting, broken = asked.parts.exists(), []
    form = (CorrectionForm if correcting else ClosingForm)(request.POST or None, initial=typed_before(asked, case))
    if request.method == "POST" and form.is_valid():
        begin = partial(begun, asked, case, correcting, site_of(request))
        done, broken = tried(begin, by=request.user, **form.cleaned_data)
        if done:
            messages.success(request, f"已保存{done.number}草稿。请核对后提交校长。")
            return redirect(done)
    context = {"asked": asked, "form": form, "refusal": broken, "correcting": correcting, "article": articles.BOOKS}
    return render(request, "reports/book_close.html", context, status=422 if form.errors or broken else 200)


def typed_before(asked: Asked, case: BookClosing | None) -> dict:
    return {"until": case.until if case else asked.default_until}


def begun(asked: Asked, case: BookClosing | None, correcting: bool, site: str, *, by, until=None, reason=""):
    """The draft of a closing, new or written anew."""
    if case:
        return closing.keep_closing(case, by=by, until=until)
    until = asked.parts.get(amendment=0).until if correcting else until
    given = {"until": until, "reason": reason, "site": site, "amendment": int(correcting)}
    return closing.start_closing(asked.school, asked.what, asked.scope.period, by=by, **given)


@require_GET
def book_part(request, pk):
    """A closed book: number, figures, digests, its lines, its correction pages."""
    part = part_in_sight(request.user, pk)
    reading, _ = frozen.reading_of(part)
    chosen = SectionFilter(request.GET, sections=reading.choices)
    lines = reading.only(chosen.chosen).lines if chosen.chosen else reading.lines
    address = [part.school_id, part.kind, part.year, part.book.term]
    context = page_of_lines(part.what, lines, part) | {
        "part": part,
        "filter": chosen,
        "file": BookFile.objects.filter(part=part).first(),
        "others": part.book.parts.exclude(pk=part.pk).order_by("amendment"),
        "facts": presenting.figures_as_facts(reading),
        "address": address,
        "prints": part.prints,
        "makes": may(request.user, "make_change", part.keeper),
    }
    return render(request, "reports/book_part.html", context)


@require_POST
@never_cache
def book_part_print(request, pk):
    """The file of a closed book: the same bytes every time. A large one that is not made yet is made by a job."""
    part = permit(part_in_sight(request.user, pk))
    if printing.is_large(part.what, part.lines_count) and not BookFile.objects.filter(part=part).exists():
        return render(request, "reports/book_job.html", {"job": job_for(part, request), "title": part.title})
    try:
        content = printing.print_closed(part, by=request.user, address_of=address_of(request), keeper=part.keeper)
    except PrintRefused as refusal:
        return refused(request, part.what, refusal)
    except VaultError:
        return refused(request, part.what, NotPrintable(f"{part.number}的文件不在或已损坏，请联系系统管理员。"))
    return pdf(content, f"{part.number}.pdf")


def job_for(part: BookPart, request):
    """The job that makes the file of a closed book; one that failed is tried again."""
    given = {"part": part.pk, "site": site_of(request)}
    found = jobs.Job.objects.filter(idempotency_key=f"book-part-{part.pk}").first()
    if found is None or found.requested_by != request.user:
        return jobs.start(closing.JOB, given, by=request.user)
    return jobs.retry(found) if found.state in ("failed", "cancelled") else found


@require_POST
@never_cache
def book_part_workbook(request, pk):
    """A closed book as a workbook, from what was kept."""
    part = permit(part_in_sight(request.user, pk))
    reading, _ = frozen.reading_of(part)
    content = workbook_of(part.what, reading, mark=mark_of(request.user, f"学籍簿册{part.number}"), part=part)
    keep_trace(part.keeper, request.user, f"导出《{part.title}》{part.number}")
    return handing_out.workbook(content, f"{part.title} {part.number}.xlsx")


@require_GET
@never_cache
def book_file(request, pk):
    """The file of a large open book, for whoever asked for it."""
    kept = file_in_sight(request.user, pk)
    try:
        content = printing.content_of_file(kept)
    except VaultError:
        raise Http404(pk) from None
    keep_trace(kept.record.school, request.user, f"打印{kept.record.subject[:100]}（未结册）{kept.record.number}")
    return pdf(content, f"{kept.record.number}.pdf")
