"""What people do on the pages, said once: open a case from one's own list, sign, hand in papers, forge a post."""

import io
import re

from PIL import Image
from playwright.sync_api import Page, expect

# A post that no page offered, from inside the signed-in window, with its own cookie and token.
FORGED_POST = """
async ([url, fields]) => {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const body = new URLSearchParams(fields);
  const answer = await fetch(url, {method: "POST", headers: {"X-CSRFToken": token}, body});
  return {status: answer.status, text: await answer.text()};
}
"""
# The print button opens a new window; the same form sent from here shows what that window gets.
SENT_FORM = """
async (form) => {
  const answer = await fetch(form.action, {method: "POST", body: new FormData(form)});
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const head = String.fromCharCode(...bytes.slice(0, 5));
  return {status: answer.status, type: answer.headers.get("Content-Type"), head, size: bytes.length};
}
"""


def forge(page: Page, url: str, **fields) -> dict:
    """Post to an address from this window: {status, text}."""
    return page.evaluate(FORGED_POST, [url, fields])


def forge_act(page: Page, case, action: str, opinion: str = "见附件") -> int:
    """The answer's status when this window posts a move of the case."""
    return forge(page, f"{case.get_absolute_url()}act/{action}/", opinion=opinion)["status"]


def print_out(page: Page, label: str) -> dict:
    """Send the form behind a print button: {status, type, head, size}."""
    form = page.locator("form", has=page.get_by_role("button", name=label))
    return form.evaluate(SENT_FORM)


def follow_menu(page: Page, label: str, group: str) -> None:
    """Take a line of the menu; its group is unfolded first where it stands folded."""
    menu = page.get_by_label("主导航")
    heading = menu.locator("summary:visible", has_text=group)
    if not heading.evaluate("summary => summary.parentElement.open"):
        heading.click()
    menu.get_by_role("link", name=label, exact=True).click()


def open_from_list(page: Page, case) -> None:
    """From 我的待办 into the case, as somebody would in the morning."""
    page.goto("/")
    page.locator("#mine-list").get_by_role("link", name=case.number).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(case.number)


def sign(page: Page, case, label: str, opinion: str = "") -> None:
    """Open the case from one's own list, write an opinion, press the button."""
    open_from_list(page, case)
    if opinion:
        page.get_by_label("办理意见").fill(opinion)
    act_button(page, label).click()
    expect(page.get_by_role("status").filter(has_text=f"{case.number}：{label}，现为")).to_be_visible()


def act_button(page: Page, label: str):
    """The button of a move; those that want a reason say so to screen readers."""
    return page.locator("#act").get_by_role("button", name=re.compile(f"^{re.escape(label)}(（须写理由）)?$"))


def photo(text: str = "户口簿") -> dict:
    """A photo from a phone, as a file input takes it."""
    out = io.BytesIO()
    Image.effect_noise((900, 600), 40).convert("RGB").save(out, "JPEG", quality=80)
    return {"name": f"{text}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def upload_photo(page: Page, paper: str) -> None:
    """Choose a photo for a paper; the page sends it by itself."""
    slot = page.locator(".slot", has=page.get_by_role("heading", name=paper))
    with page.expect_navigation():
        slot.locator("input[type=file]").set_input_files(photo(paper))
    expect(slot.get_by_text("已交未核")).to_be_visible()


def press_all(page: Page, label: str) -> int:
    """Press every button of this name, one page after the other; how many there were."""
    page.wait_for_load_state()  # a page half read shows fewer of them
    buttons = page.locator("#papers").get_by_role("button", name=re.compile(f"^{label}"))
    count = buttons.count()
    for left in range(count, 0, -1):
        expect(buttons).to_have_count(left)
        with page.expect_navigation():
            buttons.first.click()
    expect(buttons).to_have_count(0)
    return count


def alert(page: Page):
    """The refusal on top of the page."""
    return page.get_by_role("alert")
