"""The suite's database: a clone of the template that bin/test had migrated by the owner, used as the application role.

The application role can neither create tables nor truncate them, so pytest-django's own way is replaced: a session gets
a fresh clone, and after a test that really committed, the clone is made anew. Rows that migrations wrote (parameters,
calendar, divisions) are then back exactly as they were, and insert-only tables need no exception.
"""

import os
import time
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

PATIENCE = 100


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


class Clone:
    """This session's (or xdist worker's) copy of the template."""

    def __init__(self) -> None:
        self.template = os.environ["TEST_TEMPLATE"]
        self.name = os.environ["TEST_CLONES"] + os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.server = os.environ["DATABASE_OWNER_URL"]

    def renew(self) -> None:
        """Throw the copy away, with every session still open on it, and make it again (about a tenth of a second)."""
        self.drop()
        self._as_owner(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(self.name), sql.Identifier(self.template))
        )

    def drop(self) -> None:
        connections.close_all()
        self._as_owner(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def use(self) -> None:
        """Point Django, and every process the tests start, to the copy."""
        settings.DATABASES["default"]["NAME"] = self.name
        connections["default"].settings_dict["NAME"] = self.name
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SEAL_URL"):
            os.environ[variable] = _with_database(os.environ[variable], self.name)
        settings.DATABASE_URL, settings.DATABASE_SEAL_URL = os.environ["DATABASE_URL"], os.environ["DATABASE_SEAL_URL"]

    def _as_owner(self, statement: sql.Composed) -> None:
        """Run it; while the server's own vacuum works in the copy, which the owner may not end, try again."""
        with psycopg.connect(self.server, autocommit=True) as owner:
            for _ in range(PATIENCE):
                try:
                    owner.execute(statement)
                    return
                except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                    time.sleep(0.1)
            owner.execute(statement)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """Instead of pytest-django's: nothing is created or migrated here, the template is cloned."""
    if "TEST_TEMPLATE" not in os.environ:
        pytest.exit("请用 bin/test 运行测试：它准备数据库和两个角色。", returncode=4)
    with django_db_blocker.unblock():
        clone = Clone()
        clone.renew()
        clone.use()
        before = TransactionTestCase._fixture_teardown
        TransactionTestCase._fixture_teardown = lambda _test: clone.renew()
        yield
        TransactionTestCase._fixture_teardown = before
        clone.drop()


@pytest.fixture
def owner(transactional_db):
    """A second connection, as the role that owns the tables; committed at once, undone with the test's clone."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection
