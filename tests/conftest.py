from tests.county import (  # noqa: F401 — fixtures
    as_,
    bureau,
    child_at,
    legal_day,
    no1,
    no2,
    no3,
    staff,
    transfer,
    transfer_from_outside,
)
from tests.database import django_db_setup, owner  # noqa: F401 — fixtures


def pytest_addoption(parser):
    parser.addoption("--lives", type=int, default=300, help="how many random lives to play (tests/lives)")
    parser.addoption("--kills", type=int, default=60, help="how many processes to kill at random (tests/crash)")
    parser.addoption("--seed", type=int, default=8, help="which chance decides whom and when (tests/crash)")
    parser.addoption("--guards", default="", help="only guards whose key begins so (tests/house/test_guards_off.py)")
