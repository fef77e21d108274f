"""套打: the printers of a school and what each is off by, the test page, one certificate at a time."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import powers_of
from accounts.roles import WORKS_ON_RECORDS
from schools.models import School
from students.filters import OneSchool

from ..forms import FORMS
from .models import Printer
from .sheets import test_of

FORM = FORMS["certificate_overprint"]
WHOSE = "证书套打由学校学籍管理员、学校领导和教育局办理（第三十二条）。"


class PrinterFilter(OneSchool):
    """Whose printers are measured."""

    RIGHTS = WORKS_ON_RECORDS


class PrinterForm(forms.ModelForm):
    """A printer by its name; the same name again changes what it is off by."""

    class Meta:
        model = Printer
        fields = ["name", "right", "down"]

    def validate_unique(self):
        """A name that is there already is meant."""


def keeps_books(user, school: int) -> bool:
    return any(powers_of(user).on(right, school) for right in FORM.rights)


@require_GET
def printers(request):
    """The printers of one school, a form for one more, the test pages."""
    chosen = PrinterFilter(request.GET, user=request.user)
    if not chosen.count:
        raise PermissionDenied(WHOSE)
    return page(request, chosen, chosen.chosen, PrinterForm())


def page(request, chosen, school: School | None, form, status: int = 200):
    found = Printer.objects.filter(school=school).select_related("set_by") if school else []
    context = {"filter": chosen, "school": school, "printers": found, "form": form}
    return render(request, "reports/printers.html", context, status=status)


@require_POST
def keep(request, pk):
    """Keep a printer of a school in sight, or change what it is off by."""
    school = get_object_or_404(School.objects.filter(pk__in=powers_of(request.user).schools("view_school")), pk=pk)
    if not keeps_books(request.user, school.pk):
        raise PermissionDenied(WHOSE)
    form = PrinterForm(request.POST)
    if not form.is_valid():
        return page(request, PrinterFilter({"school": school.pk}, user=request.user), school, form, 422)
    given = form.cleaned_data
    values = {"right": given["right"], "down": given["down"], "set_by": request.user}
    Printer.objects.update_or_create(school=school, name=given["name"], defaults=values)
    messages.success(request, f"已记下{given['name']}的偏移，请再印一次测试页核对。")
    return redirect(f"{reverse('reports:printers')}?school={school.pk}")


@require_POST
@never_cache
def test_page(request, pk):
    """The test page with the offsets of a printer in sight."""
    from ..views import sheet_handed_out

    printer = get_object_or_404(Printer.objects.visible_to(request.user).select_related("school"), pk=pk)
    if not keeps_books(request.user, printer.school_id):
        raise PermissionDenied(WHOSE)
    return sheet_handed_out(request, FORM, test_of(printer))
