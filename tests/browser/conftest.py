"""Real browsers against the real server: one Chromium for the lane, one signed-in window per account."""

import os
from datetime import date

import pytest
from playwright.sync_api import Page, expect, sync_playwright

PASSWORD = "Browser-lane-2026"
DESKTOP = {"width": 1366, "height": 768}
PATIENCE = 10_000  # milliseconds; two cores may be busy with other lanes


def pytest_collection_modifyitems(items):
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium as bin/test found it; root may not use its sandbox."""
    expect.set_options(timeout=PATIENCE)
    # Playwright runs an event loop in this thread, and Django would refuse to talk to the database beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        yield browser
        browser.close()


@pytest.fixture
def site(live_server, settings):
    """The running site, on 15 September 2026 in every thread: the server's threads do not see `clock.at()`."""
    settings.LEGAL_DATE = date(2026, 9, 15)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return live_server.url


class Windows:
    """The browser windows of one story; every complaint of a page is kept and must be excused by name."""

    def __init__(self, browser, address: str):
        self.browser, self.address = browser, address
        self.contexts, self.complaints = [], []

    def open(self, **options) -> Page:
        """A window that knows nobody yet."""
        context = self.browser.new_context(base_url=self.address, locale="zh-CN", viewport=DESKTOP, **options)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        return page

    def sign_in(self, user) -> Page:
        """The window of a person at their own account, signed in through the page."""
        user.set_password(PASSWORD)
        user.save()
        page = self.open()
        page.goto("/login/")
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("button", name="退出")).to_be_visible()
        return page

    def expect_no_complaints(self, *excused: str) -> None:
        """No script error and nothing refused by the content policy; `excused` are parts of expected messages."""
        left = [said for said in self.complaints if not any(part in said for part in excused)]
        assert left == []

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def windows(chromium, site):
    """Windows of this story's people, closed before its database goes."""
    opened = Windows(chromium, site)
    yield opened
    opened.close()


@pytest.fixture
def window_of(windows, staff):
    """Open the window of a role at a place: window_of(Role.REGISTRAR, no2)."""
    return lambda role, place, name=None: windows.sign_in(staff(role, place, name))
