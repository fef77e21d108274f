"""The admin: for data administrators only, with a reason, before and after kept, nothing deleted, no case decided."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.appointments import dismiss
from accounts.models import Appointment, User
from accounts.roles import Role
from jianping_xueji.data_fixes.site import site
from jianping_xueji.data_fixes.urls import urls  # noqa: F401 — registers the tables
from law.models import Parameter
from schools.models import Seats
from students.models import DataFix, Student


@pytest.fixture
def administrator(client, staff, bureau, no1):
    user = staff(Role.DATA_ADMIN, bureau)
    client.force_login(user)
    return user


def address(model, act="changelist", *args):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{act}", args=args)


def form_of(client, url) -> dict:
    """What the change page would post unchanged."""
    form = client.get(url).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items() if value is not False}


@pytest.mark.parametrize("role", [Role.BUREAU_LEADER, Role.AUDITOR, Role.BUREAU_CLERK])
def test_nobody_else_of_the_bureau_comes_in(client, staff, bureau, no1, role):
    client.force_login(staff(role, bureau))
    assert client.get("/admin/", follow=True).status_code == 403


def test_flags_of_the_account_open_nothing(client, db, no1):
    client.force_login(User.objects.create_superuser("root", password="x", name="超级"))
    assert client.get("/admin/", follow=True).status_code == 403


def test_an_ended_appointment_closes_the_door_at_once(client, administrator):
    assert client.get("/admin/").status_code == 200
    dismiss(administrator.appointments.get(), on=date(2026, 9, 15))
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_change_without_reason_is_refused_and_one_with_reason_is_kept_with_both_values(
    client, administrator, child_at, no1
):
    child = child_at(no1, name="曾小禾", phone="13800001111")
    url = address(Student, "change", child.pk)
    given = form_of(client, url) | {"name": "曾晓禾", "phone": "13900002222"}
    refused = client.post(url, given | {"reason": " "})
    assert "reason" in refused.context["adminform"].form.errors
    assert Student.objects.get(pk=child.pk).name == "曾小禾"
    assert client.post(url, given | {"reason": "户口簿为晓"}).status_code == 302
    assert Student.objects.get(pk=child.pk).name_pinyin == "zengxiaohe"
    fix = DataFix.objects.get()
    assert (fix.before["name"], fix.after["name"], fix.reason, fix.by) == (
        "曾小禾",
        "曾晓禾",
        "户口簿为晓",
        administrator,
    )
    assert fix.after["phone"] == "139****2222"
    history = client.get(address(Student, "history", child.pk)).content.decode()
    assert "户口簿为晓" in history and "曾晓禾" in history


def test_a_full_number_is_not_accepted_in_the_reason(client, administrator, child_at, no1):
    child = child_at(no1, name="曾小禾")
    url = address(Student, "change", child.pk)
    given = form_of(client, url) | {"name": "曾晓禾", "reason": child.id_number.plain()}
    assert "reason" in client.post(url, given).context["adminform"].form.errors


def test_school_and_status_of_a_child_and_used_seats_cannot_be_typed(client, administrator, child_at, no1, no2):
    child = child_at(no1, name="曾小禾")
    url = address(Student, "change", child.pk)
    client.post(url, form_of(client, url) | {"school": no2.pk, "status": "graduated", "reason": "试"})
    fresh = Student.objects.get(pk=child.pk)
    assert (fresh.school, fresh.status) == (no1, "enrolled")
    seats = Seats.objects.filter(school=no1).first()
    url = address(Seats, "change", seats.pk)
    client.post(url, form_of(client, url) | {"used": 50, "capacity": 60, "reason": "计划调整"})
    seats.refresh_from_db()
    assert (seats.used, seats.capacity) == (0, 60)


def test_nothing_can_be_deleted_anywhere(client, administrator, rf):
    request = rf.get("/admin/")
    request.user = administrator
    for model, admin in site._registry.items():
        assert not admin.has_delete_permission(request), model
        assert "delete_selected" not in admin.get_actions(request), model


def test_what_is_signed_can_only_be_looked_at(client, administrator, transfer):
    from approvals.models import Case, Step
    from students.models import Enrolment, StudentNumber

    for model in (Case, Step, Enrolment, StudentNumber):
        assert client.get(address(model)).status_code == 200
        assert client.get(address(model, "add")).status_code == 403
    url = address(Case, "change", transfer.pk)
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": "试"}).status_code == 403


def test_ciphers_are_never_shown(client, administrator, child_at, no1):
    number = child_at(no1, name="曾小禾").id_number
    page = client.get(address(type(number), "change", number.pk)).content.decode()
    assert number.masked in page and "密文" not in page and "散列" not in page


def test_every_page_of_the_admin_opens(client, administrator, transfer):
    for model in site._registry:
        assert client.get(address(model)).status_code == 200, model
        if site._registry[model].can_add:
            assert client.get(address(model, "add")).status_code == 200, model
        if (row := site._registry[model].get_queryset(as_request(administrator)).first()) is not None:
            assert client.get(address(model, "change", row.pk)).status_code == 200, model


def as_request(user):
    from types import SimpleNamespace

    return SimpleNamespace(user=user)


def test_appointing_goes_through_the_service_and_its_refusals_are_said(client, administrator, no1):
    person = User.objects.create_user("newcomer", password="x", name="新人")
    given = {"reason": "学校来文", "user": person.pk, "role": Role.REGISTRAR, "school": no1.pk, "starts": "2026-09-15"}
    refused = client.post(address(Appointment, "add"), given)
    assert "先培训后上岗" in str(refused.context["adminform"].form.errors)
    assert client.post(address(Appointment, "add"), given | {"trained_on": "2026-08-20"}).status_code == 302
    made = Appointment.objects.get(user=person)
    assert made.group in person.groups.all()
    url = address(Appointment, "change", made.pk)
    assert client.post(url, {"reason": "调离", "ends": "2026-09-20"}).status_code == 302
    made.refresh_from_db()
    assert made.ends == date(2026, 9, 20)
    assert DataFix.objects.filter(model="accounts.appointment").count() == 2


def test_a_parameter_of_another_type_is_refused(client, administrator):
    given = {
        "reason": "县里文件",
        "code": "class.cap",
        "value": '"很多"',
        "starts": "2027-09-01",
        "level": "县",
        "document": "建教发〔2027〕1号",
    }
    assert "value" in client.post(address(Parameter, "add"), given).context["adminform"].form.errors
    assert client.post(address(Parameter, "add"), given | {"value": "50"}).status_code == 302


def test_an_account_is_made_with_a_password_that_is_not_kept(client, administrator):
    given = {
        "reason": "新到岗",
        "username": "lisi",
        "name": "李四",
        "is_active": "on",
        "new_password": "wild-apricot-slope",
    }
    assert client.post(address(User, "add"), given).status_code == 302
    assert User.objects.get(username="lisi").check_password("wild-apricot-slope")
    assert "apricot" not in str(DataFix.objects.get().after)
