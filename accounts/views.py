"""Signing in and out, and one's own password. Who may do what is asked elsewhere, in `policies`."""

import base64

import segno
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.contrib.messages.views import SuccessMessageMixin
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jianping_xueji import audit
from jianping_xueji.audit.address import address_of

from .forms import NewPasswordForm, SignInForm
from .identity import factors, sessions, throttle
from .models import User


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **more):
        return super().get_context_data(ended=sessions.ENDINGS.get(self.request.GET.get("ended", "")), **more)

    def form_valid(self, form):
        audit.became("enter")
        answer = super().form_valid(form)
        sessions.began(self.request)
        return answer

    def form_invalid(self, form):
        # Only the name of an account that exists: what was typed may be somebody's password.
        audit.became("no_entry", person=known_account(form.data.get("username", "")))
        return super().form_invalid(form)


class SignOut(LogoutView):
    def post(self, request, *args, **kwargs):
        audit.became("leave", person=request.user)
        answer = super().post(request, *args, **kwargs)
        # Nothing of the pages seen stays in the browser of a shared computer.
        answer["Clear-Site-Data"] = '"cache", "storage"'
        return answer


@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request):
    """Prove the second factor, or set it up at the first entry."""
    next_url = safe_next(request)
    setting_up = factors.of(request.user) is None
    context = {"next": next_url, "setting_up": setting_up, "heading": "设置动态口令" if setting_up else "输入动态口令"}
    if request.method == "POST":
        context["refusal"] = refusal_of_code(request, setting_up)
        if not context["refusal"]:
            request.session.cycle_key()
            request.session[sessions.PROVED] = request.user.pk
            sessions.began(request)
            if not setting_up:
                return redirect(next_url)
            return render(
                request, "accounts/second_factor.html", context | {"codes": factors.new_recovery_codes(request.user)}
            )
        audit.became("no_entry", reason="动态口令不对")
    if setting_up:
        context |= picture_of(factors.begin(request.user))
    return render(request, "accounts/second_factor.html", context)


def refusal_of_code(request, setting_up: bool) -> str:
    """Why the code is not taken; "" when it is."""
    account, address = f"code:{request.user.pk}", address_of(request)
    if wait := throttle.wait_before(account, address):
        return throttle.words(wait)
    if not factors.passes(request.user, request.POST.get("code", ""), setting_up=setting_up):
        return "口令不对，或已经用过。每个口令只能用一次，请等下一个。"
    throttle.forget(account, address)
    return ""


def picture_of(factor) -> dict:
    secret = base64.b32encode(factors.secret_of(factor)).decode()
    picture = segno.make(factors.address_of(factor), error="m").svg_data_uri(scale=4)
    return {"picture": picture, "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))}


def safe_next(request) -> str:
    """Where to go on; only within this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    good = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if good else "/"


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()


class NewPassword(SuccessMessageMixin, PasswordChangeView):
    form_class = NewPasswordForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:password")
    success_message = "密码已更换，下次登录请用新密码。"

    def form_valid(self, form):
        answer = super().form_valid(form)
        sessions.goes_on(self.request)
        return answer


new_password = NewPassword.as_view()


def known_account(typed: str) -> User | None:
    """The account of the name typed."""
    return User.objects.filter(username=typed[:150]).first()
