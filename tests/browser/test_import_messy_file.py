"""A new registrar with a messy list: what is a column is said, the list comes back marked, is put right, is undone."""

import io
import os
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts.roles import Role
from jianping_xueji.jobs import tasks
from students.models import ImportFile
from tests.browser.acts import follow_menu
from tests.importing import registered
from tests.students.test_plan_lists import listed
from tests.workbooks import column_of, pupil, saved, workbook

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def registrar(window_of, no1):
    return window_of(Role.REGISTRAR, no1)


def shot(page, name: str) -> None:
    """Keep a photograph where the environment asks for them."""
    folder = os.environ.get("PHOTOGRAPHS")
    if folder:
        page.evaluate("window.scrollTo(0, 0)")
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


def messy() -> bytes:
    """Rows good and bad, a title, headers in the school's own words, a filter left on."""
    rows = [
        pupil(1, phone="13911111111"),
        pupil(2, name="王改名"),
        pupil(3),
        pupil(4, sex="不详"),
        pupil(5, birth_date="2017年9月"),
        pupil(6, id_number="2.11399E+17"),
        pupil(7, class_number="2024级9班"),
        pupil(8, ethnicity="汗族"),
        pupil(9, phone="13800000000、13900000000"),
        pupil(10, birth_date="2017.9.12"),
        pupil(11, home_address="建平镇\n和平村1组"),
    ]

    def edit(page):
        page.row_dimensions[6].hidden = True
        page.append(["合计", "11人"])

    headers = {"ethnicity": "哪个民族", "home_address": "家住哪里"}
    return workbook(rows, before=[["建平县实验小学三年级名册"], []], headers=headers, edit=edit)


def upload(page, data: bytes, name: str) -> ImportFile:
    follow_menu(page, "学籍采集导入", group="班级与信息")
    page.locator("input[name=workbook]").set_input_files({"name": name, "mimeType": SHEET, "buffer": data})
    shot(page, "1-upload")
    page.locator("form[enctype]").get_by_role("button").last.click()
    page.wait_for_url("**/students/import/*/")
    return read(page)


def read(page) -> ImportFile:
    """Let the worker's job be done in this process, and see the result."""
    file = ImportFile.objects.latest("pk")
    tasks.run(file.job_id)
    page.goto(file.get_absolute_url())
    return ImportFile.objects.get(pk=file.pk)


def test_a_messy_list_is_put_right_and_taken_back(registrar, windows, no1):
    registered(workbook([pupil(1), pupil(2), pupil(3)]), no1)
    page = registrar
    upload(page, messy(), "三年级名册.xlsx")
    expect(page.locator("main")).to_contain_text("这份文件不能导入")
    shot(page, "2-unusable")
    say_columns(page)
    file = read(page)
    assert (file.counts["create"], file.counts["update"], file.counts["error"]) == (3, 1, 5)
    expect(page.locator("main")).to_contain_text("关键信息与学籍不一致")
    for summary in page.locator("details.finding > summary").all():
        if summary.locator("..").get_attribute("open") is None:
            summary.click()
    shot(page, "4-preview")
    page.set_viewport_size(PHONE)
    shot(page, "5-preview-phone")
    page.set_viewport_size({"width": 1366, "height": 768})
    turn_a_repair(page)
    with page.expect_download() as caught:
        page.get_by_role("link", name="下载标注好的原表").click()
    right = put_right(Path(caught.value.path()).read_bytes())
    file = upload(page, right, "三年级名册（改）.xlsx")
    assert (file.counts["create"], file.counts["error"]) == (8, 0)
    commit_and_undo(page)
    windows.expect_no_complaints()


def turn_a_repair(page) -> None:
    """One automatic repair is taken back, and stands again."""
    for button, errors in (("还原", 6), ("仍按自动规范", 5)):
        group = page.locator("details.finding", has_text="建平镇 和平村1组").filter(has=page.locator("button"))
        if group.get_attribute("open") is None:
            group.locator("summary").click()
        group.get_by_role("button", name=button).click()
        page.wait_for_url("**/students/import/*/")
        assert read(page).counts["error"] == errors
        shot(page, f"4-repair-{errors}")


def say_columns(page) -> None:
    page.get_by_role("link", name="指明列的对应").first.click()
    page.get_by_label("哪个民族 读作").select_option(label="民族")
    page.get_by_label("家住哪里 读作").select_option(label="现住址")
    shot(page, "3-columns")
    page.set_viewport_size(PHONE)
    shot(page, "3-columns-phone")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.get_by_role("button", name="按此重新核对").click()
    page.wait_for_url("**/students/import/*/")


def put_right(data: bytes) -> bytes:
    """What the registrar does in Excel, guided by the colours."""
    folder = os.environ.get("PHOTOGRAPHS")
    if folder:
        Path(folder, "marked.xlsx").write_bytes(data)
    book = load_workbook(io.BytesIO(data))
    sheet = book["学生信息"]
    for row, number in enumerate(range(4, 9), 7):
        for attribute in ("sex", "birth_date", "id_number", "class_number", "ethnicity"):
            sheet.cell(row, column_of(attribute)).value = pupil(number)[attribute]
    return saved(book)


def commit_and_undo(page) -> None:
    for box in page.locator("#commit input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="确认提交").click()
    page.wait_for_load_state()
    read(page)
    expect(page.locator("main")).to_contain_text("注册批次")
    page.get_by_role("button", name="撤销这次导入").click()
    page.get_by_label("撤销的理由").fill("传错了年级")
    shot(page, "6-undo")
    page.get_by_role("button", name="撤销导入").click()
    expect(page.locator("main")).to_contain_text("已撤销导入")
    shot(page, "7-undone")


def test_a_list_of_plans_says_what_is_wrong_and_comes_back(window_of, windows, bureau, no1, no2):
    page = window_of(Role.BUREAU_CLERK, bureau)
    page.goto("/plans/list/")
    page.get_by_label("依据文件").fill("建教发〔2026〕15号")
    rows = [(no1.code, "一年级", 2, 45), (no2.code, "大班", 1, 45), ("9999999999", "一年级", 1, 45)]
    given = {"name": "计划.xlsx", "mimeType": SHEET, "buffer": listed(*rows)}
    page.locator("input[name=workbook]").set_input_files(given)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator("#findings")).to_contain_text("第 4 行 B 列“年级”（“大班”）")
    shot(page, "8-plans")
    with page.expect_download() as caught:
        page.get_by_role("link", name="下载标注好的原表").click()
    with caught.value.path().open("rb") as returned:  # kept without an ending
        assert "核对结果" in load_workbook(returned).sheetnames
    page.get_by_role("button", name="编报这 1 所学校的草稿").click()
    expect(page.locator("body")).to_contain_text("已编报 1 所学校的招生计划草稿")
    windows.expect_no_complaints()
