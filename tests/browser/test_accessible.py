"""The main pages as everybody can use them: axe, no sideways scrolling on a phone, no complaint of the browser, keys."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from approvals.models import CeimsFiling
from jianping_xueji import vault  # noqa: F401 — the scans of the case page are sealed with it
from tests.browser.acts import photo
from tests.county import class_of, walk

WIDTHS = {"办公电脑": {"width": 1366, "height": 768}, "手机": {"width": 390, "height": 844}}
GRAVE = {"serious", "critical"}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
