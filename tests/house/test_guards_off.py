"""Each guard lets everybody pass in turn, and the access table notices: a row that asks for it turns red.

Where a second guard stands behind the first one, the row stays as it is. Then one after the other is taken down until
the row turns red: each of them had kept it as it was, alone.
"""

import itertools
import os
import subprocess
import sys
from dataclasses import dataclass
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


def own_first(app: str) -> list[list[Request]]:
    """The requests to the pages of this app, and those to the pages of the others above it; the refused ones first."""
    home = {name: view.__module__ for name, view in all_views()}
    rows = [asked for asked in telling() if layer_of(home[asked.name]) >= layer_of(app)]
    rows.sort(key=lambda asked: URGENCY[asked.cell])
    return [[asked for asked in rows if (home[asked.name].split(".")[0] == app) is own] for own in (True, False)]


@dataclass(frozen=True)
class Met:
    """Whom a request came to: the guards that were asked, and the functions with guards that it went into."""

    came: tuple[str, ...]
    entered: frozenset[str]


class Asking:
    """Requests, each asked once with the same guards down: the county is the same every time."""

    def __init__(self, house, site):
        self.house, self.site = house, site
        self.known: dict[tuple[Request, frozenset[str]], Met | None] = {}

    def met(self, asked: Request, *down: str) -> Met | None:
        """The standing guards that the request came to while these were down; None when it came through."""
        key = asked, frozenset(down)
        if key not in self.known:
            self.known[key] = self.asked_anew(asked, down)
        return self.known[key]

    def asked_anew(self, asked: Request, down: tuple[str, ...]) -> Met | None:
        with self.house.without(*down):
            if is_red(self.site, asked):
                return None
            standing = tuple(key for key in dict.fromkeys(self.house.came) if key not in down)
            return Met(standing, frozenset(self.house.entered))

    def as_it_stands(self, asked: Request) -> Met:
        met = self.met(asked)
        assert met is not None, f"{asked}: not as the table says although every guard stands"
        return met


def alone(asking: Asking, asked: Request, key: str) -> set[str]:
    """The guard, if this request is answered otherwise than the table says without it and nothing else."""
    came = key in asking.as_it_stands(asked).came
    return {key} if came and asking.met(asked, key) is None else set()


def peeled(asking: Asking, asked: Request, key: str) -> set[str]:
    """The guard and those taken down before it, if this refused request needs it once they are down.

    Layer by layer the guard that refused is taken down; the one that is looked for is tried at each layer.
    """
    down: list[str] = []
    for _ in range(LAYERS if asked.cell in ("no", "--") else 0):
        met = asking.met(asked, *down)
        if met is None:
            return set(down)
        if key in met.came and asking.met(asked, *down, key) is None:
            return {key, *down}
        if not (behind := next_layer(met.came)):
            break
        down.append(behind)
    return set()


def next_layer(came: tuple[str, ...]) -> str | None:
    """Who turned the request away: the first that refused; else the last thing that was fetched, or asked."""
    if refused := [key for key in came if " refuses" in key]:
        return refused[0]
    return ([key for key in came if " fetches" in key] or came or [None])[-1]


def near(asking: Asking, rows: list[Request], key: str) -> list[list[Request]]:
    """One request to each page on whose way the guard stands, and the others to these pages.

    A guard that refuses is asked nothing by whoever may pass, but its function is entered.
    """
    function = key.partition(" ")[0]
    pages = {(asked.name, asked.method) for asked in rows if function in asking.as_it_stands(asked).entered}
    among = [asked for asked in rows if (asked.name, asked.method) in pages]
    first = {(asked.name, asked.method): asked for asked in reversed(among)}
    others = set(among) - set(first.values())
    return [list(first.values()), [asked for asked in among if asked in others]]


def far(asking: Asking, rows: list[Request], key: str) -> list[list[Request]]:
    """The requests to all other pages: on their way the guard may stand behind others."""
    nearer = {asked for chosen in near(asking, rows, key) for asked in chosen}
    return [[asked for asked in rows if asked not in nearer]]


def noticed(asking: Asking, requests_in_turn: list[list[Request]], key: str) -> set[str]:
    """Guards that are needed, this one among them, if any of these requests shows it: alone, or with others down."""
    for chosen, way in itertools.product(requests_in_turn, (alone, peeled)):
        for asked in chosen:
            if key in (shown := way(asking, asked, key)):
                return shown
    return set()


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
    assert noticed(Asking(house, world), [rows], key)
    assert not any(is_red(world, asked) for asked in rows), "it stands again"


@pytest.mark.nightly
@pytest.mark.parametrize("app", guards.APPS)
def test_every_guard_that_lets_everybody_pass_turns_a_row_red(house, world, app, part):  # noqa: F811
    silent = {key for key in guards.guards() if key.startswith(f"{app}.") and key.startswith(part)} - ELSEWHERE.keys()
    asking = Asking(house, world)
    own, others = own_first(app)
    for rows, some_of in ((own, near), (others, near), (own + others, far)):
        for key in sorted(silent):
            silent -= noticed(asking, some_of(asking, rows, key), key) if key in silent else set()
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
