"""Signing in and out, and one's own password. Who may do what is asked elsewhere, in `policies`."""

from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.contrib.messages.views import SuccessMessageMixin
from django.urls import reverse_lazy

from jianping_xueji import audit

from .forms import NewPasswordForm, SignInForm
from .models import User


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        audit.became("enter")
        return super().form_valid(form)

    def form_invalid(self, form):
        # Only the name of an account that exists: what was typed may be somebody's password.
        audit.became("no_entry", account=known_account(form.data.get("username", "")))
        return super().form_invalid(form)


class SignOut(LogoutView):
    def post(self, request, *args, **kwargs):
        audit.became("leave", account=request.user.get_username())
        return super().post(request, *args, **kwargs)


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()


class NewPassword(SuccessMessageMixin, PasswordChangeView):
    form_class = NewPasswordForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:password")
    success_message = "密码已更换，下次登录请用新密码。"


new_password = NewPassword.as_view()


def known_account(typed: str) -> str:
    """The name typed, if an account has it."""
    return User.objects.filter(username=typed[:150]).values_list("username", flat=True).first() or ""
