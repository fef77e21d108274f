"""What every answer says to the browser, and that no form is taken from another site."""

import os
import subprocess

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import URLResolver, get_resolver

from accounts.roles import Role
from tests.county import staff_member

ROOT = site.BASE_DIR


@pytest.fixture
def registrar(no1):
    client = Client()
    client.force_login(staff_member(Role.REGISTRAR, no1))
    return client


@pytest.mark.parametrize("page", ["/login/", "/", "/students/", "/nowhere/", "/supervision/trail/"])
def test_headers_of_every_page(registrar, page):
    answer = registrar.get(page)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    for rule in ("object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin" and answer["Cross-Origin-Opener-Policy"] == "same-origin"


def all_views(resolver=None):
    """Every view of the site."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from all_views(pattern)
        else:
            yield pattern.callback


def test_every_form_wants_the_sites_own_token(no1):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff_member(Role.REGISTRAR, no1))
    assert len(list(all_views())) > 200
    assert [view for view in all_views() if getattr(view, "csrf_exempt", False)] == []
    for path in ("/login/", "/search/", "/exports/new/"):
        assert client.post(path, {"q": "x"}).status_code == 403


def production(**more) -> dict:
    given = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return given | {"DEMO": "0", "DEBUG": "0", "LEGAL_DATE": "", "ALLOWED_HOSTS": "xueji.example.cn"} | more


def test_the_production_site_passes_djangos_own_list():
    command = [ROOT / ".venv/bin/python", ROOT / "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=production(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_cookies_of_the_production_site():
    words = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY CSRF_COOKIE_HTTPONLY"
    code = f"from django.conf import settings as s; print(*(getattr(s, w) for w in '{words}'.split()))"
    done = subprocess.run(
        [ROOT / ".venv/bin/python", "-c", code], env=production(), capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "True", "True", "True"], done.stderr
