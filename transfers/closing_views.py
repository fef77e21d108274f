"""The draft of a closing, typed by the bureau's clerk; everything after it happens on the case page."""

from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import may, school_ids_where
from approvals.trying import tried
from schools.models import School
from students.change_forms import DraftForm, field_for

from .closing_services import keep_closing, start_closing
from .models import SchoolClosing


class ClosingForm(DraftForm):
    """Which school ends, into which it goes, by which document, on which day."""

    school = forms.ModelChoiceField(School.objects.none(), label="撤并学校", empty_label="请选择学校")

    class Meta:
        model = SchoolClosing
        fields = SchoolClosing.DRAFT
        formfield_callback = field_for

    field_order = ["school", *SchoolClosing.DRAFT]

    def __init__(self, *args, ids, **kwargs):
        super().__init__(*args, **kwargs)
        open_schools = School.objects.filter(pk__in=ids, closed_on=None)
        self.fields["school"].queryset = self.fields["receiving"].queryset = open_schools
        if self.instance.pk:
            del self.fields["school"]


@require_http_methods(["GET", "POST"])
def new(request):
    """A new closing: refused at once when no signature could pass it."""
    if not school_ids_where(request.user, "bureau_make"):
        raise PermissionDenied("学校撤并由教育局经办人员发起。")
    return answered(request, closing_form(request), None)


@require_http_methods(["GET", "POST"])
def draft(request, number):
    """The typed part of a draft, open until it is handed in."""
    case = get_object_or_404(SchoolClosing.objects.visible_to(request.user), number=number)
    if not may(request.user, "bureau_make", case.lead_school_id):
        raise PermissionDenied("学校撤并的草稿由教育局经办人员填写。")
    if case.state != case.State.DRAFT:
        return redirect(case)
    return answered(request, closing_form(request, case), case)


def closing_form(request, case: SchoolClosing | None = None) -> ClosingForm:
    """The draft with the clerk's own schools to choose from."""
    ids = school_ids_where(request.user, "bureau_make")
    return ClosingForm(request.POST or None, instance=case, ids=ids)


def answered(request, form, case):
    """The form, what the law says against it, or the case page."""
    broken = []
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        school = case.lead_school if case else given.pop("school")
        act = partial(keep_closing, case) if case else partial(start_closing, school)
        kept, broken = tried(act, ask=school.bureau, by=request.user, **given)
        if kept:
            messages.success(request, "已保存草稿。请按清单收取材料、核对后提交。")
            return redirect(f"{kept.get_absolute_url()}#papers")
    context = {"form": form, "case": case, "refusal": broken, "article": SchoolClosing.ARTICLE}
    return render(request, "transfers/closing_new.html", context, status=422 if form.errors or broken else 200)
