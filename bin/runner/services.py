"""The two servers together: shared by whoever needs them, started by the first, stopped by the last.

Every user holds a shared lock on var/in-use.lock as long as it lives (also a killed one lets go of it); who can turn it
into an exclusive one was the last. Starting and stopping happen under var/start.lock.
"""

import fcntl
import os
from contextlib import contextmanager
from typing import IO

import places
from postgres import APP, OWNER, SEALER, Postgres
from valkey import Valkey

LEGAL_DATE = "2026-09-15"


class Services:
    """`with Services() as services:` → the servers are up and `services.environment` leads to them."""

    def __init__(self) -> None:
        places.prepare_var()
        self.embedded_database = not os.environ.get("DATABASE_URL")
        self.embedded_broker = not os.environ.get("REDIS_URL")
        self._lease: IO | None = None
        self._servers: list = []

    def __enter__(self) -> "Services":
        with _start_lock():
            self._lease = (places.VAR / "in-use.lock").open("a")
            fcntl.flock(self._lease, fcntl.LOCK_SH)
            if self.embedded_database or self.embedded_broker:
                self._bring_up()
        return self

    def __exit__(self, *_) -> None:
        with _start_lock():
            if not places.read_record("services.json").get("keep") and self._is_last():
                self.stop()
            self._lease.close()

    def keep(self) -> None:
        """Leave the servers running when the last user goes (`bin/services up`)."""
        places.write_record("services.json", places.read_record("services.json") | {"keep": True})

    def stop(self) -> None:
        for server in reversed(self._servers):
            server.down()

    def forget_keep(self) -> None:
        places.write_record("services.json", places.read_record("services.json") | {"keep": False})

    def _bring_up(self) -> None:
        secrets = places.local_secrets()
        base = places.server_base()
        if self.embedded_database:
            self.database = Postgres(base, secrets)
            self._servers.append(self.database)
        if self.embedded_broker:
            self.broker = Valkey(base, secrets)
            self._servers.append(self.broker)
        for server in self._servers:
            server.up()

    def _is_last(self) -> bool:
        try:
            fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    # --- what the programs are told ---

    @property
    def database_url(self) -> str:
        return self.database.url(APP) if self.embedded_database else os.environ["DATABASE_URL"]

    @property
    def owner_url(self) -> str:
        if self.embedded_database:
            return self.database.url(OWNER)
        return os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]

    @property
    def seal_url(self) -> str:
        return self.database.url(SEALER) if self.embedded_database else os.environ.get("DATABASE_SEAL_URL", "")

    def redis_url(self, database: int = 0) -> str:
        return self.broker.url(database) if self.embedded_broker else os.environ["REDIS_URL"]

    def environment(self, *, demo: bool | None = None) -> dict:
        """The environment for manage.py, web and worker. What the user has set already stays as it is.

        With our own database the site is a demo on the legal date of the demo. With a real one nothing is assumed:
        keys and switches must come from the user, unless he asked for a demo.
        """
        given = dict(os.environ)
        if demo is None:
            demo = self.embedded_database and not given.get("DEBUG")
        local = {
            "DJANGO_SETTINGS_MODULE": "jianping_xueji.settings",
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "DATABASE_SEAL_URL": self.seal_url,
            "REDIS_URL": self.redis_url(),
            "PYTHONUNBUFFERED": "1",
        }
        if demo:
            local |= {"DEMO": "1", "LEGAL_DATE": LEGAL_DATE}
        if demo or self.embedded_database:
            local |= _local_keys()
        return local | {name: value for name, value in given.items() if value or name not in local}


def _local_keys() -> dict:
    secrets = places.local_secrets()
    return {
        "SECRET_KEY": secrets["secret_key"],
        "VAULT_MASTER_KEYS": secrets["vault_master_keys"],
        "VAULT_INDEX_KEY": secrets["vault_index_key"],
    }


@contextmanager
def _start_lock():
    with (places.VAR / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
