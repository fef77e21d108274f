"""Whoever holds the paper can ask whether it is genuine and current, and learns no more than that."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, ProgrammingError, connection, transaction
from django.urls import reverse

from accounts.roles import Role
from reports.models import Print
from reports.services import withdraw
from students.models import Student
from tests.county import hand_for, walk


@pytest.fixture
def page(client):
    return lambda record: client.get(reverse("reports:verify", args=[record.token])).content.decode()


def test_a_stranger_sees_form_state_decision_and_a_masked_name(printed, transfer, page, client):
    Student.objects.filter(pk=transfer.child.pk).update(name="张小禾")
    record = printed("transfer_contact", transfer).record
    html = page(record)
    for said in ("义务教育阶段学生转学联系表", "有效", "张＊＊", record.short_code, record.number, "草稿"):
        assert said in html
    child = transfer.child
    for hidden in ("张小禾", child.id_number.plain(), child.id_number.tail, transfer.number, "第二小学"):
        assert hidden not in html


def test_neither_the_headmaster_nor_the_former_school_declares_a_print_void(printed, transfer, no1, no2, staff):
    record = printed("transfer_contact", transfer).record
    for role, place in [(Role.HEADMASTER, no2), (Role.REGISTRAR, no1)]:
        with pytest.raises(PermissionDenied):
            withdraw(record, by=staff(role, place), why="印错")
    assert Print.objects.get(pk=record.pk).withdrawn_on is None


def test_unknown_token_is_the_same_page_with_404(client, db):
    answer = client.get(reverse("reports:verify", args=["A" * 22]))
    assert answer.status_code == 404 and "查无此件" in answer.content.decode()


def test_answers_are_neither_kept_nor_indexed(printed, transfer, client):
    record = printed("one_time_notice", transfer).record
    answer = client.get(reverse("reports:verify", args=[record.token]))
    assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]


def test_a_later_print_with_other_content_overtakes(printed, transfer, page):
    first = printed("transfer_contact", transfer).record
    second = printed("transfer_contact", transfer).record
    assert "有效" in page(first) and first.short_code != second.short_code
    third = printed("transfer_contact", walk(transfer)).record
    first.refresh_from_db()
    assert first.superseded_by == third
    assert "已被新件替代" in page(first) and "有效" in page(third)


def test_a_withdrawn_print_says_so(printed, transfer, page):
    record = printed("transfer_contact", transfer).record
    withdraw(record, by=hand_for(transfer, Role.REGISTRAR, "lead"), why="印错")
    assert "已作废" in page(record)


def test_who_has_the_print_in_sight_finds_the_way_to_the_register(printed, transfer, page, client, staff, no3):
    record = printed("transfer_contact", transfer).record
    way = record.get_absolute_url()
    assert way not in page(record)
    client.force_login(staff(Role.REGISTRAR, no3))
    assert way not in page(record)
    client.force_login(hand_for(transfer, Role.HEADMASTER, "lead"))
    assert way in page(record)


def test_a_case_that_was_withdrawn_voids_its_papers(printed, transfer, page):
    from approvals.services import perform

    record = printed("transfer_contact", transfer).record
    perform(transfer, "withdraw", by=hand_for(transfer, Role.REGISTRAR, "lead"), opinion="家长撤回")
    assert "已作废" in page(record)


def test_tokens_are_long_and_never_alike(printed, transfer):
    tokens = {printed("one_time_notice", transfer).record.token for _ in range(3)}
    assert len(tokens) == 3 and {len(token) for token in tokens} == {22}


@pytest.mark.parametrize("sql", ["UPDATE reports_print SET short_code = 'AAAA-AAAA'", "DELETE FROM reports_print"])
def test_the_register_cannot_be_rewritten(printed, transfer, sql):
    printed("one_time_notice", transfer)
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Print.objects.count() == 1
