"""No page of the site shows a child without leaving an event that names the child."""

import pytest

from jianping_xueji.audit.models import Event
from students.models import Student
from tests.house.canaries import told
from tests.house.sites import build_world
from tests.house.test_access_table import answer, client_of, quiet, rows, undone  # noqa: F401 — a fixture

LOOKERS = ("clerk",)


@pytest.fixture
def world(bureau, child_at):
    return build_world(bureau, child_at)


def test_whoever_is_shown_is_written_down(world):
    sites, people = world
    names = {name: pk for pk, name in Student.objects.values_list("pk", "name")}
    ours = {name for name in names if name in sites["own"].canaries}
    silent, shown = [], 0
    for name, method, _ in rows():
        for role in LOOKERS:
            with undone():
                before = Event.objects.order_by("pk").last()
                response = answer(client_of(people[role]), name, method, sites["own"])
                text = told(response)
                there = {
                    names[each] for each in ours if f">{each}<" in text or f"{each} " in text or f"{each}，" in text
                }
                new = Event.objects.filter(pk__gt=before.pk if before else 0).exclude(kind="change")
                seen = {pk for event in new for pk in event.children or []}
            if response.status_code == 200 and there:
                shown += 1
                if not there <= seen:
                    silent.append(f"{name} {method} {role}: {there - seen}")
    assert shown > 40, "the walk must really meet children"
    assert not silent, "\n".join(silent)
