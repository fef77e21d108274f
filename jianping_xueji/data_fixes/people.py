"""Accounts in the admin: an account is a name and a password, power comes from appointments only."""

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password

from accounts.models import User

from .reasoned import ReasonedAdmin, ReasonedForm
from .scope import people_of
from .site import site

PASSWORD_RESET = "（已重设，不留存）"


class UserForm(ReasonedForm):
    new_password = forms.CharField(
        label="重设密码",
        required=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="不改则留空；重设后该人在各处的登录随即失效。",
    )

    class Meta:
        model = User
        fields = ["username", "name", "is_active", "unsealed_at"]

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
    fields = ["reason", "username", "name", "is_active", "unsealed_at", "new_password"]
    list_display = ["username", "name", "is_active", "last_login"]
    search_fields = ["username", "name"]

    def get_queryset(self, request):
        return people_of(request.user, super().get_queryset(request))

    def get_fields(self, request, obj=None):
        return self.fields

    def store(self, obj, form, changed, change):
        if password := form.cleaned_data["new_password"]:
            obj.set_password(password)
        obj.new_password = PASSWORD_RESET
        columns = ["password" if name == "new_password" else name for name in changed]
        super().store(obj, form, columns, change)
