"""Forms are printed by the two schools of a case and their bureau; a stranger learns not even that the case exists."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from reports.models import Print
from tests.county import walk


@pytest.fixture
def ask(client, staff):
    """ask(role, place, case, form) → the answer to the POST of that person."""

    def post(role, place, case, form="transfer_contact"):
        client.force_login(staff(role, place))
        address = reverse("reports:print", args=[form, case.number]) if case else reverse("reports:blank", args=[form])
        return client.post(address)

    return post


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.HEADMASTER])
def test_the_receiving_school_prints(ask, transfer, no2, role):
    answer = ask(role, no2, transfer)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("inline")
    assert transfer.child.name not in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF")


def test_the_bureau_prints_and_the_sending_school_once_it_sees_the_case(ask, transfer, no1, bureau):
    assert ask(Role.BUREAU_CLERK, bureau, transfer).status_code == 200
    assert ask(Role.REGISTRAR, no1, transfer).status_code == 404
    walk(transfer, until="submit")
    assert ask(Role.REGISTRAR, no1, transfer).status_code == 200


def test_a_stranger_gets_404_and_nothing_is_registered(ask, transfer, no3):
    assert ask(Role.REGISTRAR, no3, transfer).status_code == 404
    assert ask(Role.CLASS_TEACHER, no3, transfer).status_code == 404
    assert not Print.objects.exists()


def test_nobody_prints_without_signing_in(client, transfer):
    answer = client.post(reverse("reports:print", args=["transfer_contact", transfer.number]))
    assert answer.status_code == 302 and "/login/" in answer["Location"]


def test_get_never_prints(client, staff, transfer, no2):
    client.force_login(staff(Role.REGISTRAR, no2))
    assert client.get(reverse("reports:print", args=["transfer_contact", transfer.number])).status_code == 405


def test_blank_forms_are_for_people_in_office(ask, no1, client, django_user_model):
    assert ask(Role.REGISTRAR, no1, None).status_code == 200
    client.force_login(django_user_model.objects.create(username="nobody", name="无任职"))
    assert client.post(reverse("reports:blank", args=["transfer_contact"])).status_code == 403


def test_an_unknown_form_is_404(ask, transfer, no2):
    assert ask(Role.REGISTRAR, no2, transfer, "no_such_form").status_code == 404


def test_a_refused_print_says_why_and_leads_back(ask, transfer, no2):
    answer = ask(Role.REGISTRAR, no2, transfer, "acceptance_receipt")
    html = answer.content.decode()
    assert answer.status_code == 422 and "没有受理日期" in html and transfer.get_absolute_url() in html
