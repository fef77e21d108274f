"""The list of children and the search box of the header."""

import re

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import powers_of
from approvals.models import Case
from jianping_xueji import audit
from law import clock
from law.school_time import school_year_of

from ..exporting.services import WORKERS
from ..filters import StudentFilter
from ..models import Student
from ..paging import PAGE, page_of
from ..presenting import with_places
from ..search import looks_like_number, matching

CASE_NUMBER = re.compile(r"^[\u4e00-\u9fff]\d{8,}$")
PRINT_NUMBER = re.compile(r"^印\d{10,}$")


@require_GET
def children(request):
    """Children in sight, narrowed by the filters of the address, fifty at a time."""
    chosen = StudentFilter(request.GET, user=request.user, year=school_year_of(clock.today()))
    found = chosen.narrow()
    rows, keys, descending = chosen.ordered(found, request.GET.get("sort", ""))
    rows = rows.select_related("school").prefetch_related("numbers").defer("wrapped_key")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_of(rows, keys, after=after, before=before, descending=descending, size=PAGE)
    powers = powers_of(request.user)
    context = {
        "filter": chosen,
        "page": page,
        "children": with_places(page.rows, request.user),
        "count": len(page.rows) if page.whole else found.count(),
        "columns": columns_of(chosen),
        "may_import": bool(powers.schools("make_change")),
        "may_export": any(powers.schools(right) for right in WORKERS),
    }
    return render(request, "students/list.html", context)


def columns_of(chosen: StudentFilter) -> str:
    """Heads of the table: the school where there are several, the order of classes where there is one."""
    school = "学校, " if "school" in chosen.fields else ""
    in_order = ":class" if chosen.chosen_school else ""
    return f"姓名:name, 性别, 学籍号, {school}班级{in_order}, 学籍状态"


def passed_over(words: str) -> list[str]:
    """Whom the box does not bring up: a record never begun; and by name no deceased child, only by its number."""
    never = [Student.Status.REJECTED]
    return never if looks_like_number(words) else [*never, Student.Status.DECEASED]


@require_POST
def search(request):
    """The header's box: a case or a print by its number, the one child who fits, or the list of all who do.

    Posted, and a number never goes on into an address: it would stay in histories and logs (第三十七条).
    """
    words = request.POST.get("q", "").strip()[:60]
    audit.searched(words)
    if PRINT_NUMBER.match(words):
        return redirect(f"{reverse('reports:prints')}?{urlencode({'q': words})}")
    if CASE_NUMBER.match(words) and (case := Case.objects.visible_to(request.user).filter(number=words).first()):
        return redirect(case)
    if words:
        seen = Student.objects.visible_to(request.user).exclude(status__in=passed_over(words))
        fitting = list(matching(seen, words)[:2])
        if len(fitting) == 1:
            return redirect(fitting[0])
    if looks_like_number(words):
        messages.warning(request, "您能查看的范围内没有持有该号码的学生，请核对号码；他校学生请从“发起转学”查找。")
        return redirect("students:list")
    return redirect(f"{reverse('students:list')}?{urlencode({'q': words, 'status': 'all'})}")
