"""A scratch database for a bench: a clone of the migrated template, used as the application role, dropped after."""

import os
import secrets
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bin" / "runner")]


@contextmanager
def scratch_database():
    """Servers up, an empty migrated county, Django set up on it. Yields the owner's address of the clone."""
    import template
    from services import LEGAL_DATE, Services

    with Services() as services, tempfile.TemporaryDirectory(prefix="xueji-bench-") as folder:
        environment = services.environment(demo=True) | {"DEBUG": "0", "LEGAL_DATE": LEGAL_DATE, "MEDIA_DIR": folder}
        application = urlsplit(services.database_url).username
        with template.ready(services.owner_url, application, environment, fresh=False) as name:
            clone = f"{template.CLONES}bench{secrets.token_hex(4)}"
            _as_owner(services.owner_url, "CREATE DATABASE {} TEMPLATE {}", clone, name)
            try:
                owner_url = template.with_database(services.owner_url, clone)
                template.leave_unvacuumed(owner_url, False)
                addresses = {"DATABASE_URL": services.database_url, "DATABASE_SEAL_URL": services.seal_url}
                _set_up(environment | {name: template.with_database(url, clone) for name, url in addresses.items()})
                yield owner_url
            finally:
                _close_connections()
                # Without FORCE: that one may not stop an autovacuum worker, the plain form may.
                _as_owner(services.owner_url, "DROP DATABASE IF EXISTS {}", clone)


@contextmanager
def a_copy(owner_url: str):
    """A copy of the scratch database for one piece of work, which may commit what it does: it is gone with the copy."""
    from django.db import connections

    source = urlsplit(owner_url).path[1:]
    copy = f"{source}_{secrets.token_hex(4)}"
    _close_connections()
    _as_owner(owner_url, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", copy, source)
    names = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    try:
        for alias in connections:
            connections[alias].settings_dict["NAME"] = copy
        yield
    finally:
        _close_connections()
        for alias, name in names.items():
            connections[alias].settings_dict["NAME"] = name
        _as_owner(owner_url, "DROP DATABASE {}", copy)


def _as_owner(address: str, statement: str, *names: str) -> None:
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _set_up(environment: dict) -> None:
    os.environ.update(environment)
    import django

    django.setup()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
