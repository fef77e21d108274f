"""The sheet of a class in a real browser: on a phone nothing is pushed sideways, at a desk it is the table it was."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from archives import entries
from archives.kinds import KINDS, SHEETS
from archives.models import Entry
from archives.periods import Period
from tests.archives.conftest import long_here
from tests.browser.test_accessible import faults_of_all
from tests.county import class_of, staff_member

SPRING = Period(2025, 2)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 768}
# What of the sheet cannot be seen without pushing it sideways, in pixels.
HIDDEN = "frame => frame.scrollWidth - frame.clientWidth"
# Boxes that stand beside the screen, or whose column no longer says its name beside them.
ASTRAY = """() => [...document.querySelectorAll("table.is-entry td :is(input, select, textarea)")]
  .filter(box => { const at = box.getBoundingClientRect(); return at.left < 0 || at.right > innerWidth
    || getComputedStyle(box.closest("td"), "::before").content === "none"; }).map(box => box.name)"""


@pytest.fixture
def children(child_at, no1):
    return long_here(*(child_at(no1, grade=3, name=name) for name in ("张小禾", "李小雨")))


@pytest.fixture
def page(children, window_of, no1):
    return window_of(Role.REGISTRAR, no1)


def sheet(no1, kind):
    return reverse("archives:sheet", args=[class_of(no1, 3).pk, kind]) + "?term=2025-2"


def test_no_sheet_is_pushed_sideways_on_a_phone(page, no1, windows):
    page.set_viewport_size(PHONE)
    for kind in SHEETS:
        page.goto(sheet(no1, kind))
        assert page.evaluate(ASTRAY) == [], kind
        assert page.locator(".list-frame").evaluate(HIDDEN) <= 0, kind
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], kind
    windows.expect_no_complaints()


def test_at_a_desk_it_stays_one_table_with_its_heads(page, no1):
    page.set_viewport_size(DESK)
    page.goto(sheet(no1, "marks"))
    expect(page.get_by_role("columnheader", name="语文")).to_be_visible()
    names, boxes = page.locator("tbody th").first.bounding_box(), page.locator("tbody td input").first.bounding_box()
    assert abs(names["y"] + names["height"] / 2 - boxes["y"] - boxes["height"] / 2) < 3, "the name stands by its boxes"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_it_is_filled_in_and_saved_by_keyboard_alone(page, no1, children, size):
    page.set_viewport_size(size)
    page.goto(sheet(no1, "marks"))
    boxes = page.locator("tbody tr").first.get_by_role("textbox")
    boxes.first.focus()
    for mark in ("92", "88", "优秀"):
        page.keyboard.type(mark)
        page.keyboard.press("Tab")
    expect(boxes.nth(3)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已保存：新登记1条。")).to_be_visible()
    assert [mark.mark for mark in Entry.objects.get().marks.all()] == ["92", "88", "优秀"]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_wrong_box_is_red_and_the_sentence_leads_to_it(page, no1, size):
    page.set_viewport_size(size)
    page.goto(sheet(no1, "fitness"))
    page.get_by_label("张小禾 身高").fill("999")
    page.get_by_role("button", name="保存体质健康测试").click()
    page.get_by_role("link", name="张小禾：身高").click()
    box = page.get_by_label("张小禾 身高")
    expect(box).to_be_focused()
    assert box.evaluate("box => getComputedStyle(box).borderTopColor") == "rgb(171, 33, 24)"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_what_was_said_of_the_wrong_class_is_taken_back(page, no1, children, size):
    given = {"school": no1, "by": staff_member(Role.REGISTRAR, no1)}
    entries.declare_nothing(KINDS["award"], SPRING, list(children), **given)
    page.set_viewport_size(size)
    page.goto(sheet(no1, "award"))
    page.get_by_label("李小雨 撤回").check()
    page.get_by_label("撤回原因").fill("点错了班")
    page.get_by_role("button", name="保存获奖").click()
    expect(page.get_by_text("撤回“本学期无获奖”1名")).to_be_visible()
    page.get_by_role("link", name="张小禾").click()
    page.get_by_role("button", name=re.compile("撤回\\s*本学期无获奖")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("撤回原因").fill("点错了班")
    dialog.get_by_role("button", name="撤回", exact=True).click()
    expect(page.get_by_text("已撤回，记录和原因留存。")).to_be_visible()
    assert not Entry.objects.standing().exists()


def test_a_class_on_a_phone_says_what_is_missing_and_not_what_is_there(page, no1):
    page.set_viewport_size(PHONE)
    page.goto(reverse("archives:school_class", args=[class_of(no1, 3).pk]))
    expect(page.locator("td[data-label=还缺]").first).to_be_visible()
    assert page.locator("td.desk-only:visible").count() == 0
    page.set_viewport_size(DESK)
    assert page.locator("td.desk-only:visible").count() >= 14


def test_the_tab_one_is_on_is_in_sight(page, no1):
    page.set_viewport_size(PHONE)
    page.goto(sheet(no1, "evaluation"))
    tab = page.locator(".tabs [aria-current]").bounding_box()
    assert tab["x"] >= 0 and tab["x"] + tab["width"] <= PHONE["width"]


def test_the_ticks_of_the_cross_check_are_as_large_as_a_thumb(page, no1):
    page.set_viewport_size(PHONE)
    page.goto(reverse("archives:cross_check", args=[class_of(no1, 3).pk]))
    heights = page.locator("label.tick").evaluate_all("labels => labels.map(each => each.offsetHeight)")
    assert len(heights) == 16 and min(heights) >= 40


def test_both_faces_of_it_are_for_everybody(page, no1, children):
    """axe, at both sizes."""
    archive = reverse("archives:child", args=[children[0].slug])
    check = reverse("archives:cross_check", args=[class_of(no1, 3).pk])
    pages = {kind: sheet(no1, kind) for kind in ("award", "evaluation")} | {"child": archive, "cross_check": check}
    assert faults_of_all(page, pages) == []
