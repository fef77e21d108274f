"""Pages of 小初对接: the county by pair, one pair child by child, the inquiry about one child."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import may, powers_of
from approvals.errors import NotYourHand, Refused
from law import clock
from law.school_time import school_year_name, school_year_of
from schools.models import School
from students.models import Student

from ..models import LeaverInquiry
from . import pages
from .board import board
from .forms import InquiryForm
from .inquiry import record_inquiry
from .services import open_sheet, sheet_of, suspect_blanks

LISTED = 300


def schools_of(request) -> set[int]:
    return powers_of(request.user).schools("view_school")


@require_GET
def county(request):
    """Every pair in sight with its figures; the lost children on top of everything."""
    year, schools = school_year_of(clock.today()), schools_of(request)
    leavers = board(year, schools=schools)
    rows, blank = pages.pairs_of(year, leavers), [each for each in leavers if each.is_blank]
    words, tone = pages.due_words(year, len(blank))
    names = {row["primary"].pk: row["primary"].short_name for row in rows}
    context = {
        "rows": rows,
        "figures": pages.figures_of(rows),
        "chart": pages.chart_of(rows),
        "blanks": [{"row": each, "primary": names[each.primary]} for each in blank[:LISTED]],
        "blank_count": len(blank),
        "due": words,
        "tone": tone,
        "year_name": school_year_name(year),
    }
    return render(request, "suspensions/board.html", context)


def pair_asked(request, primary: int, junior: int) -> tuple[School, School | None]:
    """The two schools of an address, of one county, when the user sees one of them; anything else is 404."""
    if not schools_of(request) & {primary, junior}:
        raise Http404(primary)
    schools = School.objects.select_related("bureau")
    first = get_object_or_404(schools, pk=primary)
    return first, get_object_or_404(schools, pk=junior, bureau=first.bureau_id) if junior else None


@require_GET
def pair(request, primary, junior):
    """The leavers two schools answer for together, each with one destination or an owner."""
    return shown_pair(request, *pair_asked(request, primary, junior))


def shown_pair(request, primary: School, junior: School | None, refusal=(), status=200):
    year = school_year_of(clock.today())
    rows = board(year, pair=(primary.pk, junior.pk if junior else None))
    blank = [row for row in rows if row.is_blank]
    words, tone = pages.due_words(year, len(blank))
    context = {
        "primary": primary,
        "junior": junior,
        "rows": sorted(rows, key=lambda row: not row.is_blank),
        "blank": blank,
        "due": words,
        "tone": tone,
        "sheet": sheet_of(year, primary.pk, junior.pk if junior else None),
        "begins": bool(junior) and may(request.user, "make_change", primary),
        "suspects": bool(blank) and may(request.user, "make_change", primary),
        "refusal": [{"message": sentence} for sentence in refusal],
    }
    return render(request, "suspensions/board_pair.html", context, status=status)


@require_POST
def sheet(request, primary, junior):
    """Begin the sheet both schools sign."""
    first, second = pair_asked(request, primary, junior)
    if second is None:
        raise Http404(junior)
    return acted(request, first, second, lambda: redirect(open_sheet(first, second, by=request.user)))


@require_POST
def suspect(request, primary, junior):
    """Whoever is still lost becomes a suspected dropout."""
    first, second = pair_asked(request, primary, junior)

    def act():
        cases = suspect_blanks(first, second, by=request.user)
        messages.success(request, f"已建立{len(cases)}件疑似辍学，请继续劝返并报送乡镇。")
        return redirect("board:pair", primary, junior)

    return acted(request, first, second, act)


def acted(request, primary, junior, act):
    """The answer of an act, or the page of the pair with the reason on top."""
    try:
        return act()
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        return shown_pair(request, primary, junior, refusal.sentences, status=422)


@require_http_methods(["GET", "POST"])
def child(request, slug):
    """One leaver: where it is, who has looked for it, and the next inquiry."""
    year, found = school_year_of(clock.today()), get_object_or_404(Student, slug=slug)
    rows = board(year, child=found.pk, schools=schools_of(request))
    if not rows:
        raise Http404(slug)
    asks = next((pk for pk in (rows[0].primary, rows[0].pair) if pk and may(request.user, "make_change", pk)), None)
    if request.method == "POST" and asks is None:
        raise PermissionDenied("毕业生去向由毕业小学和对应初中的学籍管理员登记（第三十一条）。")
    form = InquiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and kept(request, found, form, School.objects.get(pk=asks), year):
        return redirect(request.path)
    schools = School.objects.in_bulk([pk for pk in (rows[0].primary, rows[0].pair) if pk])
    context = {
        "child": found,
        "row": rows[0],
        "primary": schools[rows[0].primary],
        "junior": schools.get(rows[0].pair),
        "inquiries": LeaverInquiry.objects.filter(visit__child=found, year=year).select_related("visit__by", "school"),
        "form": form if asks else None,
        "pair_url": reverse("board:pair", args=[rows[0].primary, rows[0].pair or 0]),
    }
    return render(request, "suspensions/board_child.html", context, status=422 if form.errors else 200)


def kept(request, found: Student, form: InquiryForm, school: School, year: int) -> bool:
    """Write the inquiry, or the reason why not into the form."""
    try:
        record_inquiry(found, by=request.user, school=school, year=year, **form.given())
    except Refused as refusal:
        for sentence in refusal.sentences:
            form.add_error(None, sentence)
        return False
    messages.success(request, "已登记一次去向调查。")
    return True
