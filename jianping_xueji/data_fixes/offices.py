"""Appointments and deputies in the admin: given and ended through the services of `accounts` only."""

from django import forms
from django.contrib import admin
from django.db import transaction

from accounts.appointments import appoint, dismiss
from accounts.deputies import call_back, deputise
from accounts.models import Appointment, Deputy
from accounts.offices import AppointmentRefused

from .reasoned import ReasonedAdmin, ReasonedForm, record_fix
from .scope import at_places_of
from .site import site


class OfficeForm(ReasonedForm):
    """Asks the service first, inside a savepoint that is undone, so that a refusal is told in the form's words."""

    by = None  # who sits at the form; set by the admin for each request

    def clean(self):
        given = super().clean()
        if not self.errors:
            self.check_whole(given)
            self._try(given)
        return given

    def check_whole(self, given) -> None:
        """What must be there before the service can be asked."""

    def _try(self, given) -> None:
        try:
            with transaction.atomic():
                self.carry_out(given)
                transaction.set_rollback(True)
        except AppointmentRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def carry_out(self, given):
        """Give the office, or end the one there is."""
        return self.give(given) if self.instance.pk is None else self.end(given)


class AppointmentForm(OfficeForm):
    class Meta:
        model = Appointment
        fields = ["user", "role", "school", "bureau", "school_class", "trained_on", "starts", "basis", "ends"]

    def check_whole(self, given):
        if self.instance.pk is None and bool(given.get("school")) == bool(given.get("bureau")):
            raise forms.ValidationError("学校与主管部门须且只须选一个。")

    def give(self, given) -> Appointment:
        fields = {name: given.get(name) for name in ("starts", "trained_on", "school_class", "basis")}
        return appoint(given["user"], given["role"], given["school"] or given["bureau"], by=self.by, **fields)

    def end(self, given) -> None:
        if given["ends"] is None and self.initial.get("ends") is not None:
            raise AppointmentRefused("已登记的免职日期不能取消；继续任职的请另行任命。")
        if given["ends"] is not None:
            dismiss(self.instance, on=given["ends"])


class DeputyForm(OfficeForm):
    class Meta:
        model = Deputy
        fields = ["appointment", "user", "trained_on", "starts", "ends"]

    def clean_reason(self):
        reason = super().clean_reason()
        if len(reason) > Deputy._meta.get_field("reason").max_length:
            raise forms.ValidationError("代理事由不超过100字。")
        return reason

    def give(self, given) -> Deputy:
        fields = {name: given.get(name) for name in ("starts", "ends", "trained_on", "reason")}
        return deputise(given["appointment"], given["user"], by=self.by, **fields)

    def end(self, given) -> None:
        call_back(self.instance, last_day=given["ends"])


class OfficeAdmin(ReasonedAdmin):
    """Give by adding; end by writing the day. Nothing else of an office can be changed."""

    can_add = True
    FIXED: tuple[str, ...] = ()
    ENDS_AT_ONCE: tuple[str, ...] = ()  # asked for when the office is given

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user
        return form

    def get_fields(self, request, obj=None):
        return ["reason", *self.FIXED, "ends"] if obj else ["reason", *self.FIXED, *self.ENDS_AT_ONCE]

    def get_readonly_fields(self, request, obj=None):
        return self.FIXED if obj else ()

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        given, reason = form.cleaned_data, form.cleaned_data["reason"]
        if change and "ends" not in form.changed_data:
            return
        before = {"ends": told_day(form.initial["ends"])} if change else {}
        made = form.carry_out(given)
        if not change:
            # The service wrote the row; the form's copy becomes that row for the rest of the request.
            obj.__dict__.update(made.__dict__)
        after = {"ends": told_day(given["ends"])} if change else self.told(made)
        record_fix(obj, request.user, reason, before, after)

    def told(self, made) -> dict:
        """What the log keeps of an office just given."""
        return {"starts": str(made.starts)}


def told_day(day) -> str | None:
    return None if day is None else str(day)


@admin.register(Appointment, site=site)
class AppointmentAdmin(OfficeAdmin):
    form = AppointmentForm
    list_display = ["user", "role", "school", "bureau", "school_class", "trained_on", "starts", "ends"]
    list_filter = ["role"]
    list_select_related = ["user", "school", "bureau", "school_class"]
    search_fields = ["user__name", "user__username"]
    autocomplete_fields = ["user"]
    FIXED = ("user", "role", "school", "bureau", "school_class", "trained_on", "starts", "basis")

    def get_queryset(self, request):
        return super().get_queryset(request).filter(at_places_of(request.user))

    def told(self, made):
        return {"role": made.get_role_display(), "starts": str(made.starts)}


@admin.register(Deputy, site=site)
class DeputyAdmin(OfficeAdmin):
    """代理: somebody else wields an appointment for a dated span. `reason` of the row is the reason of the act."""

    form = DeputyForm
    list_display = ["user", "appointment", "starts", "ends"]
    list_select_related = ["user", "appointment__user", "appointment__school", "appointment__bureau"]
    autocomplete_fields = ["user", "appointment"]
    FIXED = ("user", "appointment", "trained_on", "starts")
    ENDS_AT_ONCE = ("ends",)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(at_places_of(request.user, "appointment__"))

    def told(self, made):
        return {"starts": str(made.starts), "ends": str(made.ends)}
