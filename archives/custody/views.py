"""纸质档案: what is owed and overdue, by child and by school; where a file lies; the volumes of a school's books."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import may, powers_of, school_ids_where
from approvals.errors import NotYourHand, Refused
from law import articles, clock, parameters
from schools.models import School
from students.filters import OneSchool
from students.models import Student
from students.paging import page_of

from ..models import Chase, SchoolCopy, Volume
from . import owed, services
from .forms import ChaseForm, OwedFilter, PlaceForm, VolumeForm
from .holdings import holders_of, movements_of, places_of, volumes_held_by
from .presenting import chart_of, rows_of

KEYS = ("left_on", "id")


@require_GET
def owed_page(request):
    """The files that a school still has to give, the earliest departure first."""
    if not powers_of(request.user).schools("view_school"):
        raise PermissionDenied("纸质档案移交由学校学籍管理员和教育局办理（第十一条）。")
    chosen = OwedFilter(request.GET, user=request.user)
    found = chosen.narrow()
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = page_of(found, KEYS, named="cursor", **cursors)
    chased = Chase.objects.filter(school__in=chosen.schools).select_related("school").first()
    rows = rows_of(page.rows, request.user)
    context = {
        "filter": chosen,
        "page": page,
        "rows": rows,
        "gives": any(row["mine"] for row in rows),
        "count": len(page.rows) if page.whole else found.count(),
        "days": parameters.on(clock.today())["custody.handover_workdays"],
        "chased": chased,
        "overlooks": bool(school_ids_where(request.user, "bureau_make")) or len(chosen.schools) > 1,
    }
    return render(request, "custody/owed.html", context)


@require_GET
def board(request):
    """Every school in sight: how much it owes, how much of it too late, how much is on its way."""
    ids = school_ids_where(request.user, "view_school")
    if not ids:
        raise PermissionDenied("各校移交情况由学校和教育局查看（第十一条）。")
    figures = owed.by_school(ids)
    latest = {row.school_id: row for row in Chase.objects.filter(school__in=figures).order_by("pk")}
    named = School.objects.filter(pk__in=figures).order_by("code")
    presses = school_ids_where(request.user, "bureau_make")
    rows = [
        {
            "school": each,
            "chase": latest.get(each.pk),
            "may_chase": each.pk in presses,
            "dialog": f"chase-{each.pk}",
            "heading": f"催办：{each.name}",
            **figures[each.pk],
        }
        for each in named
    ]
    rows = sorted(rows, key=lambda row: (-row["overdue"], -row["owed"]))
    return render(request, "custody/board.html", {"rows": rows, "chart": chart_of(rows)})


@require_POST
def chase(request, pk):
    """催办 one school."""
    school = get_object_or_404(School, pk=pk, pk__in=school_ids_where(request.user, "view_school"))
    form = ChaseForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明催办要求（不超过200字）。")
        return redirect("custody:board")
    return told(
        request,
        partial(services.chase, school, by=request.user, words=form.cleaned_data["words"]),
        f"已催办{school}。",
        "custody:board",
    )


def told(request, act, done: str, *where):
    """Do it and say so, or say why not; 403 for whoever has no hand in it."""
    try:
        act()
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(*where)


@require_http_methods(["GET", "POST"])
def child(request, slug):
    """One child's paper file: who holds it, in which box, and every hand it went through."""
    found = get_object_or_404(Student.objects.select_related("school"), slug=slug, pk__in=in_sight(request.user))
    holder = holders_of([found.pk]).get(found.pk)
    keeper = School.objects.filter(pk=holder.school).first() if holder else found.school
    form = PlaceForm(request.POST or None)
    if request.method == "POST":
        if keeper is None or not may(request.user, "make_change", keeper):
            raise PermissionDenied("档案存放由保管学校的学籍管理员登记（第十条）。")
        if form.is_valid():
            act = partial(services.place, found, keeper, by=request.user, **form.cleaned_data)
            return told(request, act, "已登记存放处。", "custody:child", slug)
    context = {
        "child": found,
        "holder": holder,
        "keeper": keeper,
        "place": places_of(children=[found.pk]).get(("child", found.pk)),
        "movements": movements_of(found.pk),
        "copies": SchoolCopy.objects.visible_to(request.user).filter(student=found).select_related("school"),
        "form": form if keeper and may(request.user, "make_change", keeper) else None,
        "linked": may(request.user, "view_school", found.school_id),
    }
    return render(request, "custody/child.html", context, status=422 if form.errors else 200)


def in_sight(user):
    """Children of the schools in sight, and those who left them: whose file may still lie there."""
    schools = school_ids_where(user, "view_school")
    return Student.objects.filter(enrolments__school__in=schools).values("pk")


class VolumeFilter(OneSchool):
    RIGHTS = ("view_school",)


@require_http_methods(["GET", "POST"])
def volumes(request):
    """The bound volumes that a school holds, its own and those it took over."""
    chosen = VolumeFilter(request.POST or request.GET, user=request.user)
    if not chosen.count:
        raise PermissionDenied("学籍簿册由学校学籍管理员登记（第十条）。")
    school = chosen.chosen
    if request.method == "POST" and not (school and may(request.user, "make_change", school)):
        raise PermissionDenied("学籍簿册由保管学校的学籍管理员登记（第十条）。")
    form = VolumeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = partial(services.register_volume, school, by=request.user, **form.cleaned_data)
        return told(request, act, "已登记簿册。", "custody:volumes")
    held = Volume.objects.filter(pk__in=volumes_held_by(school.pk)).select_related("school") if school else []
    lie = places_of(volumes=[volume.pk for volume in held])
    context = {
        "filter": chosen,
        "school": school,
        "rows": [{"volume": volume, "place": lie.get(("volume", volume.pk))} for volume in held],
        "form": form if school and may(request.user, "make_change", school) else None,
        "article": articles.BOOKS,
    }
    return render(request, "custody/volumes.html", context, status=422 if form.errors else 200)
