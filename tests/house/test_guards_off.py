"""Each guard lets everybody pass in turn, and the access table notices: a row that asks for it turns red.

Where a second guard stands behind the first one, the row stays as it is. Then one after the other is taken down until
the row turns red: each of them had kept it as it was, alone.
"""

import os
import subprocess
import sys
from collections import Counter, defaultdict

import pytest
from django.conf import settings

from tests.house import guards
from tests.house.test_access_table import BUREAU, Request, disagreements, quiet, requests, world  # noqa: F401 — fixtures

# Asked first: whom a guard is there for.
URGENCY = {"--": 0, "no": 1, "in": 2, "ok": 3}
LAYERS = 6
# No request of the table comes to these; the story that is named meets whoever takes one down.
ELSEWHERE: dict[str, str] = {}


@pytest.fixture
def house():
    with guards.House() as watched:
        yield watched


def is_red(site, asked: Request) -> bool:
    return any(disagreements(site, asked, calm=True))


def who_comes_by(house, site) -> dict[str, list[Request]]:
    """Guard → the requests of the table that come to it."""
    came = defaultdict(list)
    for asked in telling():
        house.came.clear()
        assert not is_red(site, asked), asked
        for key in set(house.came):
            came[key].append(asked)
    return came


def is_noticed(house, site, key: str, asked: list[Request]) -> bool:
    with house.without(key):
        return any(is_red(site, each) for each in in_turn(asked))


def in_turn(asked: list[Request]) -> list[Request]:
    """Whom the guard is there for first, and one of each address before a second one of any."""
    times, turns = Counter(), {}
    for each in sorted(asked, key=lambda each: URGENCY[each.cell]):
        turns[each] = times[each.name]
        times[each.name] += 1
    return sorted(turns, key=turns.get)


def peeled(house, site, asked: Request) -> list[str]:
    """The guards to take down one after the other until this refused request comes through; none when it never does."""
    down: list[str] = []
    for _ in range(LAYERS):
        with house.without(*down):
            if is_red(site, asked):
                return down
            came = [key for key in house.came if key not in down]
        refused = [key for key in came if " refuses" in key] or [key for key in came if " fetches" in key] or came
        if not refused:
            return []
        down.append(refused[-1])
    return []


def telling() -> list[Request]:
    """Of each row: each role that may not, and of all other answers one at a school and one at the bureau."""
    first = {}
    for asked in requests():
        who = asked.role if asked.cell == "no" else asked.role in BUREAU
        first.setdefault((asked.name, asked.method, who, asked.cell), asked)
    return list(first.values())


def test_every_guard_is_a_living_function():
    found = guards.guards()
    assert len(found) > 300
    assert [key for key, guard in found.items() if not guards.functions_of(guard)] == []


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("students.models.child:StudentQuerySet.visible_to answers", "students:child"),
        ("accounts.policies:may answers", "students:child_problems"),
        ("supervision.views.complaints:contact fetches", "supervision:complaint_contact"),
        ("supervision.views.registrars:new refuses", "supervision:registrar_new"),
    ],
)
def test_a_guard_that_lets_everybody_pass_turns_its_rows_red(house, world, key, name):  # noqa: F811
    rows = [asked for asked in requests() if asked.name == name]
    assert not any(is_red(world, asked) for asked in rows)
    assert is_noticed(house, world, key, rows)
    assert not any(is_red(world, asked) for asked in rows), "it stands again"


@pytest.mark.nightly
def test_every_guard_that_lets_everybody_pass_turns_a_row_red(house, world):  # noqa: F811
    came = who_comes_by(house, world)
    silent = {key for key, asked in came.items() if not is_noticed(house, world, key, asked)}
    silent |= guards.guards().keys() - came.keys()
    for asked in telling():
        if asked.cell in ("no", "--") and silent - ELSEWHERE.keys():
            silent -= set(peeled(house, world, asked))
    assert silent == ELSEWHERE.keys(), "\n".join(sorted(silent ^ ELSEWHERE.keys()))


@pytest.mark.nightly
@pytest.mark.parametrize("key", sorted(ELSEWHERE))
def test_the_story_of_a_guard_without_a_row_fails_without_it(key):
    environment = os.environ | {"PYTEST_XDIST_WORKER": "guard"}  # a clone of its own
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    stood = subprocess.run([*command, ELSEWHERE[key]], env=environment, cwd=settings.BASE_DIR, capture_output=True)
    assert stood.returncode == 0, stood.stdout[-2000:].decode()
    fell = subprocess.run(
        [*command, ELSEWHERE[key], "--guard", key], env=environment, cwd=settings.BASE_DIR, capture_output=True
    )
    assert fell.returncode == 1, f"{ELSEWHERE[key]} does not notice that {key} lets everybody pass"
