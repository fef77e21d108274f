"""What was chosen on 能否办理 is not typed again."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from transfers.models import Transfer


@pytest.mark.parametrize(("asked", "kept"), [("T3", "T3"), ("", "T4"), ("XX", "T4")])
def test_the_ground_goes_into_the_draft(client, no1, no2, child_at, staff, asked, kept):
    child = child_at(no1, grade=3)
    client.force_login(staff(Role.REGISTRAR, no2))
    found = {"name": child.name, "number": child.id_number.plain(), "start": "1"}
    client.post(f"{reverse('transfers:new')}?ground={asked}", found)
    assert Transfer.objects.get().ground == kept


def test_nothing_is_begun_about_a_child_out_of_sight(client, no1, no2, child_at, staff):
    asked = f"{reverse('transfers:check')}?child={child_at(no1, grade=3).slug}"
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.get(asked).status_code == 200
    client.force_login(staff(Role.REGISTRAR, no2))
    assert client.get(asked).status_code == 404


def test_the_page_leads_on_with_the_ground(client, no1, no2, staff):
    client.force_login(staff(Role.REGISTRAR, no2))
    asked = {"from_school": no1.pk, "to_school": no2.pk, "grade": 3, "ground": "T3", "on": "2026-09-15"}
    page = client.get(reverse("transfers:check"), asked).content.decode()
    assert f"{reverse('transfers:new')}?ground=T3" in page


def test_the_day_goes_into_the_draft_of_a_move_out_of_the_county(client, no1, child_at, staff):
    child = child_at(no1, grade=3)
    client.force_login(staff(Role.REGISTRAR, no1))
    asked = {"child": child.slug, "from_school": no1.pk, "to_division": "150429", "grade": 3, "ground": "T3"}
    page = client.get(reverse("transfers:check"), asked | {"on": "2026-09-10"})
    draft = client.get(page.context["outward_url"]).context["form"]
    kept = {name: draft[name].value() for name in ("received_on", "ground", "to_division")}
    assert kept == {"received_on": "2026-09-10", "ground": "T3", "to_division": "150429"}


def test_who_cannot_begin_it_is_not_led_there(client, no1, no2, bureau, child_at, staff):
    child = child_at(no1, grade=3)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    asked = {"child": child.slug, "from_school": no1.pk, "to_division": "150429", "grade": 3, "ground": "T3"}
    page = client.get(reverse("transfers:check"), asked | {"on": "2026-09-10"})
    assert page.context["outward_url"] == ""


def test_a_move_into_the_county_says_that_its_day_is_that_of_handing_in(client, no1, no2, staff):
    client.force_login(staff(Role.REGISTRAR, no2))
    asked = {"from_school": no1.pk, "to_school": no2.pk, "grade": 3, "ground": "T3"}
    for day, said in (("2026-09-15", False), ("2026-09-16", True)):
        page = client.get(reverse("transfers:check"), asked | {"on": day}).content.decode()
        assert ("受理日期以提交之日为准" in page) == said
