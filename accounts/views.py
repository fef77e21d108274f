"""Signing in and out, and one's own password. Who may do what is asked elsewhere, in `policies`."""

from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.contrib.messages.views import SuccessMessageMixin
from django.urls import reverse_lazy

from .forms import NewPasswordForm, SignInForm

sign_in = LoginView.as_view(
    template_name="accounts/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
)
sign_out = LogoutView.as_view()


class NewPassword(SuccessMessageMixin, PasswordChangeView):
    form_class = NewPasswordForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:password")
    success_message = "密码已更换，下次登录请用新密码。"


new_password = NewPassword.as_view()
