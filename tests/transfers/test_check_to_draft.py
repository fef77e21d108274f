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


def test_the_page_leads_on_with_the_ground(client, no1, no2, staff):
    client.force_login(staff(Role.REGISTRAR, no2))
    asked = {"from_school": no1.pk, "to_school": no2.pk, "grade": 3, "ground": "T3", "on": "2026-09-15"}
    page = client.get(reverse("transfers:check"), asked).content.decode()
    assert f"{reverse('transfers:new')}?ground=T3" in page
