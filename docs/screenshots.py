"""Takes the pictures of docs/manual.md from a running demo: .venv/bin/python docs/screenshots.py http://127.0.0.1:8000

Meant for a demo county nobody has worked in yet: the numbers of its cases are those of a fresh one. Leaves a few looks,
one print and one discarded upload behind, closes one book. The boxes for dates and files speak Chinese where the
package chromium-l10n is installed.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "img"
PASSWORD = "Xueji-demo-2026"
SCREEN = {"width": 1366, "height": 900}
LARGEST = 200_000
FULL_NUMBER = 18

# Cases of a fresh demo county, by what a picture needs.
DRAFT, WITH_SCANS, TO_EXCEPT, AT_CHECK = "转2026000001", "转2026000002", "转2026000008", "转2026000007"
RELEASED = "转2026000016"
PROPOSED, COMPLAINT, ORDER = "计2026000054", "诉2026000031", "令2026000042"
OWN_SCHOOL, OWN_CLASS = "2121000013", "2024级1班"


class Office:
    """A browser that signs in as one account after the other at one demo."""

    def __init__(self, browser: Browser, address: str):
        self.browser, self.address = browser, address

    @contextmanager
    def window(self, login: str) -> Iterator[Page]:
        """The page of an account, signed in, closed afterwards."""
        context = self.browser.new_context(base_url=self.address, locale="zh-CN", viewport=SCREEN)
        page = context.new_page()
        page.goto("/login/")
        page.get_by_label("用户名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("button", name="退出")).to_be_visible()
        yield page
        context.close()


def keep(name: str, picture: bytes) -> None:
    """Write a picture with as many colours as fit into the allowed size."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        image.quantize(colours).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            break
    (PICTURES / f"{name}.png").write_bytes(out.getvalue())
    print(f"{name}.png  {out.tell() // 1000} kB")


def shoot(page: Page, name: str, part: str = "") -> None:
    """What the screen shows, or a part of the page (a selector), no higher than a screen."""
    page.wait_for_load_state("networkidle")
    if not part:
        return keep(name, page.screenshot(animations="disabled"))
    box = page.locator(part).first.bounding_box()
    clip = box | {"height": min(box["height"], SCREEN["height"])}
    return keep(name, page.screenshot(animations="disabled", full_page=True, clip=clip))


def shoot_lists(office: Office) -> None:
    with office.window("hsxx_registrar") as page:
        page.goto("/")
        shoot(page, "workbench")
        page.goto("/filings/")
        shoot(page, "filings")
    with office.window("jyj_clerk1") as page:
        page.goto("/cases/?scope=open")
        shoot(page, "queue")


def shoot_question(office: Office) -> None:
    """能否办理, asked for October."""
    with office.window("hsxx_registrar") as page:
        page.goto("/transfers/check/")
        page.get_by_label("转出学校（本县）").select_option(label="建平县建平镇中心小学")
        page.get_by_label("申请日期").fill("2026-10-20")
        page.get_by_role("button", name="看能否办理").click()
        expect(page.locator("#verdict")).to_contain_text("第十八条第一款")
        shoot(page, "check")


def shoot_child(office: Office) -> None:
    """The sending school looks at the number, the receiving school finds the child by it."""
    with office.window("jpxx_registrar") as page:
        page.goto("/students/")
        page.locator("#list tbody a").first.click()
        name = page.get_by_role("heading", level=1).inner_text().split()[0]
        page.locator("details.reveal summary").first.click()
        page.get_by_label("查看原因").first.fill("家长来校办理转学，核对户口簿")
        shoot(page, "child")
        page.get_by_role("button", name="查看号码").first.click()
        number = page.locator("#numbers .number").first
        page.wait_for_function("() => !document.querySelector('#numbers .number').textContent.includes('*')")
        plain = number.inner_text().strip()
    with office.window("hsxx_registrar") as page:
        page.goto("/transfers/new/")
        page.get_by_label("学生姓名").fill(name)
        page.get_by_label("身份证件号或学籍号").fill(plain)
        page.get_by_role("button", name="查找学生").click()
        expect(page.get_by_text("找到一名学生")).to_be_visible()
        # The screen shows numbers masked wherever nobody typed them; so does the picture.
        page.get_by_label("身份证件号或学籍号").fill("*" * (FULL_NUMBER - 4) + plain[-4:])
        shoot(page, "find")


def shoot_desks(office: Office) -> None:
    with office.window("hsxx_registrar") as page:
        page.goto(f"/transfers/{DRAFT}/draft/")
        shoot(page, "draft")
        page.goto(f"/cases/{WITH_SCANS}/")
        shoot(page, "papers", "#papers")
    with office.window("jyj_checker") as page:
        page.goto(f"/cases/{AT_CHECK}/")
        shoot(page, "desk")
    with office.window("jyj_leader") as page:
        page.goto(f"/cases/{TO_EXCEPT}/")
        shoot(page, "exception", ".columns")


def shoot_changes(office: Office) -> None:
    """能办什么 of a child, two drafts nobody saves, a class sheet, the bureau's own pages."""
    with office.window("hsxx_registrar") as page:
        page.goto("/students/")
        page.locator("#list tbody a").first.click()
        child = page.url
        for name, path in (("changes", ""), ("suspension", "suspension/"), ("correction", "correction/")):
            page.goto(f"{child}changes/{path}")
            shoot(page, name)
        page.goto("/dropout/sheets/")
        page.locator("main tbody a").first.click()
        shoot(page, "sheet")
    with office.window("jyj_clerk1") as page:
        for name in ("closing", "placement"):
            page.goto(f"/{name}s/new/")
            shoot(page, name)


def shoot_import(office: Office) -> None:
    """A workbook with one faulty row, previewed and given up."""
    with office.window("hsxx_registrar") as page:
        page.goto("/students/import/")
        page.locator("input[type=file]").set_input_files(
            {"name": "黑水镇小学名册.xlsx", "mimeType": "application/octet-stream", "buffer": roster()}
        )
        page.locator("main form button[type=submit]").last.click()
        page.get_by_role("link", name="查看结果").click(timeout=60_000)
        expect(page.locator("#findings")).to_be_visible()
        shoot(page, "import")
        page.get_by_role("button", name="放弃这份名册").click()
        page.locator("dialog#discard").get_by_role("button", name="放弃", exact=True).click()
        expect(page.get_by_text("已放弃").first).to_be_visible()


def roster() -> bytes:
    """Eight invented children in the V1 layout, one of them with a wrong sex."""
    sys.path.insert(0, str(ROOT))
    from tests.workbooks import pupil, workbook  # needs the project on the path

    first = 9_000  # beyond the demo county's own children
    rows = [pupil(first + n, school_code=OWN_SCHOOL, class_number=OWN_CLASS) for n in range(8)]
    rows[5]["sex"] = "女" if rows[5]["sex"] == "男" else "男"
    return workbook(rows)


def shoot_year(office: Office) -> None:
    """A map of catchments with two faulty rows, looked at and not confirmed; a plan being typed."""
    with office.window("jyj_clerk1") as page:
        page.goto("/catchments/import/")
        page.get_by_label("依据文件").first.fill("建教发〔2026〕9号")
        page.locator("input[type=file]").set_input_files(
            {"name": "学区划分表.xlsx", "mimeType": "application/octet-stream", "buffer": catchment_map()}
        )
        page.get_by_role("button", name="上传并核对").click()
        expect(page.locator("#findings")).to_be_visible()
        shoot(page, "catchments")
        page.goto("/plans/")
        page.locator("tr", has_text="叶柏寿一小").get_by_role("link", name="编报").first.click()
        page.get_by_label("依据文件").fill("建教发〔2026〕15号")
        page.get_by_label("一年级班数").fill("4")
        page.get_by_label("一年级每班人数").fill("45")
        shoot(page, "plan")


def shoot_proposal(office: Office) -> None:
    """A school's plan as its registrar types it, unsaved; another school's, signed, as the bureau settles it."""
    with office.window("jpxx_registrar") as page:
        page.goto("/plans/?year=2027")
        page.get_by_role("link", name="申报", exact=True).first.click()
        page.get_by_label("申报理由").fill("学区内适龄儿童86人，一年级现有教室2间")
        page.get_by_label("一年级班数").fill("2")
        page.get_by_label("一年级每班人数").fill("43")
        shoot(page, "proposal")
    with office.window("jyj_clerk1") as page:
        page.goto(f"/cases/{PROPOSED}/")
        shoot(page, "proposed")
        page.get_by_role("link", name="核定计划").click()
        page.get_by_label("依据文件").fill("建教发〔2026〕15号")
        shoot(page, "settling")


def catchment_map() -> bytes:
    """A few invented communities of the county's first street, two rows of them spoilt."""
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.active.title = "学区"
    book.active.append(("村（社区）代码", "村（社区）名称", "乡镇", "学校标识码", "校名", "学段"))
    for number, name in enumerate(("站前社区", "青松岭社区", "人民社区"), 1):
        for school, stage in (("叶柏寿一小", "小学"), ("实验中学", "初中")):
            book.active.append((f"211322001{number:03d}", name, "叶柏寿街道", "", school, stage))
    book.active.append(("211322001004", "新城社区", "叶柏寿街道", "", "新城小学", "小学"))
    book.active.append(("21132200100", "短码社区", "叶柏寿街道", "", "叶柏寿一小", "小学"))
    book.save(out)
    return out.getvalue()


def shoot_print(office: Office) -> None:
    """The contact form as paper, where poppler's pdftoppm is at hand."""
    if not shutil.which("pdftoppm"):
        print("contact-form.png  left out: no pdftoppm (apt install poppler-utils)")
        return
    with office.window("jyj_checker") as page:
        page.goto(f"/cases/{RELEASED}/")
        token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
        action = page.locator("form[action*='transfer_contact']").get_attribute("action")
        headers = {"Referer": page.url}
        answer = page.request.post(action, form={"csrfmiddlewaretoken": token}, headers=headers)
        with tempfile.TemporaryDirectory() as folder:
            paper = Path(folder) / "paper.pdf"
            paper.write_bytes(answer.body())
            subprocess.run(["pdftoppm", "-r", "80", "-png", "-singlefile", paper, paper.with_suffix("")], check=True)
            keep("contact-form", paper.with_suffix(".png").read_bytes())


def shoot_intake(office: Office) -> None:
    """A batch of newcomers that still lies with its school."""
    with office.window("hsxx_registrar") as page:
        page.goto("/intake/")
        page.locator("#schools tbody a").first.click()
        page.locator("main tbody a[href*='/cases/']").first.click()
        page.wait_for_load_state("networkidle")
        box = page.locator("#children").first.bounding_box()
        page.evaluate("y => window.scrollTo(0, y)", box["y"] - 320)
        shoot(page, "intake-batch")


def shoot_books(office: Office) -> None:
    """A school's shelf of last year: one book closed on the way, by its registrar and its headmaster."""
    with office.window("jpxx_registrar") as page:
        page.goto("/books/")
        shelf = page.url
        page.goto(f"{shelf}transfers/2025/2/close/")
        page.get_by_role("button", name="保存结册草稿").click()
        page.get_by_role("button", name="提交学校审核").click()
        case = page.url
    with office.window("jpxx_head") as page:
        page.goto(case)
        page.get_by_role("button", name="校长核对无误，结册").click()
        page.goto(f"{shelf}?year=2025")
        shoot(page, "shelf")


def shoot_register(office: Office) -> None:
    """What the series above have printed, as the bureau finds it."""
    with office.window("jyj_clerk1") as page:
        page.goto("/prints/")
        shoot(page, "prints")


PLACES = {
    "hsxx_registrar": {"seats": "/classes/", "archive": "/archives/", "balance": "/balance/", "ceims": "/ceims/"},
    "jyj_clerk1": {
        "custody": "/custody/schools/",
        "deadlines": "/supervision/deadlines/",
        "calendar": "/supervision/calendar/",
        "complaint": f"/cases/{COMPLAINT}/",
        "order": f"/cases/{ORDER}/",
        "scores": "/supervision/scores/",
        "year": "/year/",
    },
    "jyj_auditor": {"trail": "/supervision/trail/"},
}


def shoot_places(office: Office) -> None:
    """Pages as they open."""
    for login, pages in PLACES.items():
        with office.window(login) as page:
            for name, path in pages.items():
                page.goto(path)
                shoot(page, name)


SERIES = (
    shoot_places,
    shoot_lists,
    shoot_question,
    shoot_child,
    shoot_desks,
    shoot_changes,
    shoot_import,
    shoot_intake,
    shoot_year,
    shoot_proposal,
    shoot_print,
    shoot_books,
    shoot_register,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="running demo, e.g. http://127.0.0.1:8000")
    parser.add_argument("--only", help="one series: " + " ".join(each.__name__[6:] for each in SERIES))
    options = parser.parse_args()
    PICTURES.mkdir(exist_ok=True)
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        chinese = {**os.environ, "LANGUAGE": "zh_CN"}
        browser = playwright.chromium.launch(executable_path=program, args=sandbox, env=chinese)
        office = Office(browser, options.address.rstrip("/"))
        for shoot_series in SERIES:
            if options.only in (None, shoot_series.__name__[6:]):
                shoot_series(office)
        browser.close()


if __name__ == "__main__":
    main()
