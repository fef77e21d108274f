"""Middleware: ends what must end, asks for the second factor, asks again before what cannot be taken back."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from jianping_xueji import audit
from jianping_xueji.audit.address import address_of

from . import factors, sessions, throttle

# Open to whoever has entered with one factor only.
OPEN = {"accounts:second_factor", "accounts:logout", "accounts:login", "healthz", "reports:verify"}
# Whatever signs or decides, and whatever hands data out: the password once more, unless it was given within the last
# quarter of an hour. tests/house/test_signing_asks.py reads off the code which pages sign.
CONFIRMED = {
    "agreement:difference",
    "approvals:act",
    "approvals:filing",
    "dropout:handover",
    "exports:decide",
    "exports:make",
    "exports:take",
    "intake:act",
    "intake:batch",
    "intake:child",
    "intake:new",
    "students:ceims_export",
    "students:ceims_graduates",
    "students:ceims_problems",
    "students:duplicate",
    "students:import_undo",
    "students:promotion_confirm",
    "students:promotion_submit",
    "students:promotion_undo",
    "students:promotion_withdraw",
    "students:selection_export",
    "supervision:holiday_decide",
    "supervision:score_sign",
}
GIVEN = "_password"


class Gate:
    """Just inside the audit, so that whoever is stopped here is written down."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and (why := sessions.ended(request)):
            audit.became("leave", person=request.user, reason=why)
            logout(request)
            return redirect(f"{reverse('accounts:login')}?{urlencode({'ended': why})}")
        if not request.user.is_authenticated:
            return self.get_response(request)
        sessions.touch(request.session)
        answer = self.get_response(request)
        # No page of somebody who has entered stays in a browser's or a proxy's store.
        answer.headers.setdefault("Cache-Control", "no-store, private")
        return answer

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        if not request.user.is_authenticated or name in OPEN:
            return None
        return self.second_factor(request) or self.confirmation(request, name)

    def second_factor(self, request):
        if not settings.SECOND_FACTOR_REQUIRED or request.session.get(sessions.PROVED) == request.user.pk:
            return None
        if not factors.needs(request.user) and not factors.of(request.user):
            return None
        return redirect(f"{reverse('accounts:second_factor')}?{urlencode({'next': request.get_full_path()})}")

    def confirmation(self, request, name: str):
        if not settings.REAUTHENTICATE or request.method != "POST" or name not in CONFIRMED:
            return None
        if not factors.needs(request.user) or sessions.has_confirmed(request.session):
            return None
        return confirm(request)


def confirm(request: HttpRequest):
    """Ask for the password and post the very same form again: nothing typed is lost. None when it was right.

    A file is not kept: the page says that it has to be chosen again.
    """
    given, refusal = request.POST.get(GIVEN), ""
    if given:
        account, address = f"confirm:{request.user.pk}", address_of(request)
        if wait := throttle.wait_before(account, address):
            refusal = throttle.words(wait)
        elif request.user.check_password(given):
            throttle.forget(account, address)
            sessions.confirmed(request.session)
            posted = request.POST.copy()
            posted.pop(GIVEN)
            request.POST = posted
            return None
        else:
            refusal = "密码不对，请重新输入。"
    kept = [(key, value) for key, values in request.POST.lists() for value in values if key not in _NOT_KEPT]
    shown = {"kept": kept, "refusal": refusal, "had_file": bool(request.FILES)}
    return render(request, "accounts/confirm.html", shown, status=403 if refusal else 200)


_NOT_KEPT = {GIVEN, "csrfmiddlewaretoken"}
