"""休学期满提醒: whose suspension ends soon or is over. The page reminds, it decides nothing (第二十二条)."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from law import clock, parameters
from students.paging import page_of

from .filters import DueFilter


@require_GET
def due(request):
    """Suspended children in sight whose period ends within the days of reminding, or has ended."""
    chosen = DueFilter(request.GET, user=request.user)
    found = chosen.narrow()
    rows = found.select_related("school").defer("wrapped_key")
    page = page_of(rows, chosen.keys, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    today = clock.today()
    for child in page.rows:
        child.days_left = (child.until - today).days if child.until else None
    context = {
        "filter": chosen,
        "page": page,
        "children": page.rows,
        "count": len(page.rows) if page.whole else found.count(),
        "columns": f"姓名, {'学校, ' if 'school' in chosen.fields else ''}休学起始, 期满日, 还有, 延长, 办理",
        "remind_days": parameters.on(today)["suspension.remind_days"],
    }
    return render(request, "suspensions/due.html", context)
