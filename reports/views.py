"""Printing and proving a print. A print is made by POST only; the proof is open to whoever holds the paper."""

from collections.abc import Callable
from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import powers_of
from approvals.models import Case
from law import clock
from law.school_time import school_year_of
from students.models import Student
from students.sight import class_in_sight

from .batches import views as batches
from .batches.papers import children_of, power_over
from .batches.services import MOST
from .errors import PrintingUnavailable, PrintRefused
from .forms import FORMS, Form
from .models import Print
from .services import Printed, print_form
from .sheets import print_sheet
from .subject import Sheet

# More papers than this are no longer waited for in front of the browser.
HANDFUL = 8


def form_named(code: str) -> Form:
    try:
        return FORMS[code]
    except KeyError:
        raise Http404(code) from None


@require_POST
@never_cache
def filled(request, form, number):
    """Print a form about a case in sight, at once or, for each of many children, as a batch; a stranger gets 404."""
    case = get_object_or_404(Case.objects.visible_to(request.user), number=number)
    form = form_named(form)
    if form.each_child and form.covers(case):
        children = list(case.subjects.order_by("pk").values_list("child", flat=True)[: MOST + 1])
        if len(children) > HANDFUL:
            items = [{"case": case.pk, "child": child} for child in children]
            return batches.started(request, form, items, f"{case.kind_name}{case.number}")
    return handed_out(request, form, case)


@require_POST
@never_cache
def of_child(request, form, number, slug):
    """Print a form about one child of a case about many."""
    case = get_object_or_404(Case.objects.visible_to(request.user), number=number)
    child = get_object_or_404(Student.objects.visible_to(request.user), slug=slug, case_subjects__case=case)
    form = form_named(form)
    if not form.each_child:
        raise Http404(form.code)
    return handed_out(request, form, case, child)


@require_POST
@never_cache
def of_class(request, form, pk):
    """Print a form for every child of a class in sight: a batch, watched on its own page."""
    found = class_in_sight(request.user, pk)
    form = form_named(form)
    if form.of_child is None:
        raise Http404(form.code)
    if power_over(form, powers_of(request.user), found.school_id) is None:
        raise PermissionDenied(f"您没有打印《{form.title}》的权限。")
    year = school_year_of(clock.today())
    subject = f"{found.school.name}{found.name_in(year)}"
    return batches.started(request, form, children_of(found), subject)


@require_POST
@never_cache
def blank(request, form):
    """Print an empty form for the counter."""
    return handed_out(request, form_named(form), None)


def handed_out(request, form: Form, case: Case | None, child: Student | None = None):
    """The PDF of a form about a case (or one child of it), or the page that says why there is none."""
    return given_out(request, form, case, partial(print_form, form, case, child=child))


def sheet_handed_out(request, form: Form, sheet: Sheet):
    """The PDF of a form about a class or a list."""
    return given_out(request, form, None, partial(print_sheet, form, sheet))


def given_out(request, form: Form, case: Case | None, make: Callable[..., Printed]):
    def address_of(token):
        return request.build_absolute_uri(reverse("reports:verify", args=[token]))

    try:
        printed = make(by=request.user, address_of=address_of)
    except PrintRefused as refusal:
        status = 503 if isinstance(refusal, PrintingUnavailable) else 422
        return render(request, "reports/refused.html", {"form": form, "case": case, "refusal": refusal}, status=status)
    response = HttpResponse(printed.pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{printed.record.number}.pdf")
    return response


@login_not_required
@require_GET
@never_cache
def verify(request, token):
    """Is this paper genuine and current? It says no more than its holder can compare.

    Who has the print in sight finds the way to its place in the register, where it is declared void.
    """
    record = Print.objects.select_related("case", "child").filter(token=token).first()
    registered = (
        record and request.user.is_authenticated and Print.objects.visible_to(request.user).filter(pk=record.pk)
    )
    context = {"print": record, "register_url": record.get_absolute_url() if registered else ""}
    response = render(request, "reports/verify.html", context, status=200 if record else 404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
