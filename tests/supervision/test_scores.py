"""第三十三条: a school's yearly score is counted from the record; each figure leads to what is behind it."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from approvals.services import perform
from law import clock
from students.models import Problem
from supervision.models import ScoreSheet
from supervision.scores import signing
from supervision.scores.measuring import scores_of
from tests.county import hand_for
from tests.supervision.auditing import begun
from tests.supervision.auditing import walked as audit_walked
from tests.supervision.clocks import row
from tests.supervision.complaining import complained, told
from tests.supervision.complaining import walked as complaint_walked
from tests.supervision.ordering import ORDER_WAY, ordered, walked


def figures(school, year=2026) -> dict[str, float]:
    (score,) = scores_of([school.pk], year)
    return {code: figure.points for code, figure in score.figures.items()}


def test_a_school_of_which_nothing_is_known_has_all_points(no1):
    assert figures(no1) == {"on_time": 40, "data": 20, "audit": 15, "orders": 15, "complaints": 10}


@pytest.mark.parametrize(
    ("closed", "due", "points"),
    [(14, 14, 40), (15, 14, 0), (None, 14, 0), (None, 15, 40)],
    ids=["on the last day", "a day late", "open and run out", "open and due today"],
)
def test_limits_kept_and_missed(no1, closed, due, points):
    row(no1, due=date(2026, 9, due), closed_on=closed and date(2026, 9, closed))
    assert figures(no1)["on_time"] == points


def test_the_bureaus_own_limits_and_other_years_count_nothing(no1):
    row(no1, right="bureau_make")
    row(no1, due=date(2026, 8, 20), closed_on=date(2026, 9, 5))
    assert figures(no1)["on_time"] == 40, "a limit missed last year is last year's, whenever it was made good"
    assert figures(no1, 2025)["on_time"] == 0


def test_the_last_day_of_the_year_is_a_day_of_it(no1):
    row(no1, due=date(2026, 8, 31), closed_on=date(2026, 9, 1))
    assert (figures(no1)["on_time"], figures(no1, 2025)["on_time"]) == (40, 0)


def test_problems_of_the_record_cost_points_by_their_share(no1, child_at):
    child, other = child_at(no1), child_at(no1, name="样例乙")
    Problem.objects.create(what="namesake", child=child, other=other, facts="同名", found_on=clock.today())
    assert figures(no1)["data"] == 0


def test_orders_complaints_and_audits_cost_what_is_written_on_the_page(bureau, no1, no2, child_at):
    walked(ordered(no1), ORDER_WAY)
    told(complaint_walked(complained(no1)))
    child = child_at(no1)
    audit_walked(begun(bureau)[no1.pk], absent=[child])
    found = figures(no1)
    assert (found["orders"], found["complaints"], found["audit"]) == (10, 5, 12)
    assert figures(no2)["orders"] == 15


def test_a_draft_order_costs_nothing(no1):
    ordered(no1)
    assert figures(no1)["orders"] == 15


def test_a_revoked_order_costs_nothing_and_one_that_ended_in_accountability_everything(no1, no2):
    for school, action, given in (
        (no1, "revoke", {"opinion": "原令有误"}),
        (no2, "escalate", {"opinion": "情节严重", "accountability": "通报批评"}),
    ):
        case = walked(ordered(school, grave=True), ORDER_WAY, until="issue")
        perform(case, action, by=hand_for(case, Role.BUREAU_LEADER, "bureau"), **given)
    assert (figures(no1)["orders"], figures(no2)["orders"]) == (15, 0)


def test_the_place_is_among_all_schools_and_equals_share_it(client, no1, no2, no3, bureau, staff):
    row(no1)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    places = {r["school"]: r["place"] for r in client.get(reverse("supervision:scores")).context["rows"]}
    assert places == {no1: 3, no2: 1, no3: 1}
    (found,) = client.get(reverse("supervision:scores"), {"q": no1.name}).context["rows"]
    assert (found["school"], found["place"]) == (no1, 3)


def test_the_page_ranks_the_schools_and_links_every_figure(client, no1, no2, bureau, staff):
    row(no1)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    said = client.get(reverse("supervision:scores")).content.decode()
    assert said.index("第二小学") < said.index("第一小学")
    assert "state=overdue" in said and "考核" in said
    client.force_login(staff(Role.HEADMASTER, no1))
    said = client.get(reverse("supervision:scores")).content.decode()
    assert "第一小学" in said and "第二小学" not in said


# -- signed ---------------------------------------------------------------------


@pytest.fixture
def leader(bureau, no1, staff):
    return staff(Role.BUREAU_LEADER, bureau)


def test_what_is_signed_stays_whatever_happens_to_the_record(client, bureau, no1, no2, child_at, leader):
    row(no1, due=date(2026, 8, 20), closed_on=date(2026, 8, 25))
    client.force_login(leader)
    address = reverse("supervision:scores") + "?year=2025"
    assert "待签定" in client.get(address).content.decode()
    client.post(reverse("supervision:score_sign", args=[2025]))
    before = client.get(address).context["rows"]
    row(no2, due=date(2026, 8, 20), closed_on=date(2026, 8, 25))
    page = client.get(address)
    totals = [(each["school"].pk, each["place"], each["score"].total) for each in before]
    assert [(each["school"].pk, each["place"], each["score"].total) for each in page.context["rows"]] == totals
    assert figures(no2, 2025)["on_time"] == 0, "the record itself has changed"
    said = page.content.decode()
    assert "已签定" in said and leader.name in said and "与签定时一致" in said
    # The year under way is counted as ever.
    assert not client.get(reverse("supervision:scores")).context["sheet"]


@pytest.mark.parametrize(
    ("day", "signed"), [(date(2026, 8, 31), False), (date(2026, 9, 1), True), (date(2026, 9, 2), True)]
)
def test_a_year_is_signed_when_it_is_over(bureau, leader, day, signed):
    with clock.at(day):
        if signed:
            assert signing.sign(bureau, 2025, by=leader).signed_on == day
        else:
            with pytest.raises(Refused, match="尚未结束，自2026年9月1日起"):
                signing.sign(bureau, 2025, by=leader)


def test_it_is_signed_once_by_the_leader(bureau, no1, leader, staff):
    for role in (Role.BUREAU_CLERK, Role.BUREAU_CHECKER):
        with pytest.raises(NotYourHand):
            signing.sign(bureau, 2025, by=staff(role, bureau))
    signing.sign(bureau, 2025, by=leader)
    with pytest.raises(Refused, match="已经签定"):
        signing.sign(bureau, 2025, by=leader)


def test_a_signed_sheet_is_changed_by_nobody_and_a_forged_one_is_seen(bureau, no1, leader):
    sheet = signing.sign(bureau, 2025, by=leader)
    with pytest.raises(DatabaseError), transaction.atomic():
        ScoreSheet.objects.filter(pk=sheet.pk).update(year=2024)
    with pytest.raises(DatabaseError), transaction.atomic():
        sheet.delete()
    sheet.content["schools"][0]["total"] = 1
    assert sheet.whole is False and ScoreSheet.objects.get(pk=sheet.pk).whole is True


def test_a_school_reads_its_own_signed_points(client, bureau, no1, no2, leader, staff):
    signing.sign(bureau, 2025, by=leader)
    client.force_login(staff(Role.HEADMASTER, no1))
    page = client.get(reverse("supervision:scores") + "?year=2025")
    assert page.context["sheet"] and [each["school"].pk for each in page.context["rows"]] == [no1.pk]
