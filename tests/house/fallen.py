"""A plugin of pytest: stories are told without a guard each, and have to fail.

`bin/test -p tests.house.fallen STORY…` tells each story once as the house stands, and once more without each of the
guards it is named for in `tests/house/elsewhere.py`. A story that does not notice is a failure (a strict xfail).
"""

import pytest

from tests.house.elsewhere import ELSEWHERE


def pytest_generate_tests(metafunc):
    keys = [key for key, story in ELSEWHERE.items() if story == metafunc.definition.nodeid]
    fallen = [pytest.param(key, marks=pytest.mark.xfail(strict=True), id=key) for key in keys]
    metafunc.parametrize("fallen_guard", ["", *fallen], indirect=True)


@pytest.fixture(scope="session")
def watched_house(django_db_setup):
    from tests.house.guards import House  # once there are models

    with House() as house:
        yield house


@pytest.fixture(autouse=True)
def fallen_guard(request, watched_house):
    """The guard that lets everybody pass while this story is told; none when it is empty."""
    with watched_house.without(*filter(None, [request.param])):
        yield
