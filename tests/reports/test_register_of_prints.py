"""打印登记: whoever has a paper in hand finds who printed it when, whether it stands, who declared it void and why."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.services import perform
from archives.evidence.collecting import Scope
from law import clock
from reports.balance.sheet import sheet_of
from reports.balance.spells import Span
from reports.certificate_forms import enrolment_of
from reports.evidence.prints import prints_of
from reports.forms import FORMS
from reports.models import Print
from reports.services import withdraw
from reports.sheets import print_sheet
from schools.models import FormerName
from tests.county import LEGAL_DAY, hand_for, staff_member, walk
from tests.reports.conftest import address_of

LIST = reverse("reports:prints")


@pytest.fixture
def sheet(no1, child_at):
    """An 在籍证明 of the first school, which belongs to no case."""
    registrar = staff_member(Role.REGISTRAR, no1)
    child = child_at(no1, grade=3, name="样例乙")
    return print_sheet(FORMS["enrolment_proof"], enrolment_of(child), by=registrar, address_of=address_of).record


@pytest.fixture
def shown(client):
    """shown(query) → the numbers that the list shows to whoever is signed in."""

    def ask(**query):
        page = client.get(LIST, query)
        assert page.status_code == 200
        return [each.number for each in page.context["page"].rows]

    return ask


def test_each_sees_the_papers_of_the_own_school_and_of_cases_in_sight(
    printed, transfer, sheet, shown, client, staff, no1, no2, no3, bureau
):
    draft = printed("transfer_contact", transfer).record
    seen_by = {}
    for role, place in [(Role.REGISTRAR, no1), (Role.HEADMASTER, no2), (Role.REGISTRAR, no3), (Role.AUDITOR, bureau)]:
        client.force_login(staff(role, place))
        seen_by[place] = shown()
    assert seen_by == {no1: [sheet.number], no2: [draft.number], no3: [], bureau: [draft.number, sheet.number]}
    perform(transfer, "submit", by=hand_for(transfer, Role.REGISTRAR, "lead"))
    client.force_login(staff(Role.REGISTRAR, no1))
    assert shown() == [draft.number, sheet.number], "once handed in, the former school sees the case and its papers"


def test_the_papers_of_a_closed_school_are_found_by_the_one_that_took_it_over(sheet, shown, client, staff, no1, no2):
    client.force_login(staff(Role.REGISTRAR, no2))
    assert shown() == []
    FormerName.objects.create(school=no1, name=no1.name, code=no1.code, until=LEGAL_DAY, successor=no2)
    assert shown() == [sheet.number]


def test_who_printed_a_paper_finds_it_though_the_child_has_left(sheet, shown, client, no2):
    client.force_login(sheet.printed_by)
    assert shown() == [sheet.number]
    page = client.get(sheet.get_absolute_url())
    assert page.context["child_url"] == sheet.child.get_absolute_url()
    type(sheet.child).objects.filter(pk=sheet.child_id).update(school=no2)
    page = client.get(sheet.get_absolute_url())
    assert page.status_code == 200 and page.context["child_url"] == "", "no link that would lead nowhere"


def test_found_by_what_stands_on_the_paper(printed, transfer, sheet, shown, client, staff, bureau):
    contact = printed("transfer_contact", transfer).record
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    for words in (contact.number, contact.number[1:], contact.short_code.lower(), transfer.number, transfer.child.name):
        assert shown(q=words) == [contact.number], words
    assert shown(q=transfer.child.id_number.plain()) == [contact.number]
    assert shown(q="样例乙") == shown(child=sheet.child.slug) == shown(form="enrolment_proof") == [sheet.number]
    assert shown(q="第一小学") == [sheet.number], "the words of a sheet about no case"
    assert (
        shown(q="印2026999999") == []
        and "可能不是本系统所印" in client.get(LIST, {"q": "印2026999999"}).content.decode()
    )


def test_the_box_in_the_header_finds_a_paper_by_its_number(printed, transfer, client):
    record = printed("transfer_contact", transfer).record
    client.force_login(hand_for(transfer, Role.REGISTRAR, "lead"))
    page = client.post(reverse("students:search"), {"q": record.number}, follow=True)
    assert [each.number for each in page.context["page"].rows] == [record.number]


@pytest.mark.parametrize(("days", "found"), [(-1, 0), (0, 1), (1, 0)])
def test_found_by_its_day(printed, transfer, shown, client, days, found):
    printed("one_time_notice", transfer)
    client.force_login(hand_for(transfer, Role.REGISTRAR, "lead"))
    day = (LEGAL_DAY + timedelta(days=days)).isoformat()
    assert len(shown(first=day, last=day)) == found


def test_the_latest_first_or_the_other_way_round(printed, transfer, shown, client):
    records = [printed("one_time_notice", transfer).record.number for _ in range(3)]
    client.force_login(hand_for(transfer, Role.REGISTRAR, "lead"))
    assert shown() == records[::-1] and shown(sort="number") == records


def test_each_standing_finds_exactly_the_papers_that_have_it(printed, transfer, sheet, client, staff, shown, bureau):
    """Overtaken, declared void, of a case undone: the filter says the same as the paper's own page."""
    registrar = hand_for(transfer, Role.REGISTRAR, "lead")
    printed("transfer_contact", transfer)
    withdraw(printed("one_time_notice", transfer).record, by=registrar, why="丢失")
    printed("transfer_contact", walk(transfer, until="submit"))
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    everything = list(Print.objects.select_related("case"))
    assert {each.standing for each in everything} == set(Print.Standing)
    said_alike(everything, shown)
    perform(transfer, "withdraw", by=registrar, opinion="家长撤回")
    everything = list(Print.objects.select_related("case"))
    assert sum(each.standing == "withdrawn" for each in everything) == 3
    said_alike(everything, shown)


def said_alike(everything, shown):
    for standing in Print.Standing:
        assert set(shown(standing=standing)) == {each.number for each in everything if each.standing == standing}


def test_a_paper_is_declared_void_for_a_reason_that_stays(printed, transfer, client, staff, no3):
    record = printed("transfer_contact", transfer).record
    void = reverse("reports:void", args=[record.number])
    client.force_login(staff(Role.REGISTRAR, no3))
    assert client.post(void, {"reason": "印错"}).status_code == 404
    client.force_login(hand_for(transfer, Role.HEADMASTER, "lead"))
    assert "作废这份打印件" not in client.get(record.get_absolute_url()).content.decode()
    assert client.post(void, {"reason": "印错"}).status_code == 403
    registrar = hand_for(transfer, Role.REGISTRAR, "lead")
    client.force_login(registrar)
    for reason in ("", "错" * 201):
        answer = client.post(void, {"reason": reason}, follow=True)
        assert "请写明作废理由" in answer.content.decode() and Print.objects.get(pk=record.pk).withdrawn_on is None
    html = client.post(void, {"reason": "盖章盖错"}, follow=True).content.decode()
    assert f"{registrar.name}作废：盖章盖错" in html and "作废这份打印件" not in html
    kept = Print.objects.get(pk=record.pk)
    assert (kept.withdrawn_on, kept.withdrawn_by, kept.withdrawn_why) == (clock.today(), registrar, "盖章盖错")
    again = client.post(void, {"reason": "另一个理由"}, follow=True).content.decode()
    assert "此前已经作废" in again and "另一个理由" not in again
    outside = client.get(record.verify_url).content.decode()
    assert "已作废" in outside and "盖章盖错" not in outside, "the holder of the paper learns that, not why"


def test_an_evidence_pack_says_why_a_paper_is_void(printed, transfer):
    registrar = hand_for(transfer, Role.REGISTRAR, "lead")
    withdraw(printed("transfer_contact", transfer).record, by=registrar, why="盖章盖错")
    printed("one_time_notice", transfer)
    rows = prints_of(Scope([transfer], None, "", registrar))
    assert [(row["standing"], row["void_on"], row["void_because"]) for row in rows] == [
        ("已作废", LEGAL_DAY.isoformat(), "盖章盖错"), ("有效", "", ""),
    ]  # fmt: skip


def test_a_paper_about_no_one_school_is_declared_void_by_whoever_printed_it(staff, bureau, no1):
    clerk, other = staff(Role.BUREAU_CLERK, bureau), staff(Role.REGISTRAR, no1)
    span = Span((no1.pk,), LEGAL_DAY - timedelta(days=10), LEGAL_DAY)
    record = print_sheet(FORMS["balance_sheet"], sheet_of(span, None, clerk), by=clerk, address_of=address_of).record
    with pytest.raises(PermissionDenied):
        withdraw(record, by=other, why="印错")
    assert withdraw(record, by=clerk, why="印错")


@pytest.mark.parametrize(
    "change", ["withdrawn_why = '别的'", "withdrawn_on = NULL, withdrawn_by_id = NULL, withdrawn_why = ''"]
)
def test_what_is_void_stays_void(printed, transfer, change):
    record = printed("transfer_contact", transfer).record
    withdraw(record, by=hand_for(transfer, Role.REGISTRAR, "lead"), why="丢失")
    refused(f"UPDATE reports_print SET {change} WHERE id = {record.pk}")
    assert Print.objects.get(pk=record.pk).withdrawn_why == "丢失"


def test_what_was_overtaken_is_overtaken_once(printed, transfer):
    first = printed("transfer_contact", transfer).record
    printed("transfer_contact", walk(transfer, until="submit"))
    refused(f"UPDATE reports_print SET superseded_by_id = NULL WHERE id = {first.pk}")
    assert Print.objects.get(pk=first.pk).superseded_by_id


def test_nothing_is_void_without_a_reason(printed, transfer):
    record = printed("transfer_contact", transfer).record
    with pytest.raises(IntegrityError, match="print_void_for_a_reason"), transaction.atomic():
        Print.objects.filter(pk=record.pk).update(withdrawn_on=LEGAL_DAY)


def refused(statement: str) -> None:
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_case_and_child_lead_to_their_papers(printed, transfer, sheet, client, staff, bureau):
    contact = printed("transfer_contact", transfer).record
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    for source, paper in ((transfer, contact), (sheet.child, sheet)):
        html = client.get(source.get_absolute_url()).content.decode()
        (way,) = re.findall(rf'href="({LIST}\?[^"]+)"', html)
        assert [each.number for each in client.get(way).context["page"].rows] == [paper.number]
