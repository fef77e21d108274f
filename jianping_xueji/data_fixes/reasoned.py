"""The form of every change in the admin: a reason first, before and after kept, nothing ever deleted."""

import re
from datetime import date, datetime
from decimal import Decimal

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.utils.html import format_html_join

from jianping_xueji.vault import mask_phone
from law import clock
from students.models import DataFix

from .promises import OTHERWISE, broken_promises
from .site import may_fix

PHONES = ("phone",)
LONG_NUMBER = re.compile(r"\d{11,}")


class ReasonedForm(forms.ModelForm):
    """Adds the compulsory reason to the form of any model."""

    reason = forms.CharField(
        label="更正理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text="写明依据的证件或文件，不要写入完整的证件号码。理由与改前、改后一并永久留存。",
    )

    def clean_reason(self):
        reason = self.cleaned_data["reason"].strip()
        if not reason:
            raise forms.ValidationError("请写明更正理由。")
        if LONG_NUMBER.search(reason):
            raise forms.ValidationError("理由中含有疑似完整号码，请只写末四位。")
        return reason

    def _post_clean(self):
        """While the row is judged, its constraints are ours: all columns count, a broken promise is told in words."""
        self.instance.validate_constraints = self._keep_promises
        try:
            super()._post_clean()
        finally:
            del self.instance.validate_constraints

    def _keep_promises(self, exclude=None):
        if told := broken_promises(self.instance):
            raise forms.ValidationError(told)


def kept_value(name: str, value):
    """A value as the log keeps it: readable, JSON-safe, phones masked; sealed bytes never arrive here."""
    if name in PHONES and value:
        return mask_phone(str(value))
    if isinstance(value, (date, datetime, Decimal)):
        return str(value)
    if isinstance(value, (bool, int, float, str, list, dict)) or value is None:
        return value
    return str(value)


def kept_values(obj, names: list[str]) -> dict:
    return {name: kept_value(name, getattr(obj, name, None)) for name in names}


class FixRights:
    """In sight and changeable for the data administrator; deletable for nobody."""

    actions = None
    can_add = False
    can_change = True

    def has_module_permission(self, request):
        return may_fix(request.user)

    def has_view_permission(self, request, obj=None):
        return may_fix(request.user)

    def has_add_permission(self, request):
        return self.can_add and may_fix(request.user)

    def has_change_permission(self, request, obj=None):
        return self.can_change and may_fix(request.user)

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyAdmin(FixRights, admin.ModelAdmin):
    """What is signed or follows from a signature: to be looked at only."""

    can_change = False


class ReasonedAdmin(FixRights, admin.ModelAdmin):
    """A table that may be corrected, by a form with a reason; each save writes one DataFix."""

    form = ReasonedForm
    list_per_page = 50
    show_full_result_count = False
    object_history_template = "admin/data_fixes.html"

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs.setdefault("form", self.form)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request, obj=None):
        fields = [name for name in super().get_fields(request, obj) if name != "reason"]
        return ["reason", *fields]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """No side doors to other tables beside a choice."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget.can_add_related = field.widget.can_change_related = False
            field.widget.can_view_related = field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A choice offers what the chosen table shows this administrator, and nothing beyond."""
        chosen_from = db_field.remote_field.model
        if self.admin_site.is_registered(chosen_from):
            kwargs["queryset"] = self.admin_site.get_model_admin(chosen_from).get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(self, request, *args, **kwargs):
        """Two administrators at the same moment: what the form could not foresee is still told, not a fault."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            messages.error(request, OTHERWISE)
            return HttpResponseRedirect(request.get_full_path())

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        """Save only what changed, so that a ledger moving meanwhile is not set back; write the reason beside it."""
        changed = [name for name in form.changed_data if name != "reason"]
        if change and not changed:
            return
        before = self._stored(obj, changed) if change else {}
        self.store(obj, form, changed, change)
        record_fix(obj, request.user, form.cleaned_data["reason"], before, kept_values(obj, changed))

    def store(self, obj, form, changed: list[str], change: bool) -> None:
        """Write the row; tables with derived columns add theirs."""
        obj.save(update_fields=changed) if change else obj.save()

    def _stored(self, obj, names: list[str]) -> dict:
        """What the row held before."""
        return kept_values(type(obj).objects.get(pk=obj.pk), names)

    def log_change(self, request, obj, message):
        """The reasoned log replaces Django's own."""

    log_addition = log_change

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["title"] = f"更正{self.opts.verbose_name}" if obj else f"新增{self.opts.verbose_name}"
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def history_view(self, request, object_id, extra_context=None):
        """Django's history page, filled from the reasoned log."""
        fixes = DataFix.objects.filter(model=self.opts.label_lower, object_id=unquote(object_id)).select_related("by")
        told = [{"fix": fix, "difference": difference(fix)} for fix in fixes]
        return super().history_view(request, object_id, {"fixes": told, **(extra_context or {})})


def record_fix(obj, by, reason: str, before: dict, after: dict) -> DataFix:
    """Write down one correction."""
    return DataFix.objects.create(
        model=obj._meta.label_lower,
        model_name=str(obj._meta.verbose_name),
        object_id=str(obj.pk),
        object_name=str(obj)[:200],
        reason=reason,
        before=before,
        after=after,
        by=by,
        legal_date=clock.today(),
    )


@admin.display(description="改前 → 改后")
def difference(fix: DataFix) -> str:
    """Old and new value of every changed field, one a line."""
    model = _model_of(fix)
    rows = [(_label(model, name), fix.before.get(name, "—"), new) for name, new in fix.after.items()]
    return format_html_join("", "<div><b>{}</b>：{} → {}</div>", rows) or "未改动任何栏目"


def _model_of(fix: DataFix):
    return apps.get_model(fix.model)


def _label(model, name: str) -> str:
    try:
        return str(model._meta.get_field(name).verbose_name)
    except FieldDoesNotExist:  # a form field without a column, such as the new password
        return name
