"""Each guard lets everybody pass in turn, and the access table notices: a row that asks for it turns red.

Where a second guard stands behind the first one, the row stays as it is. Then one after the other is taken down until
the row turns red: each of them had kept it as it was, alone.
"""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.functional import SimpleLazyObject

from tests.house import guards
from tests.house.elsewhere import ELSEWHERE
from tests.house.test_access_table import (  # noqa: F401 — fixtures
    BUREAU,
    Request,
    all_views,
    disagreements,
    quiet,
    requests,
    world,
)

# Asked first: whom a guard is there for.
URGENCY = {"--": 0, "no": 1, "ok": 2, "in": 3}
LAYERS = 6
# Who may import whom: a guard is met by requests to its own app and to those above.
UPWARD = (
    ("jianping_xueji", "schools", "accounts"), ("approvals",), ("students",), ("archives",),
    ("transfers", "suspensions"), ("supervision", "reports"),
)  # fmt: skip


@pytest.fixture
def part(request) -> str:
    """The guards asked for, by the beginning of their keys; all of them unless `--guards` says less."""
    return request.config.getoption("--guards")


@pytest.fixture
def house():
    with guards.House() as watched:
        yield watched


def is_red(site, asked: Request) -> bool:
    return any(disagreements(site, asked, calm=True))


def layer_of(name: str) -> int:
    """How far up the app of a guard or of a page stands; the lowest when none is named."""
    return next((layer for layer, apps in enumerate(UPWARD) if name.split(".")[0] in apps), 0)


def nearest_first(keys: set[str]) -> list[list[Request]]:
    """The pages of the modules in which these guards stand, those of their apps, and the others above them.

    In each of the three, those first who are refused: whom a guard is there for.
    """
    views = {name: view.__module__ for name, view in all_views()}
    near = {key.split(":")[0].rpartition(".")[0] for key in keys}
    apps = {key.split(".")[0] for key in keys}
    lowest = min((layer_of(each) for each in apps), default=0)

    def far(asked: Request) -> int:
        module = views[asked.name]
        return 2 - (module.split(".")[0] in apps) - any(module.startswith(each) for each in near)

    rows = [asked for asked in telling() if layer_of(views[asked.name]) >= lowest]
    rows.sort(key=lambda asked: URGENCY[asked.cell])
    return [[asked for asked in rows if far(asked) == distance] for distance in range(3)]


def noticed(house, site, asked: Request, silent: set[str]) -> set[str]:
    """Of the guards still silent, those without which this request is answered otherwise than the table says."""
    came = who_was_met(house, site, asked, [])
    assert came is not None, f"{asked}: not as the table says although every guard stands"
    return {key for key in came if key in silent and who_was_met(house, site, asked, [key]) is None}


def peeled(house, site, asked: Request, silent: set[str]) -> set[str]:
    """Of the guards still silent, those this refused request needs once others before or behind them are down.

    Layer by layer the guard that refused is taken down; those of them that are `silent` are tried at each layer.
    """
    down, seen = [], set()
    for _ in range(LAYERS if asked.cell in ("no", "--") else 0):
        came = who_was_met(house, site, asked, down)
        if came is None:
            return seen | set(down)
        fell = {key for key in came if key in silent and who_was_met(house, site, asked, [*down, key]) is None}
        seen |= fell | set(down if fell else ())
        if not (behind := next_layer(came)):
            return seen
        down.append(behind)
    return seen


def who_was_met(house, site, asked: Request, down: list[str]) -> list[str] | None:
    """The standing guards that the request came to while these were down; None when it came through."""
    with house.without(*down):
        if is_red(site, asked):
            return None
        return [key for key in dict.fromkeys(house.came) if key not in down]


def next_layer(came: list[str]) -> str | None:
    """Who turned the request away: the first that refused; else the last thing that was fetched, or asked."""
    if refused := [key for key in came if " refuses" in key]:
        return refused[0]
    return ([key for key in came if " fetches" in key] or came or [None])[-1]


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


def test_looking_for_living_functions_wakes_no_lazy_object():
    asleep = SimpleLazyObject(lambda: pytest.fail("the object was woken"))
    guards._living.cache_clear()
    assert guards._living()
    assert "LazyObject" in type(asleep).__name__


def test_every_guard_without_a_row_has_a_story_that_is_told():
    assert not ELSEWHERE.keys() - guards.guards().keys()
    told = {story: (Path(settings.BASE_DIR) / story.split("::")[0]).read_text() for story in ELSEWHERE.values()}
    assert [story for story, text in told.items() if f"def {story.split('::')[-1]}(" not in text] == []


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
    assert any(noticed(house, world, asked, {key}) for asked in rows)
    assert not any(is_red(world, asked) for asked in rows), "it stands again"


@pytest.mark.nightly
@pytest.mark.parametrize("app", guards.APPS)
def test_every_guard_that_lets_everybody_pass_turns_a_row_red(house, world, app, part):  # noqa: F811
    asked_for = {key for key in guards.guards() if key.startswith(f"{app}.") and key.startswith(part)}
    silent = asked_for - ELSEWHERE.keys()
    for rows, without in itertools.product(nearest_first(silent), (noticed, peeled)):
        for asked in rows:
            if silent:
                silent -= without(house, world, asked, silent)
    assert not silent, "\n".join(sorted(silent))


@pytest.mark.nightly
@pytest.mark.parametrize("app", guards.APPS)
def test_the_story_of_a_guard_without_a_row_fails_without_it(app, part):
    stories = sorted({story for key, story in ELSEWHERE.items() if key.startswith(f"{app}.") and key.startswith(part)})
    if not stories:
        return
    environment = os.environ | {"PYTEST_XDIST_WORKER": f"guard{app}"}  # a clone of its own
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.house.fallen", *stories]
    told = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True)
    assert told.returncode == 0, told.stdout[-6000:].decode()
