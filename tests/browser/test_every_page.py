"""Every address of the access table that shows a page: nothing grave for axe, nothing beyond the edge, no complaint."""

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.browser.test_accessible import GRAVE, SIDEWAYS, SIZES
from tests.house.sites import build_world
from tests.house.test_access_table import ASKED, rows, words_for

# Answers that are no page of the frame: files, fragments, a sign of life; or a page signed-in people never see.
NO_PAGES = {
    "archives:marks",
    "archives:scan",
    "archives:template",
    "archives:workbook_findings",
    "archives:workbook_marked",
    "custody:scan",
    "healthz",
    "accounts:login",
    "agreement:findings",
    "approvals:scan",
    "intake:scan",
    "jobs:progress",
    "reports:balance_workbook",
    "reports:batch_file",
    "reports:batch_progress",
    "reports:book_file",
    "reports:verify",
    "students:import_findings",
    "students:import_marked",
    "students:roster_findings",
    "students:roster_marked",
}


def addresses(site, roles):
    """(name, the first role that may open it, its address), for whatever the site has a thing for."""
    for name, method, cells in rows():
        role = next((role for role in roles if cells[role].startswith("ok")), None)
        if method == "GET" and role and name not in NO_PAGES:
            yield name, role, reverse(name, kwargs=words_for(name, site)) + ASKED.get(name, "")


def faults_of(page, url: str) -> list[str]:
    """What is wrong with the page, in words."""
    status = page.goto(url).status
    found = [] if status == 200 else [f"status {status}"]
    for size in SIZES:
        page.set_viewport_size(size)
        if (beyond := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{size['width']}px: {beyond}px beyond the edge")
    page.set_viewport_size(SIZES[0])
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in GRAVE:
            found.append(f"{violation['id']} {[node['target'] for node in violation['nodes']][:3]}")
    return found


def test_every_page_can_be_used_by_everybody(windows, bureau, child_at):
    sites, people = build_world(bureau, child_at)
    pages = {role: windows.sign_in(people[role]) for role in ("registrar", "clerk")}
    opened = list(addresses(sites["own"], pages))
    faults = {name: found for name, role, url in opened if (found := faults_of(pages[role], url))}
    assert faults == {}
    assert len(opened) > 70
    windows.expect_no_complaints()
