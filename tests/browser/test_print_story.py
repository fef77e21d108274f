"""A paper is printed, somebody asks about it, it is found by its number and declared void; its holder sees that."""

from playwright.sync_api import expect

from accounts.roles import Role
from reports.models import Print
from tests.browser.acts import follow_menu, print_out


def test_a_paper_is_found_by_its_number_and_declared_void(windows, window_of, child_at, no1):
    page = window_of(Role.REGISTRAR, no1)
    page.goto(child_at(no1, grade=3, name="样例乙").get_absolute_url())
    assert print_out(page, "在籍证明")["head"] == "%PDF-"
    record = Print.objects.get()

    holder = windows.open()
    holder.goto(record.verify_url)
    expect(holder.get_by_role("status").filter(has_text="有效")).to_be_visible()
    expect(holder.get_by_text("样例乙")).to_have_count(0)

    page.get_by_role("searchbox").first.fill(record.number)
    page.keyboard.press("Enter")
    expect(page.get_by_text("共 1 件")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="作废这份打印件").click()
    page.get_by_label("作废理由").fill("印章盖错")
    page.get_by_role("button", name="作废", exact=True).click()
    expect(page.get_by_text("作废：印章盖错")).to_be_visible()
    expect(page.get_by_role("button", name="作废这份打印件")).to_have_count(0)

    holder.reload()
    expect(holder.get_by_role("alert").filter(has_text="已作废")).to_be_visible()
    expect(holder.get_by_text("印章盖错")).to_have_count(0)

    follow_menu(page, "打印登记", "表册与上报")
    page.get_by_label("状态").select_option("valid")
    expect(page.get_by_text("没有符合条件的打印件")).to_be_visible()
    windows.expect_no_complaints()
