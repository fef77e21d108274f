"""A child changes school, lived at the screens: every desk at its own window, signed in to its own account."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from accounts.appointments import dismiss
from accounts.models import Appointment
from accounts.roles import Role
from law import clock
from students.models import Student
from tests.browser.acts import (
    act_button,
    alert,
    forge_act,
    open_from_list,
    press_all,
    print_out,
    sign,
    upload_photo,
)
from tests.county import class_of, walk
from transfers.models import Transfer

REFUSED_BY_STATUS = ("status of 403", "status of 404", "status of 409", "status of 422")

# After the hand-in: who signs, the move, its button.
SIGNATURES = [
    ("headmaster", "vouch", "预审同意，报教育局预审"),
    ("clerk", "review", "拟同意预审"),
    ("checker", "pass_review", "预审通过，预留学位"),
    ("registrar", "apply", "发起转学"),
    ("headmaster", "accept_child", "同意转入，报转入主管部门"),
    ("clerk", "propose_entry", "拟同意转入"),
    ("checker", "approve_entry", "同意转入，转转出学校"),
    ("old_registrar", "propose_release", "拟同意转出"),
    ("old_headmaster", "release", "同意转出，转转出主管部门"),
    ("checker", "complete", "同意转出，办结"),
]


@pytest.fixture
def desks(window_of, bureau, no1, no2, no3):
    """A window for everybody who has a hand in the transfer, and for a stranger."""
    return SimpleNamespace(
        registrar=window_of(Role.REGISTRAR, no2),
        headmaster=window_of(Role.HEADMASTER, no2),
        clerk=window_of(Role.BUREAU_CLERK, bureau),
        checker=window_of(Role.BUREAU_CHECKER, bureau),
        old_registrar=window_of(Role.REGISTRAR, no1),
        old_headmaster=window_of(Role.HEADMASTER, no1),
        stranger=window_of(Role.REGISTRAR, no3),
    )


def test_from_the_question_to_the_first_school_day(desks, windows, child_at, no1, no2):
    child = child_at(no1, grade=3, name="张小禾")
    ask_whether(desks.registrar, no1, no2)
    case = make_draft(desks.registrar, child, no2)
    bring_papers(desks.registrar)
    hand_in(desks, case)
    for who, action, label in SIGNATURES:
        refuse_the_others(desks, case, who, action)
        sign(getattr(desks, who), case, label)
    print_the_form(desks.registrar, case)
    find_in_new_school(desks.registrar, child, no2)
    report_arrival(desks.registrar, case)
    windows.expect_no_complaints(*REFUSED_BY_STATUS)


def ask_whether(page, from_school, to_school):
    """In October a move within the county is out of season: the article, and the first day of March."""
    page.get_by_label("主导航").get_by_role("link", name="能否办理").click()
    page.get_by_label("转出学校（本县）").select_option(label=from_school.name)
    expect(page.get_by_label("转入学校（本县）")).to_have_value(str(to_school.pk))
    page.get_by_label("申请日期").fill("2026-10-20")
    page.get_by_role("button", name="看能否办理").click()
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("须主管局长特批")
    expect(verdict).to_contain_text("第十八条第一款")
    expect(verdict).to_contain_text("最早：2027年3月1日（周一）")
    page.get_by_label("申请日期").fill("2026-09-15")
    page.get_by_role("button", name="看能否办理").click()
    expect(verdict).to_contain_text("可以办理")


def make_draft(page, child, school):
    """Find the child by name and full number, then class and ground."""
    page.get_by_role("link", name="发起转学").last.click()
    page.get_by_label("学生姓名").fill(child.name)
    page.get_by_label("身份证件号或学籍号").fill(child.id_number.plain())
    page.get_by_role("button", name="查找学生").click()
    expect(page.get_by_text("找到一名学生")).to_be_visible()
    page.get_by_role("button", name="确认是这名学生，建立转学申请").click()
    page.get_by_label("拟转入班级").select_option(str(class_of(school, 3).pk))
    page.get_by_label("家庭住址跨学区迁移，就近入学困难").check()
    page.get_by_role("button", name="保存，去收材料").click()
    expect(page.get_by_text("已保存。请按清单收取材料、核对后提交。")).to_be_visible()
    return Transfer.objects.get(subjects__child=child)


def bring_papers(page):
    """One paper photographed and looked at on the screen, the others received on paper; then every one checked."""
    upload_photo(page, "居民户口簿")
    scan = page.locator(".scan-paper img")
    expect(scan).to_have_js_property("naturalWidth", 900)
    assert press_all(page, "纸质已收") == 4
    assert press_all(page, "核对无误") == 5


def hand_in(desks, case):
    refuse_the_others(desks, case, "registrar", "submit")
    sign(desks.registrar, case, "提交学校预审")


def refuse_the_others(desks, case, who, action):
    """At this desk: an account of the case without this hand gets 403, one without any part in it 404."""
    wrong = desks.headmaster if who == "registrar" else desks.registrar
    assert forge_act(wrong, case, action) == 403
    assert forge_act(desks.stranger, case, action) == 404


def print_the_form(page, case):
    page.goto(case.get_absolute_url())
    printed = print_out(page, "转学联系表")
    assert (printed["status"], printed["type"], printed["head"]) == (200, "application/pdf", "%PDF-")
    assert printed["size"] > 10_000


def find_in_new_school(page, child, school):
    """The header's box finds the child, now one of ours, with both schools in its life."""
    page.get_by_label("查找学生或业务").fill("zhangxiaohe")
    page.get_by_label("查找学生或业务").press("Enter")
    expect(page).to_have_url(re.compile(child.get_absolute_url()))
    expect(page.locator(".lead-line").first).to_contain_text(school.name)
    life = page.locator("#life")
    expect(life).to_contain_text("在第一小学建立在校记录")
    expect(life).to_contain_text("在第二小学建立在校记录")


def report_arrival(page, case):
    page.goto("/transfers/waiting/")
    page.get_by_role("link", name=case.number).click()
    act_button(page, "登记报到").click()
    expect(page.get_by_role("status").filter(has_text="现为“已报到”")).to_be_visible()
    assert Student.objects.get(pk=case.child.pk).school == case.lead_school


def test_an_opinion_survives_the_refusal(window_of, windows, child_at, no1, no2):
    """The papers are not there yet: all of them named at once with the article, and what was typed still stands."""
    page = window_of(Role.REGISTRAR, no2)
    case = make_draft_quickly(page, child_at(no1, name="李四宝"))
    open_from_list(page, case)
    page.get_by_label("办理意见").fill("家长已当面说明，材料周五补齐")
    act_button(page, "提交学校预审").click()
    expect(alert(page)).to_contain_text("居民户口簿")
    expect(alert(page)).to_contain_text("第十七条第（一）项")
    expect(page.get_by_label("办理意见")).to_have_value("家长已当面说明，材料周五补齐")
    windows.expect_no_complaints("status of 422")


def make_draft_quickly(page, child):
    page.goto("/transfers/new/")
    page.get_by_label("学生姓名").fill(child.name)
    page.get_by_label("身份证件号或学籍号").fill(child.registry_number.plain())
    page.get_by_role("button", name="查找学生").click()
    page.get_by_role("button", name="确认是这名学生").click()
    expect(page.get_by_role("heading", name=f"{child.name}：去向与理由")).to_be_visible()
    return Transfer.objects.get(subjects__child=child)


def test_the_late_clicker_is_told_who_was_first(window_of, windows, transfer, bureau):
    case = walk(transfer, until="review")
    first = window_of(Role.BUREAU_CHECKER, bureau, name="早一步")
    second = window_of(Role.BUREAU_CHECKER, bureau, name="晚一步")
    open_from_list(first, case)
    open_from_list(second, case)
    act_button(first, "预审通过，预留学位").click()
    expect(first.get_by_role("status").filter(has_text="现为“预审通过，待发起”")).to_be_visible()
    act_button(second, "预审通过，预留学位").click()
    expect(alert(second)).to_contain_text("早一步已于2026年9月15日办理“预审通过，预留学位”")
    expect(alert(second)).to_contain_text("本次操作未生效")
    windows.expect_no_complaints("status of 409")


def test_an_ended_appointment_loses_its_power_at_once(window_of, windows, transfer, no2, staff):
    """Dismissed while the page stood open: the click comes to nothing."""
    case = walk(transfer, until="submit")
    page = window_of(Role.HEADMASTER, no2)
    open_from_list(page, case)
    dismiss(Appointment.objects.get(user=staff(Role.HEADMASTER, no2)), on=clock.today())
    act_button(page, "预审同意，报教育局预审").click()
    expect(page.get_by_text("没有找到这一页")).to_be_visible()
    case.refresh_from_db()
    assert case.state == "school_review"
    windows.expect_no_complaints("status of 404")
