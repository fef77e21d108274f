"""能办什么 on a day: the verdicts are those of that day, and the draft begins with it where the draft has a day."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from law import clock
from students.changes import kinds_of_change


@pytest.fixture
def page(client, no1, child_at, staff):
    """page(on="2026-10-08") → the context of the page of a child of grade six."""
    child = child_at(no1, grade=6)
    client.force_login(staff(Role.REGISTRAR, no1))
    address = reverse("students:changes", args=[child.slug])
    return lambda **asked: client.get(address, asked).context


def row(context, name: str) -> dict:
    return next(r for r in [*context["lawful"], *context["unlawful"]] if r["name"] == name)


def test_the_day_goes_into_the_draft(client, page):
    asked = page(on="2026-10-08")
    draft = client.get(row(asked, "休学")["url"]).context["form"]
    assert draft["starts_on"].value() == "2026-10-08"
    assert asked["transfer_url"].endswith("on=2026-10-08")


def test_a_draft_without_a_day_of_its_own_gets_none(page):
    """A day asked about is not the day somebody died."""
    asked = page(on="2026-10-08")
    assert "?" not in row(asked, "死亡注销")["url"] and "?" not in row(asked, "基本信息变更")["url"]


@pytest.mark.parametrize(("day", "tone"), [("2026-10-08", "done"), ("2027-04-08", "now")])
def test_the_verdicts_are_those_of_the_day(page, day, tone):
    """第二十一条: not in the second term of the last grade, unless the leader signs."""
    found = row(page(on=day), "休学")
    assert (found["word"] == row(page(), "休学")["word"]) == (tone == "done")


@pytest.mark.parametrize("day", ["", "gestern", "1026-10-08", "2026-02-30"])
def test_an_impossible_day_is_today(page, day):
    context = page(on=day)
    assert context["on"] == clock.today() == date(2026, 9, 15)
    assert "?" not in row(context, "休学")["url"]


def test_every_day_asked_is_a_column_of_the_draft():
    named = {kind: kind.DAY_ASKED for kind in kinds_of_change().values() if kind.DAY_ASKED}
    assert len(named) >= 9
    assert all(column in kind.DRAFT for kind, column in named.items())
