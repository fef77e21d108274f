"""The main pages as everybody can use them: axe, no sideways scrolling, no complaint of the browser, keys."""

from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from approvals import materials
from approvals.models import CeimsFiling
from reports.forms import FORMS
from reports.services import print_form
from students.models import Correction
from tests.browser.acts import photo
from tests.changes import drafted
from tests.county import class_of, walk
from tests.importing import previewed
from tests.students.specimens_problems import drafted_merge, found_pair
from tests.workbooks import pupil, workbook
from transfers.services import start_transfer

SIZES = [{"width": 1366, "height": 768}, {"width": 390, "height": 844}]
GRAVE = {"serious", "critical"}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def scene(no1, no2, bureau, child_at, staff):
    """A county at work: a draft with a photo, a case with the bureau, one done, an upload to look at, a print."""
    registrar = staff(Role.REGISTRAR, no2)
    move = {"by": registrar, "ground": "T4", "grade": 3, "to_class": class_of(no2, 3)}
    draft = start_transfer(child_at(no1, name="样例戊"), no2, **move)
    materials.hand_in_paper(draft.materials.first(), by=registrar, data=photo()["buffer"], filename="表.jpg")
    own = {"school_code": no2.code}
    flawed = [pupil(1, **own), pupil(2, sex="未知", **own), pupil(3, phone="", **own)]
    file, _ = previewed(workbook(flawed), no2, by=registrar)
    printed = print_form(FORMS["transfer_contact"], None, by=registrar, address_of=lambda token: f"/verify/{token}/")
    return SimpleNamespace(draft=draft, child=child_at(no2, name="样例己"), file=file, token=printed.record.token)


def faults_of(page, name: str, url: str) -> list[str]:
    """What is wrong with a page at both sizes, in words that name it."""
    page.goto(url)
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        where = f"{name} {size['width']}px"
        if (beyond := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{where}: {beyond}px beyond the edge")
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in GRAVE:
                targets = [node["target"] for node in violation["nodes"]]
                found.append(f"{where}: {violation['id']} {targets[:3]}")
    return found


def faults_of_all(page, pages: dict[str, str]) -> list[str]:
    return [fault for name, url in pages.items() for fault in faults_of(page, name, url)]


def test_pages_of_the_school(scene, window_of, windows, no2):
    page = window_of(Role.REGISTRAR, no2)
    child = reverse("students:child", args=[scene.child.slug])
    pages = {
        "我的待办": "/",
        "学生": "/students/",
        "学生页": child,
        "班级与学位": "/classes/",
        "班级": reverse("students:class", args=[class_of(no2, 3).pk]),
        "能否办理": f"/transfers/check/?from_division=150429&to_school={no2.pk}&grade=3&ground=T4&on=2026-10-20",
        "发起转学": "/transfers/new/",
        "县外转入": "/transfers/new/outside/",
        "去向与理由": reverse("transfers:draft", args=[scene.draft.number]),
        "草稿业务": scene.draft.get_absolute_url(),
        "已办结未报到": "/transfers/waiting/",
    }
    assert faults_of_all(page, pages) == []
    windows.expect_no_complaints()


def test_pages_of_the_import(scene, window_of, windows, no2):
    page = window_of(Role.REGISTRAR, no2)
    pages = {"导入": reverse("students:import"), "导入预览": scene.file.get_absolute_url()}
    assert faults_of_all(page, pages) == []
    windows.expect_no_complaints()


def test_pages_of_the_bureau(transfer, window_of, windows, bureau):
    case = walk(transfer, until="propose_entry")
    page = window_of(Role.BUREAU_CLERK, bureau)
    filing = CeimsFiling.objects.earliest("pk")
    pages = {
        "业务办理": "/cases/?scope=all",
        "业务": case.get_absolute_url(),
        "系统办理": "/filings/",
        "登记系统办理": reverse("approvals:filing", args=[filing.pk]),
        "各校学位": "/classes/",
    }
    assert faults_of_all(page, pages) == []
    windows.expect_no_complaints()


@pytest.mark.urls("tests.browser.design_urls")
def test_pages_for_everybody(scene, windows):
    pages = {"登录": "/login/", "打印件核验": reverse("reports:verify", args=[scene.token]), "组件": "/design/"}
    assert faults_of_all(windows.open(), pages) == []
    windows.expect_no_complaints()


def test_pages_of_the_changes(window_of, windows, child_at, no1, no2, bureau):
    """What every change of the record is begun, kept and followed on, at school and at the bureau."""
    child, other = child_at(no1, grade=3, name="样例庚"), child_at(no1, grade=3, name="样例辛")
    case = drafted(Correction, other, reason_note="户口簿已更名", changes={"name": "样例新"})
    begun = ("suspension", "correction", "death")
    new = {kind: reverse("students:change_new", args=[child.slug, kind]) for kind in begun}
    page = window_of(Role.REGISTRAR, no1)
    pages = {
        "能办什么": reverse("students:changes", args=[child.slug]),
        **new,
        "修改草稿": reverse("students:change_draft", args=[case.number]),
        "变更业务": case.get_absolute_url(),
        "考勤与劝返": reverse("dropout:child", args=[child.slug]),
        "点名表": reverse("dropout:sheet", args=[class_of(no1, 3).pk]),
        "控辍台账": "/dropout/",
        "休学期满提醒": "/suspensions/due/",
        "中考冻结期": "/corrections/freeze/",
    }
    assert faults_of_all(page, pages) == []
    windows.expect_no_complaints()


def test_pages_of_the_bureau_alone(window_of, windows, child_at, no1, no2, bureau):
    one, two, _ = found_pair(child_at, no1, no2)
    merge = drafted_merge(one, two)
    page = window_of(Role.BUREAU_CLERK, bureau)
    pages = {
        "问题学籍": "/problems/",
        "一名学生的问题": reverse("students:child_problems", args=[one.slug]),
        "合并": merge.get_absolute_url(),
        "学校撤并": "/closings/new/",
        "选派学校": "/placements/new/",
        "控辍月报": "/dropout/months/",
    }
    assert faults_of_all(page, pages) == []
    windows.expect_no_complaints()


def test_pages_that_say_no(scene, windows, window_of, no3):
    page = window_of(Role.HEADMASTER, no3)
    pages = {"找不到": scene.draft.get_absolute_url(), "无权": "/transfers/new/"}
    assert faults_of_all(page, pages) == []
    windows.expect_no_complaints("status of 404", "status of 403")


def test_the_list_is_walked_with_keys(window_of, child_at, no2):
    """In the order of pinyin j and k walk the rows, Enter opens; / jumps into the search box."""
    for name in ("王一", "王二", "王三"):
        child_at(no2, name=name)
    page = window_of(Role.REGISTRAR, no2)
    page.goto("/students/")
    for key, name in (("j", "王二"), ("j", "王三"), ("j", "王一"), ("k", "王三")):
        page.keyboard.press(key)
        expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("王三")
    page.keyboard.press("/")
    expect(page.get_by_label("查找学生或业务")).to_be_focused()


def test_the_sheet_of_an_eye_is_left_with_escape(window_of, child_at, no2):
    page = window_of(Role.REGISTRAR, no2)
    page.goto(child_at(no2, name="样例庚").get_absolute_url())
    eye = page.locator("details.reveal").first
    eye.locator("summary").press("Enter")
    eye.get_by_label("查看原因").press("Escape")
    expect(eye.get_by_label("查看原因")).to_be_hidden()
    expect(eye.locator("summary")).to_be_focused()


def test_the_menu_is_unfolded_with_keys_and_shows_where_one_is(window_of, no2):
    """Folded groups cost one Enter; the group of the present page stands open, without a script."""
    page = window_of(Role.REGISTRAR, no2)
    menu = page.get_by_label("主导航")
    line = menu.get_by_role("link", name="控辍台账", exact=True)
    expect(line).to_have_count(0)
    menu.locator("summary:visible", has_text="考勤与控辍").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="班级点名", exact=True)).to_be_focused()
    line.press("Enter")
    page.wait_for_url("**/dropout/")
    expect(line).to_have_attribute("aria-current", "page")
    expect(menu.get_by_role("link", name="学区", exact=True)).to_have_count(0)


def test_tab_alone_signs_a_case(window_of, transfer, no2):
    """From the skip link to the act without a mouse: no trap, nothing out of reach."""
    case = walk(transfer, until="submit")
    page = window_of(Role.HEADMASTER, no2)
    page.goto(case.get_absolute_url())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    act = page.get_by_role("button", name="预审同意，报教育局预审")
    for _ in range(40):
        page.keyboard.press("Tab")
        if act.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="现为“待教育局预审”")).to_be_visible()
