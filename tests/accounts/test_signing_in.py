"""Signing in and out; an appointment that has ended opens nothing, from the same day on."""

from datetime import date

import pytest

from accounts.appointments import dismiss
from accounts.models import User
from accounts.roles import Role

PASSWORD = "kite-over-ulaan-hada"


@pytest.fixture
def registrar(staff, no1):
    user = staff(Role.REGISTRAR, no1)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, username, password=PASSWORD):
    return client.post("/login/", {"username": username, "password": password})


def test_the_right_password_leads_to_the_workbench(client, registrar):
    assert sign_in(client, registrar.username).url == "/"
    assert client.get("/students/").status_code == 200


def said_on_refusal(response) -> str:
    return "".join(response.context["form"].non_field_errors())


def test_unknown_name_wrong_password_and_closed_account_are_told_the_same(client, registrar):
    closed = User.objects.create_user("closed", password=PASSWORD, name="停用", is_active=False)
    answers = {
        said_on_refusal(sign_in(client, *given))
        for given in [("nobody",), (registrar.username, "wrong"), (closed.username,)]
    }
    assert len(answers) == 1 and "用户名或密码不对" in answers.pop()


def test_leaving_is_a_post(client, registrar):
    client.force_login(registrar)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == "/login/"
    assert client.get("/students/").url.startswith("/login/")


def test_a_new_password_is_checked_and_keeps_the_session(client, registrar):
    client.force_login(registrar)
    weak = {"old_password": PASSWORD, "new_password1": "12345678", "new_password2": "12345678"}
    assert client.post("/password/", weak).context["form"].errors
    good = {
        "old_password": PASSWORD,
        "new_password1": "river-laoha-under-ice",
        "new_password2": "river-laoha-under-ice",
    }
    assert client.post("/password/", good).status_code == 302
    assert client.get("/students/").status_code == 200


def test_an_ended_appointment_shows_nothing_at_once(client, registrar, child_at, no1):
    child = child_at(no1, name="曾小禾")
    client.force_login(registrar)
    assert client.get(child.get_absolute_url()).status_code == 200
    dismiss(registrar.appointments.get(), on=date(2026, 9, 15))
    page = client.get("/students/")
    assert page.context["count"] == 0
    assert page.context["rail"] == []
    assert client.get(child.get_absolute_url()).status_code == 404
    assert client.post("/search/", {"q": "曾小禾"}).url.startswith("/students/")
