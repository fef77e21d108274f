"""Accounts and appointments in the admin: an account is a name and a password, power comes from appointments only."""

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q

from accounts.appointments import AppointmentRefused, appoint, dismiss
from accounts.models import Appointment, Deputy, User
from accounts.policies import school_ids_where
from schools.models import Bureau, School

from .reasoned import ReasonedAdmin, ReasonedForm, record_fix
from .site import site

PASSWORD_RESET = "（已重设，不留存）"


class UserForm(ReasonedForm):
    new_password = forms.CharField(
        label="重设密码",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="不改则留空；重设后该人在各处的登录随即失效。",
    )

    class Meta:
        model = User
        fields = ["username", "name", "is_active"]

    def clean_new_password(self):
        password = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        elif self.instance.pk is None:
            raise forms.ValidationError("新账号须设初始密码。")
        return password


@admin.register(User, site=site)
class UserAdmin(ReasonedAdmin):
    form = UserForm
    can_add = True
    fields = ["reason", "username", "name", "is_active", "new_password"]
    list_display = ["username", "name", "is_active", "last_login"]
    search_fields = ["username", "name"]

    def get_fields(self, request, obj=None):
        return self.fields

    def store(self, obj, form, changed, change):
        if password := form.cleaned_data["new_password"]:
            obj.set_password(password)
        obj.new_password = PASSWORD_RESET
        columns = ["password" if name == "new_password" else name for name in changed]
        super().store(obj, form, columns, change)


class AppointmentForm(ReasonedForm):
    """An appointment is made through the appointing service; the form tries it first to tell a refusal in words."""

    class Meta:
        model = Appointment
        fields = ["user", "role", "school", "bureau", "school_class", "trained_on", "starts", "basis"]

    def clean(self):
        given = super().clean()
        places = [place for place in (given.get("school"), given.get("bureau")) if place]
        if self.instance.pk is None and not self.errors:
            if len(places) != 1:
                raise forms.ValidationError("学校与主管部门须且只须选一个。")
            self._try(given, places[0])
        return given

    def _try(self, given, place):
        try:
            with transaction.atomic():
                self.make(given, place)
                transaction.set_rollback(True)
        except AppointmentRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def make(self, given, place) -> Appointment:
        fields = {name: given.get(name) for name in ("starts", "trained_on", "school_class", "basis")}
        return appoint(given["user"], given["role"], place, **fields)


@admin.register(Appointment, site=site)
class AppointmentAdmin(ReasonedAdmin):
    """Appoint by adding; dismiss by writing the day. Nothing else of an appointment can be changed."""

    form = AppointmentForm
    can_add = True
    list_display = ["user", "role", "school", "bureau", "school_class", "trained_on", "starts", "ends"]
    list_filter = ["role"]
    list_select_related = ["user", "school", "bureau", "school_class"]
    search_fields = ["user__name", "user__username"]
    autocomplete_fields = ["user"]
    FIXED = ("user", "role", "school", "bureau", "school_class", "trained_on", "starts", "basis")

    def get_queryset(self, request):
        schools = school_ids_where(request.user, "fix_data")
        bureaus = School.objects.filter(pk__in=schools).values("bureau")
        return super().get_queryset(request).filter(Q(school__in=schools) | Q(bureau__in=bureaus))

    def get_fields(self, request, obj=None):
        return ["reason", *self.FIXED, "ends"] if obj else ["reason", *self.FIXED]

    def get_readonly_fields(self, request, obj=None):
        return self.FIXED if obj else ()

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        schools = school_ids_where(request.user, "fix_data")
        if db_field.name == "school":
            kwargs["queryset"] = School.objects.filter(pk__in=schools)
        if db_field.name == "bureau":
            kwargs["queryset"] = Bureau.objects.filter(school__in=schools).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        given, reason = form.cleaned_data, form.cleaned_data["reason"]
        if change:
            before = Appointment.objects.get(pk=obj.pk).ends
            if given["ends"] is None or given["ends"] == before:
                return
            dismiss(obj, on=given["ends"])
            record_fix(obj, request.user, reason, {"ends": before and str(before)}, {"ends": str(given["ends"])})
            return
        made = form.make(given, given["school"] or given["bureau"])
        obj.pk, obj.group_id = made.pk, made.group_id
        obj._state.adding = False
        record_fix(obj, request.user, reason, {}, {"role": made.get_role_display(), "starts": str(made.starts)})


@admin.register(Deputy, site=site)
class DeputyAdmin(ReasonedAdmin):
    """代理: somebody else wields an appointment for a dated span. `reason` of the row is the reason of the act."""

    can_add = True
    list_display = ["user", "appointment", "starts", "ends"]
    list_select_related = ["user", "appointment__user", "appointment__school", "appointment__bureau"]
    autocomplete_fields = ["user", "appointment"]
