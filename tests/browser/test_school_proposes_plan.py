"""A school asks for its intake plan in the browser: registrar, headmaster and clerk; SHOTS_DIR keeps pictures."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from students.models import IntakePlan
from tests.browser.test_accessible import faults_of_all
from tests.students.specimens_classes import DOCUMENT

SIZES = {"desk": (1366, 768), "phone": (390, 844)}


@pytest.fixture
def keep():
    """Pictures of a page in both sizes, where somebody asked for them."""

    def kept(page, name: str) -> None:
        for size, (width, height) in SIZES.items():
            if folder := os.environ.get("SHOTS_DIR"):
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_load_state("networkidle")
                page.screenshot(path=str(Path(folder, f"{name}-{size}.png")), full_page=True, animations="disabled")
        page.set_viewport_size({"width": 1366, "height": 768})

    return kept


def test_from_the_school_to_the_bureau_and_what_was_changed(windows, window_of, keep, no1, bureau):
    page = window_of(Role.REGISTRAR, no1)
    page.goto(reverse("students:plans") + "?year=2027")
    keep(page, "1-list")
    page.get_by_role("link", name="申报", exact=True).first.click()
    page.get_by_label("申报理由").fill("学区内适龄儿童130人，一年级教室3间")
    page.get_by_label("一年级班数").fill("3")
    page.get_by_label("一年级每班人数").fill("60")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("main")).to_contain_text("超过最大班额55人")
    keep(page, "2-refused")
    page.get_by_label("一年级每班人数").fill("45")
    page.get_by_role("button", name="保存草稿").click()
    case = IntakePlan.objects.get()
    keep(page, "3-proposal")
    page.get_by_role("button", name="报校长签字").click()

    head = window_of(Role.HEADMASTER, no1)
    head.goto(case.get_absolute_url())
    keep(head, "4-headmaster")
    head.get_by_role("button", name="校长签字，报教育局核定").click()

    clerk = window_of(Role.BUREAU_CLERK, bureau)
    clerk.goto(case.get_absolute_url())
    keep(clerk, "5-bureau")
    clerk.get_by_role("link", name="核定计划").click()
    clerk.get_by_label("依据文件").fill(DOCUMENT)
    clerk.get_by_label("一年级班数").fill("2")
    clerk.get_by_role("button", name="保存", exact=True).click()
    expect(clerk.locator("main")).to_contain_text("请写明调整理由")
    keep(clerk, "6-settling")
    clerk.get_by_label("调整理由").fill("教室只有2间")
    clerk.get_by_role("button", name="保存", exact=True).click()
    expect(clerk.locator("main")).to_contain_text("学校申报3×45")
    keep(clerk, "7-settled")
    pages = {"case": case.get_absolute_url(), "draft": reverse("students:plan_draft", args=[case.number])}
    assert faults_of_all(clerk, pages) == []
    windows.expect_no_complaints("422")
