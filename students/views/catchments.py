"""Pages of 学区: the map, its workbook with the dry run, last year's copy, one village, and 查学区."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import powers_of
from approvals.errors import Refused
from law import articles, clock
from law.school_time import school_year_name, school_year_of
from schools.catchments import communities_of
from schools.models import Bureau, Stage

from ..catchments import services
from ..catchments.forms import AddressForm, CopyForm, MapFilter, MapForm, VillageForm
from ..catchments.judging import judge_map
from ..catchments.lookup import answers_for
from ..catchments.presenting import figures_of, history_of, new_rows, page_by_code, with_schools
from ..catchments.sheet import read_map
from ..models import CatchmentChange
from .dry_runs import findings_of, looked_at, shown
from .makers import makers_bureau


def bureau_in_sight(request) -> Bureau | None:
    """The bureau of the schools the person may see; of a class teacher, that of the own class."""
    powers = powers_of(request.user)
    schools = powers.schools("view_school") or powers.schools("teach_class")
    return Bureau.objects.filter(school__in=schools).order_by("pk").first()


@require_GET
def catchments(request):
    """Which schools take the children of each village, for one school year."""
    bureau = bureau_in_sight(request)
    chosen = MapFilter(request.GET, bureau=bureau)
    found, year = chosen.narrow(), chosen.chosen_year
    page = page_by_code(found, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    all_villages = communities_of(bureau).count() if bureau else 0
    context = {
        "filter": chosen,
        "year": year,
        "year_name": school_year_name(year),
        "rows": with_schools(page.rows, year),
        "count": len(page.rows) if page.whole else found.count(),
        "page": page,
        "figures": figures_of(bureau, all_villages, year),
        "edits": bool(powers_of(request.user).schools("bureau_make")),
    }
    return render(request, "students/catchments.html", context)


@require_http_methods(["GET", "POST"])
def upload(request):
    """Upload the map and look at what would be done; nothing is kept yet."""
    bureau = makers_bureau(request, services.NOT_THE_CLERK)
    form = MapForm(request.POST or None, request.FILES or None)

    def dry_run(given: dict) -> dict:
        file = given["workbook"]
        seen = services.Seen(read_map(file.read()), given["year"], given["document"])
        return seen_of(request, seen, judge_map(seen.sheet, bureau, seen.year)) | {"file_name": file.name}

    return import_page(request, form, **looked_at(request, form, dry_run))


def seen_of(request, seen: services.Seen, judged) -> dict:
    """What a dry run shows, with its seal when something may be confirmed."""
    token = "" if judged.changes_nothing else services.token_of(seen, judged, by=request.user)
    rows = {"new": new_rows(judged), "vanished": judged.vanished}
    return findings_of(seen.sheet, judged, token, **rows) | {"year_name": school_year_name(seen.year)}


def import_page(request, form, *, copy=None, **seen):
    copy = copy or CopyForm()
    seen |= {"copy": copy, "article": articles.CATCHMENT}
    return shown(request, "students/catchment_import.html", form, bad=bool(copy.errors), **seen)


@require_POST
def confirm(request):
    """Write the good rows of the dry run; when the map has moved, show the new dry run instead."""
    makers_bureau(request, services.NOT_THE_CLERK)
    token = request.POST.get("token", "")
    try:
        came, went = services.confirm(token, by=request.user, remove="remove" in request.POST)
    except services.Moved as moved:
        seen, _ = services.opened(token, request.user)
        return import_page(request, MapForm(), refusal=moved.rows, **seen_of(request, seen, moved.judged))
    except Refused as refused:
        return import_page(request, MapForm(), refusal=refused.rows)
    messages.success(request, f"学区已更新：划入{came}条，划出{went}条。")
    return redirect("students:catchments")


@require_POST
def copy(request):
    """Last year's map goes on for the chosen year."""
    makers_bureau(request, services.NOT_THE_CLERK)
    form = CopyForm(request.POST)
    if not form.is_valid():
        return import_page(request, MapForm(), copy=form)
    year = form.cleaned_data["year"]
    try:
        came, closed = services.copy_year(year, by=request.user, document=form.cleaned_data["document"])
    except Refused as refused:
        return import_page(request, MapForm(), refusal=refused.rows, copy=form)
    messages.success(request, f"已沿用{school_year_name(year - 1)}的学区：{came}条。")
    if closed:
        names = "、".join(sorted({str(row.school) for row in closed}))
        messages.warning(request, f"有{len(closed)}条没有沿用，因为学校已经撤并：{names}。请为这些村（社区）重新划定。")
    return redirect(f"{reverse('students:catchments')}?year={year}")


@require_http_methods(["GET", "POST"])
def village(request, code):
    """One village: its schools per stage, changed by the bureau alone, and every change there was."""
    bureau = bureau_in_sight(request)
    if bureau is None:
        raise Http404(code)
    found = get_object_or_404(communities_of(bureau).select_related("parent"), pk=code)
    year = MapFilter(request.GET, bureau=bureau).chosen_year
    edits = bool(powers_of(request.user).schools("bureau_make"))
    if request.method == "POST" and not edits:
        raise PermissionDenied("学区由教育局经办人员划定（第四条）。")
    form = VillageForm(request.POST or None, bureau=bureau, village=found, year=year)
    refusal = []
    if request.method == "POST" and form.is_valid():
        refusal = kept(request, found, year, form)
        if not refusal:
            return redirect(f"{reverse('students:catchment', args=[code])}?year={year}")
    context = village_context(found, year) | {"form": form if edits else None, "refusal": refusal}
    return render(request, "students/catchment.html", context, status=422 if form.errors or refusal else 200)


def village_context(found, year: int) -> dict:
    """What stands for a village whoever looks, and how it came about."""
    return {
        "village": found,
        "row": with_schools([found], year)[0],
        "year_name": school_year_name(year),
        "events": history_of(CatchmentChange.objects.filter(community=found)),
    }


def kept(request, found, year: int, form: VillageForm) -> list[dict]:
    """Write both stages; what stands against it, as rows."""
    given, changed = form.cleaned_data, 0
    try:
        for stage in Stage.values:
            more = {"by": request.user, "document": given["document"]}
            changed += services.set_schools(found, year, stage, given[stage], **more)
    except Refused as refusal:
        return refusal.rows
    messages.success(request, f"已调整{changed}处。" if changed else "没有改动。")
    return []


@require_GET
def find(request):
    """查学区: an address or the name of a village answers with its schools."""
    bureau, year = bureau_in_sight(request), school_year_of(clock.today())
    form = AddressForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    context = {
        "form": form,
        "words": words,
        "answers": answers_for(words, bureau, year) if words and bureau else [],
        "bureau": bureau,
        "year_name": school_year_name(year),
    }
    return render(request, "students/catchment_find.html", context)
