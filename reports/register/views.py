"""Pages of 打印登记: what was printed, one print, declaring it void."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import school_ids_where
from approvals.models import Case
from students.models import Student
from students.paging import page_of

from ..forms import FORMS
from ..models import Print
from ..services import may_withdraw, withdraw
from .forms import PrintFilter, VoidForm

SHOWN_WITH = ("case", "child", "school", "printed_by")


@require_GET
@never_cache
def prints(request):
    """The prints of the schools in sight and one's own, the latest first."""
    if not school_ids_where(request.user, "view_school"):
        raise PermissionDenied("打印登记由学校管理人员和教育局查看（第三十七条）。")
    chosen = PrintFilter(request.GET, user=request.user)
    found = chosen.narrow().select_related(*SHOWN_WITH)
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    upwards = request.GET.get("sort") == "number"
    page = page_of(found, ("id",), named="number", descending=not upwards, **cursors)
    count = len(page.rows) if page.whole else found.count()
    context = {"filter": chosen, "page": page, "count": count, "child": chosen.child_chosen}
    return render(request, "reports/prints.html", context)


def print_in_sight(request, number: str) -> Print:
    seen = Print.objects.visible_to(request.user).select_related(*SHOWN_WITH, "superseded_by", "withdrawn_by")
    return get_object_or_404(seen, number=number)


def sees(model, pk: int, request) -> bool:
    """Whether a link would lead anywhere: a print of one's own may be about a child that has left one's sight."""
    return model.objects.visible_to(request.user).filter(pk=pk).exists()


@require_GET
@never_cache
def one(request, number):
    """What stands on the paper, who printed it when, what became of it."""
    found = print_in_sight(request, number)
    context = {
        "print": found,
        "article": FORMS[found.form].article,
        "child_url": found.child.get_absolute_url() if found.child and sees(Student, found.child_id, request) else "",
        "case_url": found.case.get_absolute_url() if found.case and sees(Case, found.case_id, request) else "",
        "address": request.build_absolute_uri(found.verify_url),
        "former": found.supersedes.order_by("-pk"),
        "may_withdraw": not found.withdrawn_on and may_withdraw(found, request.user),
    }
    return render(request, "reports/print.html", context)


@require_POST
@never_cache
def void(request, number):
    """Declare a print void: misprinted, lost, misused. Why stays with it."""
    found, form = print_in_sight(request, number), VoidForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明作废理由（不超过200字），如印错、丢失、被冒用。")
    elif withdraw(found, by=request.user, why=form.cleaned_data["reason"]):
        messages.success(request, f"{found.number}已作废，扫纸上的二维码显示“已作废”。")
    else:
        messages.error(request, f"{found.number}此前已经作废，没有再次登记。")
    return redirect(found)
