"""The pages of chapter 4 with something on them: axe, both sizes, no complaint; SHOTS_DIR keeps pictures of them."""

import os
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from accounts.roles import Role
from supervision.scores import signing
from supervision.trail import reading_rate
from tests.browser.test_accessible import faults_of_all
from tests.county import staff_member
from tests.supervision.auditing import acted, begun, roll_called
from tests.supervision.clocks import row
from tests.supervision.complaining import complained, walked
from tests.supervision.ordering import ORDER_WAY, ordered, reported
from tests.supervision.ordering import walked as walked_order


@pytest.fixture
def scene(bureau, no1, no2, no3, child_at, staff):
    """Three schools, one with a founded complaint, an order, passed limits and children that were not there."""
    children = [child_at(no1, name=f"样例{n}") for n in "甲乙丙丁"]
    child_at(no2, name="样例戊")
    for code in ("archive.opened", "archive.opened", "dropout.month_report", "transfer.from_school"):
        row(no1, deadline=code)
    row(no2, deadline="archive.opened")
    for school in (no1, no2):
        staff(Role.REGISTRAR, school)
    complaint = walked(complained(no1, children[0]), until="propose")
    complained(no2, matter="files")
    order = walked_order(ordered(no1), ORDER_WAY, until="answer")
    audit = acted(roll_called(begun(bureau)[no1.pk], absent=children[:1]), "submit", "issue")
    return {"complaint": complaint, "order": order, "audit": audit, "report": reported(no1)}


def keep(page, pages: dict[str, str], who: str) -> None:
    if folder := os.environ.get("SHOTS_DIR"):
        page.set_viewport_size({"width": 1366, "height": 768})
        for name, url in pages.items():
            page.goto(url)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(Path(folder, f"{who}-{name}.png")), full_page=True, animations="disabled")


def test_pages_of_the_bureau(scene, windows, window_of, bureau):
    page = window_of(Role.BUREAU_CLERK, bureau)
    names = ("complaints", "complaint_new", "breaches", "orders", "order_new", "registrars", "audits", "scores")
    pages = {name: reverse(f"supervision:{name}") for name in names}
    pages |= {f"case-{name}": case.get_absolute_url() for name, case in scene.items()}
    keep(page, pages, "clerk")
    assert faults_of_all(page, pages) == []
    windows.expect_no_complaints()


def test_pages_of_the_school(scene, windows, window_of, no1):
    page = window_of(Role.REGISTRAR, no1)
    pages = {"audit_sheet": reverse("supervision:audit_sheet", args=[scene["audit"].number])}
    pages |= {f"case-{name}": case.get_absolute_url() for name, case in scene.items()}
    keep(page, pages, "registrar")
    head = window_of(Role.HEADMASTER, no1)
    keep(head, {"registrar_new": reverse("supervision:registrar_new")}, "headmaster")
    assert faults_of_all(page, pages) == []
    windows.expect_no_complaints()


def test_the_leader_signs_the_year_and_the_auditor_is_told_of_who_reads_too_fast(
    scene, windows, window_of, bureau, no1
):
    """A year to sign and one that is signed; the trail with alarms on it."""
    window = window_of(Role.BUREAU_LEADER, bureau)
    last_year = f"{reverse('supervision:scores')}?year=2025"
    keep(window, {"scores-to-sign": last_year}, "leader")
    faults = faults_of_all(window, {"to sign": last_year})
    signing.sign(bureau, 2025, by=staff_member(Role.BUREAU_LEADER, bureau))
    reads_too_fast(staff_member(Role.REGISTRAR, no1))
    keep(window, {"scores-signed": last_year}, "leader")
    faults += faults_of_all(window, {"signed": last_year})
    trail = window_of(Role.AUDITOR, bureau)
    keep(trail, {"trail": reverse("supervision:trail")}, "auditor")
    trail.goto(reverse("supervision:trail"))
    assert "名学生的页面" in trail.inner_text("#alarms")
    assert faults + faults_of_all(trail, {"trail": reverse("supervision:trail")}) == []
    windows.expect_no_complaints()


def reads_too_fast(person) -> None:
    """Opened more children's pages than the parameter allows, a moment ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_event (kind, actor, account, view, about, result, number)
               SELECT 'read', %s, %s, 'students:child', jsonb_build_object('slug', 'child' || n), 200, 1
               FROM generate_series(1, 61) n""",
            [person.pk, person.username],
        )
    assert reading_rate.tell() == 1
