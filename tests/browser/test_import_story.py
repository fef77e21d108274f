"""A school's own workbook becomes registered children, at the screens: upload, preview, commit, four signatures."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from jianping_xueji.jobs import tasks
from students.models import ImportFile, Registration
from tests.browser.acts import alert, follow_menu, forge_act, sign
from tests.workbooks import pupil, workbook

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def desks(window_of, bureau, no1):
    return SimpleNamespace(
        registrar=window_of(Role.REGISTRAR, no1),
        headmaster=window_of(Role.HEADMASTER, no1),
        clerk=window_of(Role.BUREAU_CLERK, bureau),
        checker=window_of(Role.BUREAU_CHECKER, bureau),
    )


def test_from_the_workbook_to_the_list_of_children(desks, windows, no1):
    page = desks.registrar
    file = upload(page, workbook([pupil(n) for n in range(1, 13)]), "三年级名册.xlsx")
    look_at_preview(page, file, create=12)
    case = commit(page, file)
    guardians_have_signed(page, case)
    sign(page, case, "提交学校审核")
    assert forge_act(page, case, "vouch") == 403
    sign(desks.headmaster, case, "学校核验无误，报教育局")
    sign(desks.clerk, case, "拟准予注册")
    sign(desks.checker, case, "准予注册", opinion="材料齐全")
    find_in_list(page)
    windows.expect_no_complaints("status of 403")


def upload(page, data: bytes, name: str) -> ImportFile:
    """Through the menu to the upload, and let the worker's job be done in this process."""
    follow_menu(page, "学籍采集导入", group="班级与信息")
    page.locator("input[name=workbook]").set_input_files({"name": name, "mimeType": SHEET, "buffer": data})
    page.locator("form[enctype]").get_by_role("button").last.click()
    page.wait_for_url("**/students/import/*/")
    file = ImportFile.objects.latest("pk")
    tasks.run(file.job_id)
    return file


def look_at_preview(page, file, **counts):
    """The page itself notices that the job is done; figures per kind of row."""
    page.goto(file.get_absolute_url())
    file.refresh_from_db()
    assert {name: file.counts[name] for name in counts} == counts
    expect(page.locator("main")).to_contain_text(file.name)
    expect(page.locator(".figures").first).to_contain_text("新增")


def commit(page, file) -> Registration:
    form = page.locator("form[action$='/commit/']")
    for box in form.get_by_role("checkbox").all():
        box.check()
    form.get_by_role("button").first.click()
    page.wait_for_load_state()
    file.refresh_from_db()
    tasks.run(file.job_id)
    file.refresh_from_db()
    page.goto(file.get_absolute_url())
    expect(page.locator("main")).to_contain_text(file.registration.number)
    return file.registration


def guardians_have_signed(page, case):
    """Everybody's form came back signed: recorded for the whole batch at once."""
    page.goto(case.get_absolute_url())
    page.get_by_label("全批12名").check()
    page.get_by_role("button", name="登记签字").click()
    expect(page.get_by_text("已登记12名学生的监护人签字")).to_be_visible()


def find_in_list(page):
    page.get_by_label("主导航").get_by_role("link", name="学生", exact=True).click()
    expect(page.get_by_text("共 12 名学生")).to_be_visible()
    expect(page.locator("#list")).to_contain_text("三年级1班")
    page.locator("#list").get_by_role("link").nth(3).click()
    expect(page.locator("#life")).to_contain_text("在第一小学建立在校记录")


def test_a_flawed_workbook_says_what_and_where_and_writes_nothing(window_of, windows, no1):
    page = window_of(Role.REGISTRAR, no1)
    page.goto("/")
    flawed = workbook([pupil(1), pupil(2, sex="未知"), pupil(3, birth_date="20171")])
    file = upload(page, flawed, "有误.xlsx")
    look_at_preview(page, file, create=1, error=2)
    expect(page.locator(".finding")).not_to_have_count(0)
    page.locator("form[action$='/commit/']").get_by_role("button").first.click()
    expect(alert(page)).to_contain_text("名册中有 2 行有误")
    assert not Registration.objects.exists()
    windows.expect_no_complaints("status of 422")
