"""The archive of one child: its seven parts, a new entry, and everything about one entry."""

import logging

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from approvals.errors import Refused
from approvals.trying import tried
from approvals.views.papers import shown_scan
from jianping_xueji.vault import ScanRefused, VaultError
from law import articles
from students.models import Student
from students.presenting import places_of
from students.views.child import visible_child

from .. import entries, meter, scans
from ..forms import EntryForm, PeriodForm, ReasonForm
from ..kinds import KINDS
from ..models import Entry, EntryScan
from ..periods import Moment
from ..presenting import drawn, parts_of, people_of

log = logging.getLogger(__name__)


@require_GET
def child(request, slug):
    """学籍档案: seven parts, what each lacks, by when and whose it is to bring."""
    found = visible_child(request, slug)
    place = places_of([found]).get(found.pk)
    moment = Moment.now()
    row = line_of(found, moment)
    keeps = entries.keeps(request.user, found)
    people = people_of(found.school_id, place.school_class.pk if place else None)
    context = {
        "child": found,
        "place": place,
        "row": row,
        "keeps": keeps,
        "owed": moment.owed,
        "parts": parts_of(found, request.user, row, keeps, people),
        "article": articles.ARCHIVE,
    }
    return render(request, "archives/child.html", context)


@require_GET
def marks(request, slug):
    """The seven marks alone, for the child's own page."""
    found = visible_child(request, slug)
    return render(request, "archives/_marks.html", {"child": found, "row": line_of(found)})


def line_of(child: Student, moment: Moment | None = None) -> dict | None:
    """The child's line of the meter; None for who is not at school now."""
    rows = meter.children_of([child.school_id], child_id=child.pk, moment=moment)
    return rows[0] if rows else None


def grade_of(child: Student, year: int) -> int | None:
    """The grade the child's present class had in a school year."""
    place = places_of([child]).get(child.pk)
    return place.school_class.grade_in(year) if place else None


def kept_child(request, slug: str) -> Student:
    """The child, for whoever keeps its archive; 403 for others in sight of it."""
    found = visible_child(request, slug)
    if not entries.keeps(request.user, found):
        raise PermissionDenied(entries.NOT_YOURS)
    return found


@require_http_methods(["GET", "POST"])
def enter(request, slug, kind):
    """One new entry of one child, with its scans."""
    if kind not in KINDS:
        raise Http404(kind)
    found, chosen = kept_child(request, slug), KINDS[kind]
    asked = PeriodForm(request.POST or request.GET)
    period = asked.moment.period_for(chosen, asked.period)
    form = EntryForm(request.POST or None, kind=chosen, child=found, grade=grade_of(found, period.year))
    refusal = []
    if request.method == "POST" and form.is_valid():
        refusal = entered(request, found, chosen, period, form)
        if not refusal:
            return redirect(f"{reverse('archives:child', args=[slug])}#part-{chosen.part}")
    context = {
        "child": found,
        "kind": chosen,
        "form": form,
        "period_form": asked,
        "period": asked.period,
        "when": period.name_for(chosen),
        "stands": (stands := entries.in_the_way(found, chosen, period)),
        "label": KINDS[stands.kind].label if stands else "",
        "refusal": refusal,
    }
    return render(request, "archives/enter.html", context, status=422 if form.errors or refusal else 200)


def entered(request, child, kind, period, form) -> list[dict]:
    """Write the entry and its scans; what stands against it otherwise."""
    try:
        if kind.says_nothing:
            _, refusal = tried(entries.declare_nothing_of, kind, period, child, by=request.user)
        else:
            given = {"by": request.user, "files": uploads_of(request)}
            _, refusal = tried(scans.enter_one, kind, period, child, form.values, **given)
    except ScanRefused as refused:
        return [{"message": str(refused)}]
    if not refusal:
        messages.success(request, f"已登记{child.name}的{kind.label}。")
    return refusal


def uploads_of(request) -> list[tuple[bytes, str]]:
    return [(upload.read(), upload.name) for upload in request.FILES.getlist("files")]


def visible_entry(request, pk: int) -> Entry:
    """An entry of a child in sight."""
    seen = Student.objects.visible_to(request.user)
    found = entries.with_details(Entry.objects.select_related("child__school")).prefetch_related("scans__file")
    return get_object_or_404(found.filter(child__in=seen.order_by().values("pk")), pk=pk)


@require_http_methods(["GET", "POST"])
def entry(request, pk):
    """One entry with all its versions; correction, void and scans by whoever keeps the archive."""
    found = visible_entry(request, pk)
    keeps = entries.keeps(request.user, found.child)
    if request.method == "POST" and not keeps:
        raise PermissionDenied(entries.NOT_YOURS)
    form, refusal = form_of(request, found), []
    if request.method == "POST":
        told, refusal = acted(request, found, form)
        if told:
            messages.success(request, told)
            return redirect(f"{reverse('archives:child', args=[found.child.slug])}#part-{found.part}")
    versions = entries.with_details(Entry.objects.filter(child=found.child, slot=found.slot)).order_by("-version")
    versions = [drawn(each) for each in versions.prefetch_related("scans__file")]
    context = {
        "entry": drawn(found),
        "child": found.child,
        "kind": KINDS[found.kind],
        "versions": versions,
        "holds": (holds := keeps and versions[0].pk == found.pk and not found.void),
        "form": form if holds else None,
        "reason_form": ReasonForm(request.POST if refusal else None),
        "refusal": refusal,
    }
    bad = refusal or form and form.errors
    return render(request, "archives/entry.html", context, status=422 if bad else 200)


def form_of(request, found: Entry) -> EntryForm | None:
    kind = KINDS[found.kind]
    if not kind.columns:
        return None
    data = request.POST if request.POST.get("act") == "correct" else None
    grade = grade_of(found.child, found.year)
    return EntryForm(data, kind=kind, child=found.child, grade=grade, values=entries.values_of(found))


def acted(request, found: Entry, form) -> tuple[str, list[dict]]:
    """(what was done, []) or ("", what stands against it)."""
    act, reason = request.POST.get("act"), request.POST.get("reason", "")
    try:
        if act == "correct" and form:
            if not form.is_valid():
                return "", []
            _, refusal = tried(entries.correct, found, form.values, reason, by=request.user)
            return ("" if refusal else "已更正，原来的一版留存。"), refusal
        if act == "void":
            _, refusal = tried(entries.make_void, found, reason, by=request.user)
            return ("" if refusal else f"已{KINDS[found.kind].undone}，记录和原因留存。"), refusal
        if act == "scan" and request.FILES:
            _, refusal = tried(scans.file_scans, found, uploads_of(request), by=request.user)
            return ("" if refusal else "影像已归档。"), refusal
    except ScanRefused as refused:
        return "", [{"message": str(refused)}]
    return "", Refused("没有收到要办理的内容，请重新选择。").rows


@require_GET
@never_cache
def scan(request, pk):
    """A scan of its own origin: never run, never framed by others, never cached."""
    seen = Student.objects.visible_to(request.user).order_by().values("pk")
    found = get_object_or_404(
        EntryScan.objects.select_related("file__child", "entry").filter(entry__child__in=seen), pk=pk
    )
    try:
        content = scans.content_of(found)
    except VaultError:
        log.error("archive scan %s cannot be opened", found.pk)
        gone = {
            "label": KINDS[found.entry.kind].label,
            "back_url": reverse("archives:child", args=[found.file.child.slug]),
        }
        return render(request, "410.html", gone, status=410)
    return shown_scan(content, found.file.mime, found.file.sha256[:16])
