"""自选导出: choose whom and which columns, and take a masked workbook along."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from approvals.errors import NotYourHand, Refused
from law import clock
from law.school_time import school_year_of

from ..exporting import selection
from ..exporting.forms import ScopeFilter, SelectionForm
from .ceims import handed_out


def scope_of(request) -> tuple[ScopeFilter, object]:
    """The filters and the children they leave; 403 for whoever works on no records."""
    scope = ScopeFilter(request.POST or request.GET, user=request.user, year=school_year_of(clock.today()))
    try:
        return scope, selection.in_hand(scope.narrow(), request.user)
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal


@require_GET
def choose(request):
    scope, children = scope_of(request)
    return shown(request, scope, children, SelectionForm())


def shown(request, scope: ScopeFilter, children, form: SelectionForm, refusal=()):
    chosen = [(name, scope.data[name]) for name in scope.fields if scope.data.get(name)]
    context = {"filter": scope, "chosen": chosen, "count": children.count(), "form": form, "refusal": refusal}
    status = 422 if refusal or form.errors else 200
    return render(request, "students/selection.html", context, status=status)


@require_POST
@never_cache
def export(request):
    """The workbook, or the page again with what stands in its way and everything that was ticked."""
    scope, children = scope_of(request)
    form = SelectionForm(request.POST)
    if not form.is_valid():
        return shown(request, scope, children, form)
    try:
        file = selection.selection_file(children, by=request.user, words=scope.said, **form.cleaned_data)
    except Refused as refused:
        return shown(request, scope, children, form, refused.rows)
    return handed_out(file)
