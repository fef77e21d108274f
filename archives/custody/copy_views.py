"""离校存档 (第十一条第一款): the electronic copies a school keeps of those who left it; read-only, for that school."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.policies import school_ids_where
from law import articles
from students.paging import page_of

from ..models import SchoolCopy
from .copies import graduates_of, is_whole, page_of_copy
from .forms import CopyFilter, GraduateFilter

KEYS = ("taken_on", "id")


@require_GET
def copies(request):
    """Copies in sight, the latest departure first."""
    return listed(request, CopyFilter, "custody/copies.html")


@require_GET
def graduates(request):
    """The copies made at graduations in sight, the latest first."""
    return listed(request, GraduateFilter, "custody/graduates.html")


def listed(request, narrowing, template: str):
    if not school_ids_where(request.user, "view_school"):
        raise PermissionDenied("离校存档由保留备份的学校和教育局查看（第十一条）。")
    chosen = narrowing(request.GET, user=request.user)
    found = chosen.narrow()
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = page_of(found, KEYS, named="digest", descending=True, **cursors)
    count = len(page.rows) if page.whole else found.count()
    return render(request, template, {"filter": chosen, "page": page, "count": count})


@require_GET
def copy(request, pk):
    """One copy as it stood on the day of leaving."""
    seen = SchoolCopy.objects.visible_to(request.user).select_related("school", "case", "enrolment")
    found = get_object_or_404(seen, pk=pk)
    facts = {"school": found.school, "why": found.left_how, "went_to": found.went_to, "case": found.case}
    undone = not found.enrolment.voided and found.enrolment.during.upper is None
    return shown(request, found, facts | {"undone": undone}, articles.ARCHIVE_FOLLOWS)


@require_GET
def graduate(request, pk):
    """The copy made at a graduation."""
    seen = graduates_of(school_ids_where(request.user, "view_school"))
    found = get_object_or_404(seen.select_related("graduation__lead_school"), pk=pk)
    facts = {"school": found.graduation.lead_school, "why": "毕业", "went_to": "", "case": found.graduation}
    return shown(request, found, facts, articles.GRADUATES_FILE)


def shown(request, found, facts: dict, article):
    context = page_of_copy(found.content) | facts | {"copy": found, "article": article}
    context["whole"] = is_whole(found._meta.db_table, found.pk)
    return render(request, "custody/copy.html", context)
