"""The numbers of the law that the county keeps: parameters, working days, terms, windows."""

from django import forms
from django.contrib import admin

from law.models import CalendarDay, Parameter, Term, Window
from law.parameters import DEFINITIONS

from .reasoned import ReasonedAdmin, ReasonedForm
from .site import site


class ParameterForm(ReasonedForm):
    code = forms.ChoiceField(
        label="参数", choices=[(code, f"{d.label}（{d.article}，默认{d.default}）") for code, d in DEFINITIONS.items()]
    )

    def clean(self):
        """The definition says which values the rules can read."""
        given = super().clean()
        definition = DEFINITIONS.get(given.get("code") or self.instance.code)
        if definition and "value" in given and not definition.shape.fits(given["value"]):
            self.add_error("value", f"“{definition.label}”应为{definition.shape.words}。")
        return given


@admin.register(Parameter, site=site)
class ParameterAdmin(ReasonedAdmin):
    form = ParameterForm
    can_add = True
    list_display = ["label", "value", "starts", "ends", "level", "document"]

    @admin.display(description="参数")
    def label(self, row):
        definition = DEFINITIONS.get(row.code)
        return definition.label if definition else row.code

    def get_readonly_fields(self, request, obj=None):
        return ["code", "starts"] if obj else []


@admin.register(CalendarDay, site=site)
class CalendarDayAdmin(ReasonedAdmin):
    can_add = True
    list_display = ["date", "is_workday", "name", "confirmed", "source"]
    list_filter = ["is_workday", "confirmed"]
    date_hierarchy = "date"

    def get_readonly_fields(self, request, obj=None):
        return ["date"] if obj else []


@admin.register(Term, Window, site=site)
class SpanAdmin(ReasonedAdmin):
    can_add = True
    list_display = ["__str__", "starts", "ends"]
