"""考勤、劝返与控辍台账 (第三十条)."""

from calendar import monthrange

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import may, powers_of
from approvals.errors import Refused
from approvals.services import perform
from law import articles, clock, parameters
from law.school_time import school_year_of
from schools.models import School, SchoolClass
from students.change_forms import present_classes_of
from students.dictionary.divisions import words_of
from students.sight import class_in_sight
from students.views.child import visible_child

from . import absence
from . import ledger as books
from .dropout_forms import DayForm, HandoverForm, MonthForm, SheetForm, VisitForm
from .filters import LedgerFilter
from .models import AbsenceEntry, Dropout, Mark

SHOWN = 120


@require_GET
def ledger(request):
    """控辍台账: suspected, dropped out, returned, ended; with search, school and the year's figures."""
    chosen = LedgerFilter(request.GET, user=request.user)
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page, count = books.listed(request.user, chosen.children(), chosen.wanted, **cursors)
    context = {
        "filter": chosen,
        "page": page,
        "rows": page.rows,
        "count": count,
        "name": chosen.wanted_name,
        "chart": books.year_chart(request.user),
    }
    return render(request, "suspensions/ledger.html", context)


@require_GET
def months(request):
    """The monthly report: figures per school, to be printed from the page."""
    form = MonthForm(request.GET)
    first = form.first
    last = first.replace(day=monthrange(first.year, first.month)[1])
    schools = powers_of(request.user).schools("view_school")
    context = {"form": form, "first": first, "rows": books.month_rows(schools, first, last)}
    return render(request, "suspensions/months.html", context)


@require_GET
def handovers(request):
    """Files of migrant dropouts: to be handed over by the end of the term, and handed over."""
    cases = list(books.migrants(request.user))
    prefetch_related_objects(cases, "subjects__child")
    due = books.term_ends(clock.today())
    for case in cases:
        case.home_name = words_of(case.child.household_division) or case.child.household_division
        case.mine = not case.handed_on and may(request.user, "make_change", case.lead_school_id)
    return render(request, "suspensions/handovers.html", {"cases": cases, "due": due})


@require_http_methods(["GET", "POST"])
def handover(request, number):
    """Record one hand-over with its receipt: a signed act on the decided case."""
    found = get_object_or_404(Dropout.objects.visible_to(request.user), number=number, state=Dropout.State.DONE)
    if not may(request.user, "make_change", found.lead_school_id):
        raise PermissionDenied("随迁子女档案由就读学校的学籍管理员移交（第三十条）。")
    form = HandoverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            perform(found, "hand_over", by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found.number}：档案移交已登记。")
            return redirect("dropout:handovers")
    context = {"case": found, "form": form, "article": articles.DROPOUT_MIGRANT}
    return render(request, "suspensions/handover.html", context, status=422 if form.errors else 200)


@require_GET
def sheets(request):
    """The classes of one school with today's sheet: who is done, how many are away."""
    powers = powers_of(request.user)
    schools = powers.schools("view_school")
    if not schools and len(powers.class_ids) == 1:
        return redirect("dropout:sheet", min(powers.class_ids))
    if len(schools) > 1:
        return redirect("dropout:ledger")
    day = DayForm(request.GET).chosen
    school = School.objects.filter(pk__in=schools).first()
    classes = list(present_classes_of(school)) if school else list(SchoolClass.objects.filter(pk__in=powers.class_ids))
    marks = AbsenceEntry.objects.filter(school_class__in=classes, day=day, replaced=False).order_by()
    away = Count("pk", filter=Q(mark=Mark.TRUANT))
    tally = {row["school_class"]: row for row in marks.values("school_class").annotate(all=Count("pk"), away=away)}
    year = school_year_of(day)
    rows = [{"pk": each.pk, "name": each.name_in(year), **tally.get(each.pk, {})} for each in classes]
    return render(request, "suspensions/sheets.html", {"rows": rows, "day": day, "form": DayForm({"day": day})})


@require_http_methods(["GET", "POST"])
def sheet(request, pk):
    """One class, one day: every child with one mark, written by one POST."""
    found = class_in_sight(request.user, pk)
    writes = absence.may_log(request.user, found)
    if request.method == "POST" and not writes:
        raise PermissionDenied("点名由本班班主任或本校学籍管理员登记。")
    day_form = DayForm(request.POST or request.GET)
    day = day_form.chosen
    children = absence.sitting_in(found, day)
    before = dict(AbsenceEntry.objects.filter(child__in=children, day=day, replaced=False).values_list("child", "mark"))
    form = SheetForm(request.POST or None, children=children, marks=before)
    if request.method == "POST" and form.is_valid():
        try:
            count = absence.log_day(found, day, form.marks, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{day:%Y年%-m月%-d日}点名已登记，写入{count}人。")
            return redirect(f"{reverse('dropout:sheet', args=[pk])}?day={day}")
    context = {
        "school_class": found,
        "name": found.name_in(school_year_of(day)),
        "form": form,
        "day": day,
        "day_form": DayForm({"day": day}),
        "writes": writes,
        "done": bool(before),
    }
    return render(request, "suspensions/sheet.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def child(request, slug):
    """考勤与劝返 of one child: the run now, the marks, the outreach; a visit is added here."""
    found = visible_child(request, slug)
    writes = absence.may_visit(request.user, found)
    if request.method == "POST" and not writes:
        raise PermissionDenied("劝返由该生班主任或本校学籍管理员登记。")
    form = VisitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            absence.record_visit(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("on", str(refusal))
        else:
            messages.success(request, "已登记一次劝返。")
            return redirect("dropout:child", slug)
    context = {
        "child": found,
        "run": absence.run_of(found),
        "limit": parameters.on(clock.today())["dropout.absence_days"],
        "entries": found.absence_entries.select_related("by").order_by("-day", "-pk")[:SHOWN],
        "visits": found.visits.select_related("by"),
        "form": form if writes else None,
        "start_url": start_url(request.user, found),
    }
    return render(request, "suspensions/child.html", context, status=422 if form.errors else 200)


def start_url(user, found) -> str:
    """Where a case of this child begins, for whoever may begin one; the draft itself says what is missing."""
    opens = may(user, Dropout.OPENER.right, found.school_id)
    return reverse("students:change_new", args=[found.slug, Dropout.kind_code]) if opens else ""
