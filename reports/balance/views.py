"""Pages of the balance: the table, the children behind a figure, the workbook, the print."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from law import clock
from students import handing_out
from students.filters import BY_NAME
from students.models import Student
from students.paging import page_of
from students.presenting import with_places

from ..forms import FORMS
from ..views import sheet_handed_out
from .checks import checks_for
from .forms import BalanceFilter, FigureForm
from .lines import OTHER, SIDES, UNTOLD, hows_of
from .presenting import chart_of, shown
from .sheet import sheet_of
from .spells import Book, children_of, events
from .table import balances_of
from .workbook import span_words, workbook_of

LABELS = {side: {line.code: line.label for line in [*lines, OTHER, UNTOLD]} for side, lines in SIDES.items()}
SIDE_WORDS = {"open": "期初", "in": "增加", "out": "减少", "close": "期末"}


def chosen_by(request) -> BalanceFilter:
    """The filter; 403 for whoever sees no school."""
    chosen = BalanceFilter(request.POST or request.GET, user=request.user)
    if not chosen.seen:
        raise PermissionDenied("变动平衡表由学校学籍管理员、学校领导和教育局查看。")
    return chosen


def whose(chosen: BalanceFilter) -> str:
    return chosen.school_chosen.name if chosen.school_chosen else "全部学校"


@require_GET
def balance(request):
    chosen = chosen_by(request)
    span = chosen.span
    balances = balances_of(span)
    checks = checks_for(span.schools) if span.last >= clock.today() else []
    context = {
        "filter": chosen,
        "whose": whose(chosen),
        "span": span,
        "books": [shown(each, chosen) for each in balances],
        "chart": chart_of(balances),
        "checks": [{"check": check, "count": count} for check in checks if (count := check.children.count())],
    }
    return render(request, "reports/balance.html", context)


@require_GET
def children(request):
    """The children behind one figure, or behind one disagreement of state and days."""
    chosen = chosen_by(request)
    found, words = figure_asked(request, chosen) if "check" not in request.GET else check_asked(request, chosen)
    rows = found.select_related("school").prefetch_related("numbers").defer("wrapped_key")
    page = page_of(rows, BY_NAME, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    ids = [child.pk for child in page.rows]
    seen = set(Student.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True))
    for child in page.rows:
        child.in_sight = child.pk in seen
    context = {
        "filter": chosen,
        "words": words,
        "whose": whose(chosen),
        "span": chosen.span,
        "children": with_places(page.rows, request.user),
        "count": len(page.rows) if page.whole else found.count(),
        "page": page,
    }
    return render(request, "reports/balance_children.html", context)


def figure_asked(request, chosen: BalanceFilter):
    """Children and words of a figure named in the address; 404 for none."""
    form = FigureForm(request.GET)
    if not form.is_valid():
        raise Http404("没有这个数字")
    asked, span = form.cleaned_data, chosen.span
    book, side, line = asked["book"], asked["side"], asked["line"]
    hows = None
    if line and side in SIDES:
        present = {event.how for event in events(book, span) if event.side == side}
        untold = hows_of(side, UNTOLD.code, present)
        hows = [how for how in present if how not in untold] if line == "sum" else hows_of(side, line, present)
    ids = children_of(book, span, side=side, hows=hows, where=form.where)
    words = f"{Book(book).label}：{SIDE_WORDS[side]}"
    if side in SIDES and line in LABELS[side]:
        words = f"{words}（{LABELS[side][line]}）"
    return Student.objects.filter(pk__in=ids), words


def check_asked(request, chosen: BalanceFilter):
    for check in checks_for(chosen.span.schools):
        if check.code == request.GET["check"]:
            return check.children, check.label
    raise Http404("没有这项核对")


@require_GET
def workbook(request):
    chosen = chosen_by(request)
    made = f"{request.user.name or request.user} {clock.today():%Y年%-m月%-d日}生成"
    data = workbook_of(balances_of(chosen.span), whose=whose(chosen), made=made)
    return handing_out.workbook(data, f"变动平衡表（{span_words(chosen.span)}）.xlsx")


@require_POST
@never_cache
def printed(request):
    chosen = chosen_by(request)
    form = FORMS["balance_sheet"]
    return sheet_handed_out(request, form, sheet_of(chosen.span, chosen.school_chosen, request.user))
