"""A child's page: everything of the record, nothing confidential in full, a look only with a reason."""

import re

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand
from jianping_xueji.context import office
from students.lookup import find_elsewhere
from students.models import FamilyMember, Look


@pytest.fixture
def child(child_at, no1):
    made = child_at(
        no1, name="曾小禾", ethnicity="01", phone="13800000000", left_behind="0", id_validity="2026-03-15/长期"
    )
    FamilyMember.objects.create(student=made, position_in_form=1, name="曾大禾", relation="51", id_tail="0019")
    return made


def look(client, child, kind="id", reason="办理转学核对户口簿"):
    return client.post(reverse("students:number", args=[child.slug, kind]), {"reason": reason})


def test_the_page_shows_the_record_with_names_for_codes_and_masked_numbers(client, staff, child, no1):
    client.force_login(staff(Role.REGISTRAR, no1))
    page = client.get(child.get_absolute_url()).content.decode()
    for words in (
        "汉族",
        "曾大禾",
        "父亲",
        "第一小学",
        "三年级1班",
        "学籍经历",
        "2026-03-15至长期",
        child.id_number.masked,
    ):
        assert words in page
    assert not re.search(r"\d{15,}", page)
    assert child.id_number.plain() not in page


def test_a_former_number_stays_on_the_page_masked(client, staff, child, no1):
    client.force_login(staff(Role.REGISTRAR, no1))
    child.numbers.filter(kind="registry").update(until="2026-09-10")
    rows = client.get(child.get_absolute_url()).context["numbers"]
    assert [(r["label"], bool(r["reveal_url"])) for r in rows] == [("身份证件号", True), ("学籍号", False)]


def test_a_full_number_needs_a_reason_and_leaves_a_trace(client, staff, child, no1):
    registrar = staff(Role.REGISTRAR, no1)
    client.force_login(registrar)
    assert look(client, child, reason="  ").status_code == 422
    assert not Look.objects.exists()
    answer = look(client, child)
    assert answer.content.decode() == child.id_number.plain()
    assert "no-store" in answer["Cache-Control"]
    trace = Look.objects.get()
    assert (trace.user, trace.student, trace.kind, trace.school) == (registrar, child, "id", no1)
    assert trace.reason == "办理转学核对户口簿"


def test_a_stranger_cannot_look_and_a_class_teacher_may_not(client, staff, child_at, child, no1, no3):
    client.force_login(staff(Role.REGISTRAR, no3))
    assert look(client, child).status_code == 404
    teacher = staff(Role.CLASS_TEACHER, no1)
    own = child_at(no1, name="本班生", grade=teacher.appointments.get().school_class.grade_in(2026))
    client.force_login(teacher)
    assert look(client, own).status_code == 403
    assert not Look.objects.exists()


def test_looks_are_shown_to_those_who_answer_for_them(client, staff, child, no1):
    client.force_login(staff(Role.REGISTRAR, no1))
    look(client, child)
    assert "办理转学核对户口簿" not in client.get(child.get_absolute_url()).content.decode()
    client.force_login(staff(Role.HEADMASTER, no1))
    assert "办理转学核对户口簿" in client.get(child.get_absolute_url()).content.decode()


@pytest.mark.parametrize("statement", ["UPDATE students_look SET reason = 'x'", "DELETE FROM students_look"])
def test_a_trace_cannot_be_changed_or_deleted(client, staff, child, no1, statement):
    client.force_login(staff(Role.REGISTRAR, no1))
    look(client, child)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Look.objects.count() == 1


def test_a_receiving_school_finds_a_child_by_name_and_number_only_and_each_attempt_is_logged(staff, child, no2, no1):
    registrar = staff(Role.REGISTRAR, no2)
    number = child.id_number.plain()
    assert find_elsewhere("曾小禾", number, registrar, no2) == child
    assert find_elsewhere("曾大禾", number, registrar, no2) is None
    assert [(t.student, t.school) for t in Look.objects.order_by("pk")] == [(child, no2), (None, no2)]
    with pytest.raises(NotYourHand):
        find_elsewhere("曾小禾", number, registrar, no1)
    with pytest.raises(NotYourHand):
        find_elsewhere("曾小禾", number, staff(Role.HEADMASTER, no2), no2)


def test_the_open_case_stands_on_the_page_of_both_sides_once_handed_in(client, staff, transfer, no1, no2):
    from tests.county import walk

    child = transfer.child
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.get(child.get_absolute_url()).context["child"].open_case is None
    handed = walk(transfer, until="apply")
    page = client.get(child.get_absolute_url())
    if handed.accepted_on:
        assert transfer.number in page.content.decode()


def test_the_page_asks_a_fixed_number_of_questions(client, staff, child, no1, django_assert_max_num_queries):
    client.force_login(staff(Role.REGISTRAR, no1))
    with django_assert_max_num_queries(20):
        client.get(child.get_absolute_url())


def lines_of(rf, user, path="/students/") -> list[dict]:
    request = rf.get(path)
    request.user = user
    return office(request)["rail"]


def test_the_menu_holds_what_the_user_may_do_and_nothing_else(rf, staff, no1, bureau):
    def labels(user):
        return [line["label"] for line in lines_of(rf, user)]

    assert "发起转学" in labels(staff(Role.REGISTRAR, no1))
    assert "发起转学" not in labels(staff(Role.HEADMASTER, no1))
    of_a_class = "学生 学年日历 学区 班级与学位 动态信息维护 学籍档案 班级点名 开学未到名单 送教上门"
    assert labels(staff(Role.CLASS_TEACHER, no1)) == of_a_class.split()
    assert "管理后台" in labels(staff(Role.DATA_ADMIN, bureau))
    assert "管理后台" not in labels(staff(Role.BUREAU_LEADER, bureau))


def test_a_long_menu_is_folded_except_where_one_is(rf, staff, no1):
    """A registrar's groups are folded up to the present one; a class teacher's few lines are shown whole."""
    registrar = staff(Role.REGISTRAR, no1)
    assert {line["group"] for line in lines_of(rf, registrar, "/classes/") if line["open"]} == {"班级与信息"}
    assert [line["label"] for line in lines_of(rf, registrar, "/classes/") if line["active"]] == ["班级与学位"]
    assert not any(line["active"] for line in lines_of(rf, registrar, "/password/"))
    assert all(line["open"] for line in lines_of(rf, staff(Role.CLASS_TEACHER, no1)))
