"""按某日查看: another day for looking, no more rights than today, and nothing written by word or by deed."""

from datetime import date

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from accounts.appointments import appoint
from accounts.models import Appointment, User
from accounts.roles import Role
from approvals.models import Case
from law import clock
from students.models import Student
from supervision.as_of import read_only
from tests.supervision.clocks import row

pytestmark = pytest.mark.django_db


def look_from(client, day):
    return client.post(reverse("supervision:as_of"), {"day": day}, follow=True)


@pytest.fixture
def officer(client, staff, bureau, no1):
    user = staff(Role.BUREAU_CLERK, bureau)
    client.force_login(user)
    return user


def test_lists_and_boards_are_those_of_the_day(client, officer, no1):
    row(no1, due=date(2026, 9, 20))
    assert client.get(reverse("supervision:board")).context["figures"][0]["value"] == 0
    page = look_from(client, "2026-09-22")
    assert page.context["figures"][0]["value"] == 1
    assert "正在按 <b>2026年9月22日（周二）</b> 查看" in page.content.decode()
    assert "超期2个工作日" in client.get(reverse("supervision:deadlines")).content.decode()
    back = look_from(client, "")
    assert back.context["figures"][0]["value"] == 0 and "正在按" not in back.content.decode()


def test_every_write_is_refused_with_the_way_back(client, staff, no2, transfer):
    client.force_login(staff(Role.REGISTRAR, no2))
    look_from(client, "2026-09-20")
    answer = client.post(reverse("approvals:act", args=[transfer.number, "submit"]))
    assert answer.status_code == 403
    assert "不能办理" in answer.content.decode() and "回到今天" in answer.content.decode()
    assert Case.objects.get(pk=transfer.pk).state == "draft"
    look_from(client, "")
    assert client.post(reverse("approvals:act", args=[transfer.number, "submit"])).status_code == 302


def test_the_database_refuses_what_a_reading_page_would_write(no1, child_at):
    child = child_at(no1)

    def write():
        Student.objects.filter(pk=child.pk).update(name="改名")

    with pytest.raises(InternalError), transaction.atomic():
        read_only(write)
    write()  # and only there
    assert Student.objects.get(pk=child.pk).name == "改名"


def test_every_page_of_the_registrar_can_be_looked_at(client, staff, no2, transfer):
    client.force_login(staff(Role.REGISTRAR, no2))
    look_from(client, "2026-10-20")
    for name in ("approvals:workbench", "approvals:queue", "students:list", "supervision:year", "supervision:trend"):
        assert client.get(reverse(name)).status_code == 200
    assert client.get(transfer.get_absolute_url()).status_code == 200


def test_a_past_day_gives_back_no_right_that_has_ended(client, no1, child_at):
    child = child_at(no1, name="鹿鸣甲")
    user = User.objects.create(username="gone", name="离任")
    appoint(user, Role.REGISTRAR, no1, starts=date(2024, 9, 1), trained_on=date(2024, 8, 20))
    client.force_login(user)
    look_from(client, "2026-09-01")
    Appointment.objects.filter(user=user).update(ends=date(2026, 9, 10))
    assert client.get(child.get_absolute_url()).status_code == 404
    assert "鹿鸣甲" not in client.get(reverse("students:list")).content.decode()


@pytest.mark.parametrize("day", ["2026-02-30", "昨天", "1999-01-01", "9999-12-31", "٢٠٢٦-٠٩-٠١"])
def test_an_impossible_day_is_named(client, officer, day):
    page = look_from(client, day)
    assert "不能查看" in page.content.decode()
    assert page.context["legal_date"] == clock.today()


def test_who_sees_no_school_has_no_other_day(client, staff, no1):
    client.force_login(staff(Role.CLASS_TEACHER, no1))
    assert client.post(reverse("supervision:as_of"), {"day": "2026-09-20"}).status_code == 403


def test_a_spoilt_session_is_today(client, officer):
    session = client.session
    session["as_of"] = "nonsense"
    session.save()
    assert client.get(reverse("supervision:board")).context["legal_date"] == clock.today()
